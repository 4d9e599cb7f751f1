import Architectures
import Bytes
import ModelFiles
import Tokenization

/// How texts become the ids of a model, as far as the files and the user tell.
struct ReleaseTexts {
  /// The settings; nil where there is no tokenizer, or none that Ingot has.
  private(set) var settings: TextSettings?
  /// What the user should know, as sentences.
  private(set) var remarks: [String] = []

  /// Finds the settings of a release, and holds the tokenizer against the model's table of tokens.
  ///
  /// Files that ask for what Ingot does not do stand in no conversion's way, unless the user said how to read them.
  ///
  /// - Parameters:
  ///   - files: The files of the tokenizer, with the tokens alone that the model keeps.
  ///   - positions: The number of learned positions; nil where any number of tokens is computed.
  ///   - given: The user's word.
  /// - Throws: `Problem` of kind *mismatched* when it has more pieces than the table has rows, and what reading the vocabulary throws.
  init(
    of release: Release, files: [(name: String, bytes: ByteView)], for plan: Plan, positions: Int?,
    given: [String: String]
  ) throws {
    var sources = TextSources(
      files: files, architecture: plan.architecture, naming: plan.naming, positions: positions, given: given)
    try sources.takeWords()
    let files = sources.files
    let tokenizer: Tokenizer?
    do {
      settings = try TextSettings(finding: sources)
      tokenizer = try settings.map { settings in
        try Tokenizer(settings) { name in files.first { $0.name == name }?.bytes }
      }
    } catch let problem as Problem
      where given.isEmpty && (problem.kind == .unsupported || !release.isVocabulary(problem.file))
    {
      settings = nil
      remarks.append("Ingot does not encode texts for this model. \(problem)")
      return
    }
    guard let settings, let tokenizer else {
      if let name = given.keys.sorted().first {
        throw Problem(
          .mismatched, file: "--tokenizer \(name)", found: "no vocabulary beside the weights", expected: "one",
          advice: "Give it with --vocabulary")
      }
      return
    }
    try compare(tokenizer, called: release.path(of: settings.file), with: plan, of: release)
    if let splitter = tokenizer.splitter as? WordPieceTokenizer {
      remarks += Self.remarks(on: splitter.vocabulary, called: release.path(of: settings.file))
    }
    remarks += settings.remarks(on: tokenizer.splitter)
  }

  /// Holds the number of pieces against that of the rows of the token embedding.
  private mutating func compare(
    _ tokenizer: Tokenizer, called path: String, with plan: Plan, of release: Release
  ) throws {
    guard let rows = plan.size(named: "vocabulary") else { return }
    let isVocabulary = tokenizer.splitter is WordPieceTokenizer
    let pieces = "\(tokenizer.splitter.pieceCount) \(isVocabulary ? "tokens" : "pieces")"
    guard tokenizer.splitter.pieceCount <= rows else {
      throw Problem(
        .mismatched, file: path, found: pieces,
        expected: "at most \(rows), the rows of the token embedding in \(release.checkpoint.file)",
        advice: KeptTokens.isSimplified(tokenizer, to: rows)
          ? "As many are left by load_vocab(simplified=True) of bert4keras: if it was, convert with --keep-tokens simplified"
          : "Give the vocabulary that this model was trained with by --vocabulary")
    }
    if tokenizer.splitter.pieceCount < rows {
      remarks.append("\(path) has \(pieces), the token embedding \(rows) rows.")
    }
    if let (token, id) = tokenizer.special.added.first(where: { $0.value >= rows }) {
      remarks.append(
        "\(token) is no token of the model: its id would be \(id), and the token embedding has \(rows) rows.")
    }
  }

  /// What is odd about a list of tokens.
  private static func remarks(on vocabulary: Vocabulary, called path: String) -> [String] {
    var remarks: [String] = []
    let named = (0...vocabulary.count).count { vocabulary.token(withID: $0) != nil }
    if named < vocabulary.count {
      remarks.append("\(path) repeats tokens, so that \(vocabulary.count - named) of them share an id with another.")
    }
    let missing = ["[CLS]", "[SEP]", "[UNK]"].filter { vocabulary.id(of: $0) == nil }
    if !missing.isEmpty { remarks.append("\(path) has no \(missing.joined(separator: ", ")).") }
    return remarks
  }
}

extension Release {
  /// The files that say how texts become ids, under the names that they have in a model file.
  func texts() throws -> [(name: String, bytes: ByteView)] {
    var files = try tokenizerPaths.map { (name: Path($0).name, bytes: try ByteView(mapping: $0)) }
    if let path = vocabularyPath {
      files.insert((attachedName(ofVocabulary: path), try ByteView(mapping: path)), at: 0)
    }
    return files
  }

  /// The name of the vocabulary in a model file: its own, or where that is an unusual one, `vocab.txt`, by which it is found again.
  func attachedName(ofVocabulary path: String) -> String {
    let name = Path(path).name
    return Attachment.isVocabulary(name) ? name : TokenizerFile.vocabulary
  }

  /// The path of a file by its name in a model file.
  fileprivate func path(of name: String) -> String {
    if let vocabularyPath, attachedName(ofVocabulary: vocabularyPath) == name { return vocabularyPath }
    return tokenizerPaths.first { Path($0).name == name } ?? name
  }

  fileprivate func isVocabulary(_ path: String) -> Bool { path == vocabularyPath }
}
