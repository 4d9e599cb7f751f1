import Bytes
import JSON
import ModelFiles

extension WhiteningFit {
  /// Writes into a model file's ledger how its whitening came to be.
  ///
  /// - Parameter texts: The digest of the texts, each followed by a line feed.
  public func note(in contents: inout ModelContents, of texts: Digest) {
    let origin: JSON = [
      "texts": .integer(count), "texts.sha256": .string(texts.description), "components": .integer(components),
      "rank": .integer(rank), "floor": .double(floor),
    ]
    var members = (contents.ledger?.members ?? []).filter { $0.name != "whitening" }
    members.append(JSON.Member("whitening", origin))
    contents.ledger = .object(members)
  }
}
