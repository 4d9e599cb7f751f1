import Architectures
import Bytes
import Tokenization

extension Conversion {
  /// Reads the vocabulary of a release and holds it against the model's table of tokens.
  ///
  /// - Throws: `Problem` of kind *mismatched* when it has more tokens than the table has rows, and what reading throws.
  static func remarks(on release: Release, for plan: Plan) throws -> [String] {
    guard let path = release.vocabularyPath else { return [] }
    let vocabulary = try Vocabulary(reading: ByteView(mapping: path))
    var remarks: [String] = []
    if let rows = plan.size(named: "vocabulary") {
      guard vocabulary.count <= rows else {
        throw Problem(
          .mismatched, file: path, found: "\(vocabulary.count) tokens",
          expected: "at most \(rows), the rows of the token embedding in \(release.checkpoint.file)",
          advice: "Give the vocabulary that this model was trained with by --vocabulary")
      }
      if vocabulary.count < rows {
        remarks.append("\(path) has \(vocabulary.count) tokens, the token embedding \(rows) rows.")
      }
    }
    let named = (0...vocabulary.count).count { vocabulary.token(withID: $0) != nil }
    if named < vocabulary.count {
      remarks.append("\(path) repeats tokens, so that \(vocabulary.count - named) of them share an id with another.")
    }
    let missing = ["[CLS]", "[SEP]", "[UNK]"].filter { vocabulary.id(of: $0) == nil }
    if !missing.isEmpty { remarks.append("\(path) has no \(missing.joined(separator: ", ")).") }
    return try remarks + Conversion.remarks(on: release, vocabulary: vocabulary)
  }

  /// Says how Ingot will encode texts for the model, as far as that was assumed; it stands in no conversion's way.
  private static func remarks(on release: Release, vocabulary: Vocabulary) throws -> [String] {
    do {
      let files = try release.tokenizerPaths.filter { $0.hasSuffix(".json") }.map {
        (name: Path($0).name, bytes: try ByteView(mapping: $0))
      }
      let settings = try TextSettings(vocabulary: vocabulary, files: files)
      return settings.remarks(calling: vocabulary.file)
        + (settings.obstacle.map { ["Ingot does not encode texts for this model. \($0)"] } ?? [])
    } catch let problem as Problem where problem.kind != .unavailable {
      return ["Ingot does not encode texts for this model. \(problem)"]
    }
  }
}
