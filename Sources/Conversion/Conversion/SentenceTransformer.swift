import Bytes
import Checkpoints
import JSON
import SentenceVectors
import Tensors

/// What a folder of sentence-transformers says of vectors: its modules, one after the other.
///
/// Source: sentence-transformers 6.2, `base/model.py` (`_load_sbert_model`), `base/modules/{transformer,dense,normalize}.py`,
/// `sentence_transformer/modules/pooling.py`; earlier versions spell the same module otherwise, and the last word of its type is the same.
struct SentenceTransformer {
  /// A value and the file that says it.
  struct Said<Value> {
    let value: Value
    let file: String
  }

  private(set) var pooling: Said<Pooling>?
  private(set) var layers: [Said<VectorLayer>] = []
  private(set) var normalizes: Said<Bool>
  /// The greatest number of tokens, special ones among them.
  private(set) var maximumLength: Said<Int>?
  /// Whether texts are lowered before the tokenizer sees them, which may keep their case.
  private(set) var lowercases: Said<Bool>?

  /// The file that lists the modules.
  static let modules = "modules.json"
  private static let transformer = "sentence_bert_config.json"
  private static let prompts = "config_sentence_transformers.json"

  /// Reads the modules of a folder; nil when it lists none.
  ///
  /// - Throws: `Problem` of kind *damaged* for what is no list of modules, *unsupported* for a module or an option that Ingot does not
  ///   compute, by its name.
  init?(in folder: Path) throws {
    let modules = try SentenceTransformer.modules(in: folder)
    guard !modules.isEmpty else { return nil }
    normalizes = Said(value: false, file: SentenceTransformer.modules)
    for module in modules { try add(module) }
    guard pooling != nil else {
      throw Problem(
        .unsupported, file: folder.appending(SentenceTransformer.modules).text, found: "no module Pooling",
        expected: "one", advice: SentenceTransformer.advice)
    }
    try readTransformer(in: folder)
    try checkPrompts(in: folder)
  }

  /// The modules that a folder lists; the pooling, where it lies there alone and without a list.
  private static func modules(in folder: Path) throws -> [Module] {
    let names = try folder.names()
    if names.contains(modules) {
      let list = try json(folder, modules)
      guard let elements = list.elements else {
        throw Problem(
          .damaged, file: folder.appending(modules).text, found: "\(list.compact.prefix(80))",
          expected: "a list of modules")
      }
      if !elements.isEmpty { return try elements.map { try Module($0, in: folder) } }
    }
    let pooling = "1_Pooling"
    guard try Companions.modules(in: folder) == [pooling],
      try folder.appending(pooling).names().contains("config.json")
    else { return [] }
    return [try Module(["type": "Pooling", "path": .string(pooling)], in: folder)]
  }

  /// What a user can do where sentence-transformers does more than Ingot.
  fileprivate static let advice =
    "Say --pooling to make vectors another way, or --no-vectors to convert the model without"

  private mutating func add(_ module: Module) throws {
    if normalizes.value {
      throw module.unsupported("a module behind Normalize", "Normalize as the last one")
    }
    switch module.kind {
    case "Transformer": break
    case "Pooling" where pooling == nil:
      pooling = Said(value: try module.pooling(), file: module.configuration)
    case "Dense" where pooling != nil:
      layers.append(Said(value: try module.layer(), file: module.path))
    case "Normalize" where pooling != nil:
      normalizes = Said(value: true, file: SentenceTransformer.modules)
    case "Dropout": break  // Nothing is dropped when a model is used.
    default:
      throw module.unsupported("the module \(module.kind)", "Transformer, Pooling, Dense and Normalize, in this order")
    }
  }

  /// Reads what the first module says of texts; versions from 6 on keep the greatest length with the tokenizer.
  private mutating func readTransformer(in folder: Path) throws {
    let name = SentenceTransformer.transformer
    guard try folder.names().contains(name) else { return }
    let json = try SentenceTransformer.json(folder, name)
    if let length = json["max_seq_length"], length != .null {
      guard let count = length.integer, count > 0 else {
        throw Problem(
          .damaged, file: folder.appending(name).text, object: "max_seq_length", found: length.compact,
          expected: "a whole number of at least 1")
      }
      maximumLength = Said(value: count, file: name)
    }
    if json["do_lower_case"]?.bool == true { lowercases = Said(value: true, file: name) }
    let tokenizer = TokenizerFile.configuration
    guard maximumLength == nil, try folder.names().contains(tokenizer) else { return }
    // Of a tokenizer without a greatest length, transformers writes 10^30.
    if let count = try SentenceTransformer.json(folder, tokenizer)["model_max_length"]?.integer,
      (1...1 << 30).contains(count)
    {
      maximumLength = Said(value: count, file: tokenizer)
    }
  }

  /// Checks that no text gets words before it.
  private func checkPrompts(in folder: Path) throws {
    let name = SentenceTransformer.prompts
    guard try folder.names().contains(name) else { return }
    let json = try SentenceTransformer.json(folder, name)
    guard let prompt = json["default_prompt_name"]?.string, let words = json["prompts"]?[prompt]?.string, !words.isEmpty
    else { return }
    throw Problem(
      .unsupported, file: folder.appending(name).text, object: "default_prompt_name",
      found: "the words \"\(words.prefix(80))\" before every text", expected: "none", advice: SentenceTransformer.advice
    )
  }

  fileprivate static func json(_ folder: Path, _ name: String) throws -> JSON {
    try JSON(parsing: ByteView(mapping: folder.appending(name).text))
  }
}

/// One module: its kind, and the folder in which it lies.
private struct Module {
  let kind: String
  let path: String
  private let folder: Path

  init(_ json: JSON, in folder: Path) throws {
    let list = folder.appending(SentenceTransformer.modules).text
    guard let type = json["type"]?.string, let path = json["path"]?.string else {
      throw Problem(.damaged, file: list, found: "\(json.compact.prefix(80))", expected: "a module with type and path")
    }
    guard !path.contains("/"), !path.contains("\\"), path != "..", path != "." else {
      throw Problem(.refused, file: list, found: "the path \"\(path.prefix(80))\"", expected: "a folder beside it")
    }
    kind = type.split(separator: ".").last.map(String.init) ?? type
    self.path = path
    self.folder = path.isEmpty ? folder : folder.appending(path)
  }

  /// The configuration, as people know it.
  var configuration: String { "\(path)/config.json" }

  func unsupported(_ found: String, _ expected: String, in object: String? = nil) -> Problem {
    Problem(
      .unsupported, file: folder.appending("config.json").text, object: object, found: found, expected: expected,
      advice: SentenceTransformer.advice)
  }

  /// The pooling; of several, whose vectors would be joined, none.
  func pooling() throws -> Pooling {
    let json = try SentenceTransformer.json(folder, "config.json")
    if json["include_prompt"]?.bool == false {
      throw unsupported("false", "true", in: "include_prompt")
    }
    let modes = Module.modes(in: json)
    guard let mode = modes.first, modes.count == 1 else {
      throw unsupported("the poolings \(modes.joined(separator: " and ")), joined", "one")
    }
    guard let pooling = Pooling(rawValue: mode), Module.poolings.contains(pooling) else {
      throw unsupported(
        "the pooling \(mode)", "one of \(Module.poolings.map(\.rawValue).joined(separator: ", "))", in: "pooling_mode")
    }
    return pooling
  }

  private static let poolings: [Pooling] = [.cls, .mean, .max]

  /// The modes that a configuration chooses: as a word, as words, or by the switches of versions before 6; mean, where none is on.
  private static func modes(in json: JSON) -> [String] {
    if let mode = json["pooling_mode"] {
      return mode.string.map { [$0] } ?? (mode.elements ?? []).compactMap(\.string)
    }
    let switches = [
      "cls_token": "cls", "max_tokens": "max", "mean_tokens": "mean",
      "mean_sqrt_len_tokens": "mean_sqrt_len_tokens", "weightedmean_tokens": "weightedmean",
      "lasttoken": "lasttoken",
    ]
    let on = switches.filter { json["pooling_mode_\($0.key)"]?.bool == true }.map(\.value).sorted()
    return on.isEmpty ? ["mean"] : on
  }

  /// The layer, with its weights.
  func layer() throws -> VectorLayer {
    let json = try SentenceTransformer.json(folder, "config.json")
    if json["use_residual"]?.bool == true { throw unsupported("true", "false", in: "use_residual") }
    for name in ["module_input_name", "module_output_name"] {
      if let value = json[name]?.string, value != "sentence_embedding" {
        throw unsupported("\"\(value)\"", "\"sentence_embedding\"", in: name)
      }
    }
    let names = try folder.names()
    guard let name = ["model.safetensors", "pytorch_model.bin"].first(where: names.contains) else {
      throw Problem(
        .mismatched, file: folder.text, found: "no weights", expected: "model.safetensors or pytorch_model.bin")
    }
    let weights = try Checkpoint(opening: folder.appending(name).text)
    let weight = try tensor("linear.weight", rank: 2, of: weights)
    let rows = weight.shape.dimensions[0]
    let hasBias = json["bias"]?.bool ?? true
    let bias = try hasBias ? tensor("linear.bias", rank: 1, of: weights) : nil
    if let bias, bias.shape.dimensions[0] != rows {
      throw Problem(
        .mismatched, file: weights.file, object: "linear.bias", found: "\(bias.shape)", expected: "[\(rows)]")
    }
    return VectorLayer(
      weight: try weight.floats(), bias: try bias?.floats() ?? Array(repeating: 0, count: rows),
      activation: try activation(json))
  }

  private func tensor(_ name: String, rank: Int, of weights: Checkpoint) throws -> Tensor {
    guard let found = weights.tensors.first(where: { $0.name == name }) else {
      throw Problem(.mismatched, file: weights.file, found: "no tensor \(name)", expected: "one")
    }
    guard found.source.shape.rank == rank, !found.source.shape.dimensions.contains(0) else {
      throw Problem(
        .mismatched, file: weights.file, object: name, found: "\(found.source.shape)",
        expected: "\(rank) dimensions, none of them 0")
    }
    let tensor = try Tensor(reading: found.source, file: weights.file)
    guard try NonFiniteCount(in: tensor).isZero else {
      throw Problem(
        .damaged, file: weights.file, object: name, found: "values that are no numbers", expected: "numbers")
    }
    return tensor
  }

  private func activation(_ json: JSON) throws -> VectorLayer.Activation {
    let known: [String: VectorLayer.Activation] = ["Tanh": .tanh, "Identity": .linear]
    guard let said = json["activation_function"]?.string else { return .tanh }
    guard let activation = known[said.split(separator: ".").last.map(String.init) ?? said] else {
      throw unsupported("\"\(said)\"", "Tanh or Identity", in: "activation_function")
    }
    return activation
  }
}
