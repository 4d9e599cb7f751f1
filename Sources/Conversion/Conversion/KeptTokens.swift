import Architectures
import Bytes
import JSON
import Tokenization

/// The tokens that a model keeps, as the `keep_tokens` of bert4keras: old ids in the order of the new ones.
///
/// Source: bert4keras 0.11.5, `models.py:247-265` (`load_embeddings`), `tokenizers.py:12-36` (`load_vocab`).
struct KeptTokens {
  /// The word for the tokens that bert4keras' tokenizer can give: `load_vocab(simplified=True)`.
  static let simplified = "simplified"
  /// The tokens with which bert4keras' examples begin a simplified vocabulary.
  static let first = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
  /// The size that counts the rows of the token embedding.
  private static let size = "vocabulary"

  /// What says so: the file, or the vocabulary that is simplified.
  let file: String
  /// The ids.
  let ids: [Int]

  /// Reads what the user gave: a file, `simplified`, or `simplified=` and the tokens that come first.
  ///
  /// - Throws: `Problem` of kind *damaged* for a file that is no list of ids, *mismatched* where there is no vocabulary to simplify or it
  ///   lacks a token that comes first, and what reading it throws.
  init(_ given: String, for release: Release) throws {
    let parts = given.split(separator: "=", maxSplits: 1)
    guard parts.first.map(String.init) == KeptTokens.simplified else {
      (file, ids) = (given, try KeptTokens.ids(in: given))
      return
    }
    guard let path = release.vocabularyPath else {
      throw Problem(
        .mismatched, file: release.checkpoint.file, found: "no vocab.txt beside the weights",
        expected: "one, whose tokens are chosen", advice: "Give it with --vocabulary")
    }
    let first = parts.count > 1 ? parts[1].split(separator: ",").map(String.init) : KeptTokens.first
    let vocabulary = try Vocabulary(reading: ByteView(mapping: path))
    file = path
    ids = try vocabulary.idsOfPossibleTokens(
      beginningWith: first.map { token in
        guard let id = vocabulary.id(of: token) else {
          throw Problem(
            .mismatched, file: path, found: "no token \(token)", expected: "all of \(first.joined(separator: ", "))",
            advice: "Name the tokens that come first by --keep-tokens \(KeptTokens.simplified)=[PAD],[UNK],…")
        }
        return id
      })
  }

  /// Reads a file with a list of ids.
  private static func ids(in path: String) throws -> [Int] {
    let json = try JSON(parsing: ByteView(mapping: path))
    guard let elements = json.elements, !elements.isEmpty else {
      throw Problem(
        .damaged, file: path, found: json.elements == nil ? String(json.compact.prefix(80)) : "an empty list",
        expected: "a list of ids, as keep_tokens of bert4keras")
    }
    var known: Set<Int> = []
    return try elements.enumerated().map { number, element in
      guard let id = element.integer, id >= 0 else {
        throw Problem(
          .damaged, file: path, object: "number \(number)", found: String(element.compact.prefix(80)),
          expected: "a whole number of at least 0")
      }
      guard known.insert(id).inserted else {
        throw Problem(
          .damaged, file: path, object: "number \(number)", found: "\(id) once more", expected: "every id once")
      }
      return id
    }
  }

  /// Whether bert4keras' `load_vocab(simplified=True)` leaves so many tokens of a list.
  static func isSimplified(_ tokenizer: Tokenizer, to count: Int) -> Bool {
    guard let vocabulary = (tokenizer.splitter as? WordPieceTokenizer)?.vocabulary else { return false }
    return vocabulary.idsOfPossibleTokens(beginningWith: first.compactMap(vocabulary.id(of:))).count == count
  }

  /// Cuts a plan to the rows of these tokens.
  ///
  /// - Returns: The plan; the same, where the table of tokens has been cut before to as many rows as are kept.
  /// - Throws: `Problem` of kind *mismatched* for an id that is no row, and for one that a setting names and that becomes another.
  func cut(_ plan: Plan, of architecture: Architecture, _ settings: Architectures.Settings) throws -> Plan {
    guard let rows = plan.size(named: KeptTokens.size) else {
      throw Problem(
        .unsupported, file: file, found: "\(ids.count) tokens to keep",
        expected: "a model with a token embedding, which \(plan.architecture) is not")
    }
    for setting in architecture.settings where setting.domain == .index {
      guard case .integer(let id)? = settings[setting.name], !ids.indices.contains(id) || ids[id] != id else {
        continue
      }
      throw Problem(
        .mismatched, file: file, object: "number \(id)",
        found: ids.indices.contains(id) ? "the id \(ids[id])" : "a list of \(ids.count)",
        expected: "\(id), which the setting \(setting.name) names")
    }
    guard let beyond = ids.firstIndex(where: { $0 >= rows }) else {
      return plan.keeping(ids.count, rowsOf: KeptTokens.size, of: architecture)
    }
    guard rows == ids.count else {
      throw Problem(
        .mismatched, file: file, object: "number \(beyond)", found: "the id \(ids[beyond])",
        expected: "one below \(rows), the rows of the token embedding")
    }
    return plan
  }

  /// Says what is kept.
  func remarks(cutting plan: Plan) -> [String] {
    guard let rows = plan.size(named: KeptTokens.size) else { return [] }
    return [
      ids.contains { $0 >= rows }
        ? "The token embedding has \(rows) rows, as many as are kept: it has been cut to them before."
        : "\(ids.count) of \(rows) rows of the token embedding are kept (\(file))."
    ]
  }
}
