import Bytes
import JSON

/// What a checkpoint written by bert4keras or keras-bert says of its computation beyond the shapes of its weights.
///
/// `save` stores each layer's configuration in `model_config`; `save_weights` stores at least the names of all layers, of
/// which some are weightless and tell the attention mask (bert4keras 0.11.5, `models.py` 359-405) and shared segments. Layers are recognised
/// by class and name only: nothing of the marshalled Python in them is run. keras-bert 0.89.0 has layers of the same
/// classes, `Encoder-1-…` in place of `Transformer-0-…`, and so has bert4keras until 0.5.1.
public struct BERT4KerasSettings: Sendable {
  /// Settings by the names of the tables, in no order: `heads`, `epsilon`, `activation`, `mask`, `pooler.activation`,
  /// `hierarchical`, `segment.shared`, `attention.residual`, `attention.normalization`, `condition.activation`, `blocks`,
  /// `relative.distance`, `cross.position`, and `embedding.epsilon`, `block.epsilon` and `mlm.epsilon` where the architecture tells
  /// them apart.
  public private(set) var values: [String: String] = [:]

  /// Reads what the checkpoint tells; a checkpoint of another origin tells nothing.
  ///
  /// - Parameters:
  ///   - prefix: What `build_transformer_model(prefix=…)` put before the names of all its layers.
  ///   - architecture: The architecture that the names of the weights show, by the name of its table.
  ///   - settings: The settings that it has.
  /// - Throws: `Problem` of kind *unsupported* when a layer computes what no setting expresses, *mismatched* when layers
  ///   of one kind disagree.
  public init(
    of checkpoint: Checkpoint, prefix: String = "", architecture: String = "bert", settings: [String] = []
  ) throws {
    var (layers, configuration, prefix) = (checkpoint.layers, checkpoint.modelConfiguration, prefix[...])
    // An encoder that is a layer of the model is described inside that layer.
    while let slash = prefix.firstIndex(of: "/") {
      let name = String(prefix[..<slash])
      let inner = configuration?["config"]?["layers"]?.elements?.first { $0["config"]?["name"]?.string == name }
      layers = (inner?["config"]?["layers"]?.elements ?? []).compactMap { $0["config"]?["name"]?.string }
      (configuration, prefix) = (inner, prefix[prefix.index(after: slash)...])
    }
    try self.init(
      layers: layers, modelConfiguration: configuration, prefix: String(prefix),
      family: BERT4KerasFamily(architecture, settings: settings), file: checkpoint.file)
  }

  /// Reads what the layers' names and their configurations tell.
  init(
    layers: [String], modelConfiguration: JSON?, prefix: String = "",
    family: BERT4KerasFamily = BERT4KerasFamily("bert", settings: []), file: String
  ) throws {
    self.file = file
    self.family = family
    let own = layers.compactMap { $0.text(behind: prefix) }
    let isEncoder = own.contains("Encoder-1-MultiHeadSelfAttention")
    // bert4keras called its layers so until 0.5.1, and then had one that keras-bert has not.
    isKerasBERT = isEncoder && !own.contains("Sequence-Mask")
    let beginnings = family.beginnings + (isEncoder ? ["Encoder-"] : [])
    if own.contains("Attention-LM-Mask") {
      values["mask"] = "lm"
    } else if own.contains("Attention-UniLM-Mask") || own.contains("Attention-Mask") {
      values["mask"] = "unilm"
    } else if isKerasBERT
      || !Set(own).isDisjoint(with: ["Transformer-0-MultiHeadSelfAttention", "Transformer-0-GatedAttentionUnit"])
    {
      values["mask"] = "none"
    }
    // The segments look up the tokens' table where their input leads to no layer of its own.
    if own.contains("Input-Segment") {
      values["segment.shared"] = own.contains("Embedding-Segment") ? "false" : "true"
    }
    for layer in modelConfiguration?["config"]?["layers"]?.elements ?? [] {
      if let kind = layer["class_name"]?.string, let configuration = layer["config"],
        let name = configuration["name"]?.string?.text(behind: prefix), beginnings.contains(where: name.hasPrefix)
      {
        try read(kind, named: name, configuration)
        try readCalls(layer["inbound_nodes"]?.elements ?? [], named: name)
      }
    }
  }

  private let file: String
  private let family: BERT4KerasFamily
  private let isKerasBERT: Bool

  private mutating func read(_ kind: String, named name: String, _ layer: JSON) throws {
    switch kind {
    case "MultiHeadAttention":
      try record("heads", (layer["heads"] ?? layer["head_num"])?.integer.map(String.init), from: name)
      try demand(layer["pool_size"] ?? 1, toBe: 1, "pooling", in: name)  // until bert4keras 0.5.7
      try demand(layer["history_only"] ?? false, toBe: false, "history_only", in: name)
      try demand(layer["normalization"] ?? "softmax", toBe: "softmax", "attention normalisation", in: name)
      try demand(layer["attention_scale"] ?? true, toBe: .bool(family.isScaled), "attention scaling", in: name)
      try record("attention.residual", (layer["return_attention_scores"] ?? false).bool.map { "\($0)" }, from: name)
    case "GatedAttentionUnit":
      try record("activation", layer["activation"].flatMap(activation), from: name)
      try record("attention.normalization", layer["normalization"]?.string.map(normalization), from: name)
      try demand(layer["self_attention"] ?? true, toBe: true, "self_attention", in: name)
      try demand(layer["attention_scale"] ?? true, toBe: true, "attention scaling", in: name)
    case "LayerNormalization":
      try record(family.epsilon(of: name), layer["epsilon"]?.double.map { "\($0)" }, from: name)
      if let units = layer["hidden_units"], units != .null {
        try record("condition.activation", layer["hidden_activation"].flatMap(activation), from: name)
      }
      try demand(layer["zero_mean"] ?? true, toBe: .bool(family.isCentred), "zero_mean", in: name)
    case "FeedForward":
      try demand(layer["pool_size"] ?? 1, toBe: 1, "pooling", in: name)
      // A list names the activation of each gate; one gate is a plain feed-forward layer.
      let activations = (layer["activation"]?.elements ?? layer["activation"].map { [$0] } ?? []).map(activation)
      guard activations.isEmpty || activations.count == family.gates else {
        throw unsupported(
          activations.count == 1 ? "a feed-forward layer without a gate" : "a gated feed-forward layer", in: name,
          expected: family.gates == 1 ? "one activation" : "\(family.gates) activations")
      }
      for gate in activations.dropFirst() {
        try demand(gate.map(JSON.string) ?? .null, toBe: "linear", "a second activation", in: name)
      }
      try record("activation", activations.first ?? nil, from: name)
    case "RelativePositionEmbedding":
      // One row for each distance from -d to d.
      try record("relative.distance", layer["input_dim"]?.integer.map { "\(max($0, 1) / 2)" }, from: name)
    case "RelativePositionEmbeddingT5":
      try record("relative.distance", layer["max_distance"]?.integer.map(String.init), from: name)
    case "PositionEmbedding":
      try record("hierarchical", try coarseness(layer["hierarchical"] ?? .null, in: name), from: name)
      try demand(layer["merge_mode"] ?? "add", toBe: "add", "merge_mode", in: name)
    case "Dense" where ["MLM-Dense", "Discriminator-Dense"].contains(name):
      try record("activation", layer["activation"].flatMap(activation), from: name)
    case "Dense" where name == "Pooler-Dense" || isKerasBERT && name == "NSP-Dense":
      try record("pooler.activation", layer["activation"].flatMap(activation), from: name)
    default: break
    }
  }

  /// Reads how often a layer is called, and with what.
  ///
  /// ALBERT calls one block several times; T5's cross attention is given positions or not.
  private mutating func readCalls(_ calls: [JSON], named name: String) throws {
    // The one block of an ALBERT, which had a number until 0.5.8.
    let isShared = ["Transformer-FeedForward", "Transformer-1-FeedForward", "Encoder-1-FeedForward"].contains(name)
    if isShared, family.settings.contains("blocks"), !calls.isEmpty {
      try record("blocks", "\(calls.count)", from: name)
    }
    if name.hasSuffix("-MultiHeadCrossAttention"), let bias = calls.first?.elements?.first?.elements?.last?["p_bias"] {
      try record("cross.position", bias == .null ? "false" : "true", from: name)
    }
  }

  /// The weight of the coarser position; `true` stands for 0.4, and `null` for none (`layers.py:796-797`).
  private func coarseness(_ value: JSON, in layer: String) throws -> String {
    if let number = value.double { return "\(number)" }
    if value == true { return "0.4" }
    try demand(value == false ? .null : value, toBe: .null, "hierarchical positions", in: layer)
    return "0"
  }

  /// Keras 2.3 writes an activation as a name, Keras 2.15 wraps a function's name in an object.
  ///
  /// keras-bert's "gelu" is the one of keras-transformer, by tanh.
  private func activation(_ value: JSON) -> String? {
    guard let name = value.string ?? value["config"]?.string else { return nil }
    if isKerasBERT, name == "gelu" { return "gelu-tanh" }
    return name == "gelu_erf" ? "gelu-erf" : name == "gelu_tanh" ? "gelu-tanh" : name
  }

  /// The names of `attention_normalize` (`backend.py:313-341`), which the tables spell with hyphens.
  private func normalization(_ name: String) -> String {
    ["softmax_plus": "softmax-plus", "squared_relu": "squared-relu"][name] ?? name
  }

  private mutating func record(_ setting: String, _ value: String?, from layer: String) throws {
    guard let value else { return }
    if let earlier = values[setting], earlier != value {
      throw Problem(
        .mismatched, file: file, object: "model_config",
        found: "\(setting) \(value) in \(layer) and \(earlier) in an earlier layer",
        expected: "one value for all layers")
    }
    values[setting] = value
  }

  private func demand(_ value: JSON, toBe expected: JSON, _ what: String, in layer: String) throws {
    guard value != expected else { return }
    throw unsupported("\(what) \(value.compact)", in: layer, expected: expected.compact)
  }

  private func unsupported(_ found: String, in layer: String, expected: String) -> Problem {
    Problem(
      .unsupported, file: file, object: "model_config, layer \(layer)", found: found, expected: expected,
      advice: "No architecture of Ingot with these names computes this")
  }
}

extension String {
  /// What follows a beginning, compared byte by byte; nil for a text that begins otherwise.
  fileprivate func text(behind beginning: String) -> String? {
    guard utf8.starts(with: beginning.utf8) else { return nil }
    return String(decoding: utf8.dropFirst(beginning.utf8.count), as: UTF8.self)
  }
}
