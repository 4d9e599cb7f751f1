import Architectures
import Bytes
import Checkpoints
import JSON
import ModelFiles

/// What lies in a released folder: weights, and beside them a configuration, a vocabulary or another tokenizer's files.
///
/// `chinese_L-12_H-768_A-12/` and its kin hold `bert_config.json`, `vocab.txt` and a checkpoint; a user names the folder or
/// the checkpoint in it, and the rest is found by name.
public struct Release: Sendable {
  /// The weights, opened.
  public let checkpoint: Checkpoint
  /// The path of the configuration, where there is one; of several in a folder, the one of the most usual name.
  public let configurationPath: String?
  /// The paths of the other configurations in the folder, of which the naming of the weights may prefer one; none where the user chose.
  let otherConfigurationPaths: [String]
  /// The path of the vocabulary, where there is one.
  public let vocabularyPath: String?
  /// The paths of the files of a tokenizer that Ingot does not run, such as a SentencePiece model.
  public let tokenizerPaths: [String]
  /// The folder in which all of that lies.
  let folder: Path
  /// What an export of Ingot told of the folder; nil where none did.
  public let record: ExportRecord?
  /// What else lies in the folder and belongs to the model.
  let companions: Companions

  /// Finds and opens a release.
  ///
  /// - Parameters:
  ///   - path: A folder, or the file that holds the weights.
  ///   - configuration: The configuration's path, where it is not to be found beside the weights.
  ///   - vocabulary: The vocabulary's path, likewise.
  /// - Throws: `Problem`: *mismatched* when a folder holds no weights, or more than one file of them, or several
  ///   configurations of which none has the usual name.
  public init(at path: String, configuration: String? = nil, vocabulary: String? = nil) throws {
    try self.init(
      at: path, weights: Release.weights(at: path), configuration: configuration, vocabulary: vocabulary)
  }

  /// Finds what lies beside weights that are opened already, such as those that survive in a file cut short.
  ///
  /// - Parameters:
  ///   - path: A folder, or the file that holds the weights.
  ///   - weights: The weights.
  ///   - configuration: The configuration's path, where it is not to be found beside the weights.
  ///   - vocabulary: The vocabulary's path, likewise.
  /// - Throws: `Problem` as ``init(at:configuration:vocabulary:)`` does about the other files.
  public init(at path: String, weights: Checkpoint, configuration: String? = nil, vocabulary: String? = nil) throws {
    let folder = try Path(path).isFolder ? Path(path) : Path(path).folder
    checkpoint = weights
    self.folder = folder
    record = try ExportRecord(in: folder)
    let usual = ["bert_config.json", "config.json", "hparams.json"]
    let chosen =
      try configuration
      ?? Release.file(
        in: folder, named: usual, else: Attachment.isConfiguration, what: "configuration", option: "--config")
    configurationPath = chosen
    let names = try folder.names()
    otherConfigurationPaths =
      configuration != nil
      ? []
      : names.filter { usual.contains($0) || Attachment.isConfiguration($0) }
        .map { folder.appending($0).text }.filter { $0 != chosen }
    // Pieces are no lines of text, wherever they lie.
    let pieces = try vocabulary.flatMap { try TokenizerFile.isSentencePieceModel(at: $0) ? $0 : nil }
    if pieces != nil {
      vocabularyPath = nil
    } else {
      vocabularyPath =
        try vocabulary
        ?? Release.file(
          in: folder, named: [TokenizerFile.vocabulary], else: Attachment.isVocabulary,
          what: "vocabulary", option: "--vocabulary")
    }
    let found = try TokenizerFile.all(in: folder)
    tokenizerPaths = [pieces].compactMap { $0 } + found.filter { Path($0).name != pieces.map { Path($0).name } }
    let taken =
      [chosen, vocabularyPath].compactMap { $0 } + otherConfigurationPaths + tokenizerPaths + [ExportRecord.name]
    companions = try Companions(in: folder, beside: Set(taken.map { Path($0).name }), isChosen: Path(path).isFolder)
  }

  /// Reads all configurations, the most usual first; another one that is no JSON says nothing.
  func configurations() throws -> [Configuration] {
    let first = try configuration().map { [Configuration(file: configurationPath!, json: $0)] } ?? []
    return first
      + otherConfigurationPaths.compactMap { path in
        (try? JSON(parsing: ByteView(mapping: path))).map { Configuration(file: path, json: $0) }
      }
  }

  /// Reads the configuration; nil when the release has none.
  public func configuration() throws -> JSON? {
    try configurationPath.map { try JSON(parsing: ByteView(mapping: $0)) }
  }

  /// Finds and opens the weights of a release from which a model file was made, with what an export of Ingot keeps beside them.
  ///
  /// - Throws: `Problem` as ``weights(at:)`` does, and for an `ingot.json` that is none.
  public static func source(at path: String, of model: ModelFile) throws -> Checkpoint {
    let weights = try weights(at: path)
    let ledger = try model.ledger().map { try Ledger($0, file: model.path) }
    guard ledger?.rows.contains(where: { ExportRecord.isTable($0.source) }) == true else { return weights }
    let folder = try Path(path).isFolder ? Path(path) : Path(path).folder
    return try ExportRecord(in: folder)?.adding(to: weights) ?? weights
  }

  /// Finds and opens the weights of a release, and nothing else.
  ///
  /// - Parameter path: A folder, or the file that holds the weights.
  /// - Throws: `Problem` as ``init(at:configuration:vocabulary:)`` does about weights.
  public static func weights(at path: String) throws -> Checkpoint {
    do {
      return try Path(path).isFolder ? weights(in: Path(path)) : Checkpoint(opening: path)
    } catch var problem as Problem where [.damaged, .unavailable].contains(problem.kind) {
      // The file that does not open may be one of several in the folder.
      if let salvage = try? Salvage(of: problem.file), !salvage.checkpoint.tensors.isEmpty {
        let count = salvage.checkpoint.tensors.count
        let advice = "Of its tensors, \(count) \(count == 1 ? "survives" : "survive") whole: see --salvage"
        problem.advice = problem.advice.map { "\($0). \(advice)" } ?? advice
      }
      throw problem
    }
  }

  private static func weights(in folder: Path) throws -> Checkpoint {
    let endings = [
      ".h5", ".hdf5", ".weights", ".keras", ".weights.json", ".npz", ".safetensors", ".bin", ".pt", ".pth",
      ".ckpt",
    ]
    let names = try folder.names()
    let all = Set(names)
    var paths = names.filter { name in
      let isPart = Checkpoint.isPart(name, of: all) || isShard(name, among: all) || TokenizerFile.isNamed(name)
      let isWhole = endings.contains { name.lowercased().hasSuffix($0) } && !isPart && !isLeftover(name)
      return isWhole || Checkpoint.isIndex(name)
    }
    var checkpoints: [Checkpoint] = []
    // A TensorFlow checkpoint is several files: the folder stands for the one, or the last, that is in it.
    if names.contains(where: { $0.hasSuffix(".index") }) || names.contains("saved_model.pb") {
      checkpoints.append(try Checkpoint(opening: folder.text))
    }
    // A folder of arrays is no model, but one array alone may be meant.
    let arrays = names.filter { $0.lowercased().hasSuffix(".npy") }
    if checkpoints.isEmpty, paths.isEmpty, arrays.count == 1 { paths = arrays }
    for name in paths {
      let checkpoint = try Checkpoint(opening: folder.appending(name).text)
      if !checkpoint.isReference { checkpoints.append(checkpoint) }
    }
    guard let only = checkpoints.first, checkpoints.count == 1 else {
      let found = checkpoints.map { Path($0.file).name }.joined(separator: ", ")
      throw Problem(
        .mismatched, file: folder.text,
        found: checkpoints.isEmpty ? "no file of weights in this folder" : "several files of weights: \(found)",
        expected: checkpoints.isEmpty
          ? "a file named \((endings + [".npy", ".index"]).map { "*\($0)" }.joined(separator: ", "))" : "one",
        advice: "Name the file that holds the weights")
    }
    return only
  }

  /// Whether a file is a part of the weights whose index lies beside it: `x_00000.weights.h5` and `x.weights.json`.
  private static func isShard(_ name: String, among names: Set<String>) -> Bool {
    guard name.hasSuffix(".weights.h5") else { return false }
    let stem = name.dropLast(".weights.h5".count)
    let digits = stem.reversed().prefix(while: \.isWholeNumber)
    return digits.count >= 5 && names.contains("\(stem.dropLast(digits.count + 1)).weights.json")
  }

  /// Whether a file of this name is what the `Trainer` of transformers keeps beside the weights to go on training.
  private static func isLeftover(_ name: String) -> Bool {
    ["training_args.", "optimizer.", "scheduler.", "scaler.", "rng_state"].contains { name.hasPrefix($0) }
      && [".bin", ".pt", ".pth"].contains { name.hasSuffix($0) }
  }

  private static func file(
    in folder: Path, named usual: [String], else matches: (String) -> Bool, what: String, option: String
  ) throws -> String? {
    let names = try folder.names()
    if let name = usual.first(where: names.contains) { return folder.appending(name).text }
    let others = names.filter(matches)
    guard others.count <= 1 else {
      throw Problem(
        .mismatched, file: folder.text, found: "\(others.joined(separator: ", "))", expected: "one \(what)",
        advice: "Choose one with \(option)")
    }
    return others.first.map { folder.appending($0).text }
  }
}

extension Checkpoint {
  /// Whether an archive holds a recorded reference instead of weights (`Formats/Reference.md`).
  fileprivate var isReference: Bool {
    container == .numpyArchive && tensors.contains { $0.name == "0/input/token_ids" }
  }
}
