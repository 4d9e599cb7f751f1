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
    case .keras:
      guard let arguments = bert4kerasArguments else { return [] }
      return [
        "from bert4keras.models import build_transformer_model",
        "model = build_transformer_model(\(([quoted("bert_config.json")] + arguments).joined(separator: ", ")))",
        "model.load_weights(\(quoted("weights.h5"))\(isInKerasOrder ? "" : ", by_name=True"))",
      ]
    case .tensorflow:
      guard let arguments = bert4kerasArguments else { return [] }
      let paths = [quoted("bert_config.json"), quoted("model.ckpt")]
      return [
        "from bert4keras.models import build_transformer_model",
        "model = build_transformer_model(\((paths + arguments).joined(separator: ", ")))",
      ]
    case .npz:
      return ["import numpy", "weights = numpy.load(\(quoted("weights.npz")))"]
    }
  }

  /// What `build_transformer_model` of bert4keras 0.11.5 has to be told beside the configuration; nil where it has no such model.
  private var bert4kerasArguments: [String]? {
    guard let model = bert4kerasModel else { return nil }
    var arguments = ["model=\"\(model)\""]
    if let mask = settings["mask"], mask != "none" { arguments.append("application=\"\(mask)\"") }
    if plan.groups.contains("pooler") {
      arguments.append("with_pool=" + (settings["pooler.activation"] == "linear" ? "\"linear\"" : "True"))
    }
    if plan.groups.contains("nsp") { arguments.append("with_nsp=True") }
    if plan.groups.contains("mlm") || architecture.name == "roformer-v2" { arguments.append("with_mlm=True") }
    if plan.groups.contains("discriminator") { arguments.append("with_discriminator=True") }
    return arguments
  }

  /// The word for the kind of model, `model=` (bert4keras 0.11.5, `models.py:2676-2707`).
  private var bert4kerasModel: String? {
    let stack =
      switch (plan.groups.contains("encoder"), plan.groups.contains("decoder")) {
      case (true, false): "_encoder"
      case (false, true): "_decoder"
      default: ""
      }
    return switch architecture.name {
    case "albert", "bert", "electra", "gpt", "gpt2", "nezha", "roformer": architecture.name
    case "gpt2-ml", "roformer-v2": architecture.name.replacing("-", with: "_")
    case "t5": "t5.1.0\(stack)"
    case "t5-gated": (plan.naming == "mt5" ? "mt5.1.1" : "t5.1.1") + stack
    default: nil
    }
  }

  /// Whether the rows of the naming stand in the order of the layers of this model, in which Keras loads them.
  ///
  /// Keras sorts layers by their distance from the outputs: a pooler is a step nearer when no next sentence is predicted
  /// from it, and the last layers of an encoder stand among the first of a decoder.
  private var isInKerasOrder: Bool {
    let groups = plan.groups
    if groups.contains("pooler"), groups.contains("mlm"), !groups.contains("nsp") { return false }
    return !groups.contains("encoder") || !groups.contains("decoder")
  }
}
