import Bytes
import JSON
import ModelFiles
import Tokenization

extension KeptTokens {
  /// The files of a tokenizer with the tokens that are kept alone.
  struct Files {
    /// The files, under the names that they have in a model file.
    var files: [(name: String, bytes: ByteView)] = []
    /// What became of them, as sentences.
    var remarks: [String] = []
  }

  /// Cuts the files of a tokenizer to the tokens that are kept, and renumbers them.
  ///
  /// A list that has no more tokens than are kept has been cut before and is taken as it is.
  ///
  /// - Parameter rows: The rows of the token embedding before it is cut.
  /// - Throws: `Problem` of kind *mismatched* for a special token that is not kept or an id without a token, *unsupported* where only files are
  ///   there that cannot be cut, and what reading throws.
  func cut(_ files: [(name: String, bytes: ByteView)], rows: Int) throws -> Files {
    guard !files.isEmpty else { return Files() }
    var cut = Files()
    var isCut = false
    var hasList = false
    var others: [(name: String, bytes: ByteView)] = []
    for file in files {
      let isPieces = Vocabulary.isSentencePieceModel(file.bytes)
      guard isPieces || Attachment.isVocabulary(file.name) else {
        others.append(file)
        continue
      }
      hasList = true
      let list = try isPieces ? PieceSelection(pieces: file.bytes) : PieceSelection(tokens: file.bytes)
      let word = isPieces ? "pieces" : "tokens"
      if list.count <= ids.count, ids.count < rows || ids.contains(where: { $0 >= rows }) {
        cut.files.append(file)
        cut.remarks.append(
          "\(file.bytes.file) has \(list.count) \(word), no more than are kept: it has been cut to them before.")
      } else {
        let kept = try list.keeping(ids, by: self.file)
        cut.files.append((file.name, kept))
        let count = ids.count { $0 < list.count }
        cut.remarks.append("\(file.bytes.file) is cut to the \(word) that are kept: \(count) of \(list.count).")
        isCut = true
      }
    }
    guard hasList else {
      throw Problem(
        .unsupported, file: file, found: "a tokenizer of \(others.map(\.name).joined(separator: ", "))",
        expected: "vocab.txt or a SentencePiece model, which can be cut with the rows",
        advice: "Give the vocabulary of the tokens that are kept by --vocabulary")
    }
    for file in others {
      if !isCut {
        cut.files.append(file)
      } else if let rest = withoutIDs(file) {
        cut.files.append((file.name, rest))
      } else {
        cut.remarks.append("\(file.name) stays behind: it numbers all tokens.")
      }
    }
    return cut
  }

  /// What a file of a tokenizer says beside ids; nil when ids are all of it.
  private func withoutIDs(_ file: (name: String, bytes: ByteView)) -> ByteView? {
    switch file.name {
    case "special_tokens_map.json": return file.bytes
    case TokenizerFile.configuration:
      guard let members = (try? JSON(parsing: file.bytes))?.members else { return nil }
      guard members.contains(where: { $0.name == Self.added }) else { return file.bytes }
      let text = JSON.object(members.filter { $0.name != Self.added }).compact
      return ByteView(Array(text.utf8), file: file.bytes.file)
    default: return nil
    }
  }

  /// The member that says the ids of special tokens.
  private static let added = "added_tokens_decoder"
}
