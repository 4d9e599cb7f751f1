import Architectures
import Bytes

extension Export {
  /// The lines of Python that load the exported folder, as the record of proofs runs them.
  ///
  /// - Parameter folder: The folder's path.
  /// - Returns: Nothing where no library loads the architecture by itself.
  public func loading(from folder: String) -> [String] {
    func quoted(_ name: String) -> String {
      let path = Path(folder).appending(name).text
      return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    switch destination {
    case .huggingface:
      guard let name = configuration["architectures"]?.elements?.first?.string else { return [] }
      return ["from transformers import \(name)", "model = \(name).from_pretrained(\(quoted("")))"]
    case .sentenceTransformers:
      return [
        "from sentence_transformers import SentenceTransformer", "model = SentenceTransformer(\(quoted("")))",
      ]
    case .keras:
      guard isBuiltByBERT4Keras else { return [] }
      let isByName = !isInKerasOrder || !plan.extras.isEmpty
      return building([quoted("bert_config.json")], on: headLines)
        + ["model.load_weights(\(quoted("weights.h5"))\(isByName ? ", by_name=True" : ""))"]
    case .tensorflow:
      guard isBuiltByBERT4Keras else { return [] }
      return building([quoted("bert_config.json"), quoted("model.ckpt")], on: headLines)
        + headWeights(from: quoted("model.ckpt"))
    case .npz:
      return ["import numpy", "weights = numpy.load(\(quoted("weights.npz")))"]
    }
  }

  /// Whether `build_transformer_model` of bert4keras 0.11.5 makes the model and takes these files.
  static func isBuiltByBERT4Keras(
    _ architecture: Architecture, _ destination: Destination, _ naming: Architecture.Naming
  ) -> Bool {
    let isNamedSo =
      switch destination {
      case .keras: naming.isOfBERT4Keras
      // Those whose configurations bert4keras reads.
      case .tensorflow: naming.isOfTensorFlow && naming.keys == architecture.naming("bert4keras")?.keys
      case .huggingface, .sentenceTransformers, .npz: false
      }
    return isNamedSo && bert4kerasKinds[architecture.name] != nil
  }

  private var isBuiltByBERT4Keras: Bool {
    architecture.naming(plan.naming).map { Export.isBuiltByBERT4Keras(architecture, destination, $0) } ?? false
  }

  /// The settings that ``loading(from:)`` says where the configuration has no word for them.
  static let saidByCall: Set<String> = ["mask", "pooler.activation"]

  /// The words for kinds of models, `model=` (bert4keras 0.11.5, `models.py:2676-2707`).
  private static let bert4kerasKinds = [
    "albert": "albert", "bert": "bert", "electra": "electra", "gpt": "gpt", "gpt2": "gpt2", "gpt2-ml": "gpt2_ml",
    "nezha": "nezha", "roformer": "roformer", "roformer-v2": "roformer_v2", "t5": "t5.1.0", "t5-gated": "t5.1.1",
  ]

  /// The lines that make the model, and with a checkpoint's path load it.
  ///
  /// - Parameter head: The lines that put the head on top; none where there is none that these lines can make.
  private func building(_ paths: [String], on head: [String]) -> [String] {
    var lines = ["from bert4keras.models import build_transformer_model"]
    var arguments = paths + ["model=\"\(bert4kerasKind)\""]
    if let mask = settings["mask"], mask != "none" { arguments.append("application=\"\(mask)\"") }
    // What the model gives is the pooler's vector when it is asked for; a head of tokens reads the others.
    if plan.groups.contains("pooler"), head.isEmpty || self.head.isOnPooler(in: architecture) {
      arguments.append("with_pool=" + (settings["pooler.activation"] == "linear" ? "\"linear\"" : "True"))
    }
    if plan.groups.contains("nsp") { arguments.append("with_nsp=True") }
    if plan.groups.contains("mlm") || architecture.name == "roformer-v2" { arguments.append("with_mlm=True") }
    if plan.groups.contains("discriminator") { arguments.append("with_discriminator=True") }
    if plan.groups.contains("condition") || !head.isEmpty {
      lines.insert("from bert4keras.backend import keras", at: 0)
    }
    if plan.groups.contains("condition"), let width = plan.size(named: "condition") {
      lines.append("condition = keras.layers.Input(shape=(\(width),), name=\"Input-Condition\")")
      arguments += ["layer_norm_cond=condition", "additional_input_layers=condition"]
      if plan.groups.contains("condition-hidden"), let hidden = plan.size(named: "condition-hidden") {
        arguments.append("layer_norm_cond_hidden_size=\(hidden)")
      }
    }
    return lines + ["model = build_transformer_model(\(arguments.joined(separator: ", ")))"] + head
  }

  /// The word for this kind of model; halves of a T5 have words of their own.
  private var bert4kerasKind: String {
    let kind = plan.naming == "mt5" ? "mt5.1.1" : Export.bert4kerasKinds[architecture.name] ?? architecture.name
    return switch (plan.groups.contains("encoder"), plan.groups.contains("decoder")) {
    case (true, false): kind + "_encoder"
    case (false, true): kind + "_decoder"
    default: kind
    }
  }

  /// Whether the rows of the naming stand in the order of the layers of this model, in which Keras loads them.
  ///
  /// Keras sorts layers by their distance from the outputs: a pooler is a step nearer when no next sentence is predicted
  /// from it, a table of relative positions stands before its first block, and the last layers of an encoder among the first of a decoder.
  private var isInKerasOrder: Bool {
    let groups = plan.groups
    if groups.contains("pooler"), groups.contains("mlm"), !groups.contains("nsp") { return false }
    return !groups.contains("encoder") && !groups.contains("decoder")
  }
}
