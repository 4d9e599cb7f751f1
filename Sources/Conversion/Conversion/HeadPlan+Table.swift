import Architectures
import Heads
import JSON

extension HeadPlan {
  /// Makes a head of what a name table knows of its kind; nil for one that Ingot does not compute.
  ///
  /// - Parameter configuration: The configuration that counts, which may say that labels do not exclude each other.
  init?(
    _ head: Plan.Head, of architecture: Architecture, plan: Plan, _ settings: Architectures.Settings,
    configuration: Configuration?
  ) {
    // DistilBERT's row of logits is one as others are.
    guard let kind = HeadSettings.Kind(rawValue: head.kind == "distilled" ? "sequence" : head.kind),
      let known = architecture.heads.first(where: { $0.kind == head.kind })
    else { return nil }
    let input: HeadSettings.Input
    switch known.input {
    case .pooler: input = .pooler
    case .first: input = .first
    case .tokens: input = .tokens
    case .last: return nil
    }
    let names = Dictionary(plan.extras.map { ($0.source, $0.tensor) }) { first, _ in first }
    var layers: [HeadSettings.Layer] = []
    for part in head.parts {
      guard let tensor = names[part.source] else { return nil }
      if part.shape.rank == 2 {
        layers.append(
          HeadSettings.Layer(HeadSettings.Matrix(tensor, isTransposed: !part.transforms.isEmpty), bias: nil))
      } else if !layers.isEmpty {
        layers[layers.count - 1].bias = tensor
      }
    }
    guard !layers.isEmpty else { return nil }
    if layers.count == 2, let name = known.activation {
      let word = settings[name].map { "\($0)" } ?? name
      guard let activation = HeadSettings.Activation(rawValue: word) else { return nil }
      layers[0].activation = activation
    }
    self.settings = HeadSettings(kind, of: input, layers: layers)
    let origin = HeadPlan.words(for: head.origin)
    add("kind", kind.rawValue, origin)
    add("input", input.rawValue, "the name table")
    switch kind {
    case .sequence:
      let (activation, origin) = HeadPlan.outcome(configuration?.json, labels: head.labels ?? 0)
      self.settings.layers[layers.count - 1].activation = activation
      add("activation", activation.rawValue, origin)
    case .token: self.settings.layers[layers.count - 1].activation = .softmax
    default: break
    }
  }

  /// What makes probabilities of the scores of a text (transformers 4.38.2, `modeling_bert.py:1592-1612`).
  private static func outcome(_ json: JSON?, labels: Int) -> (HeadSettings.Activation, String) {
    switch json?["problem_type"]?.string {
    case "multi_label_classification": (.sigmoid, "configuration: problem_type")
    case "regression": (.linear, "configuration: problem_type")
    default: labels == 1 ? (.linear, "one label is a number") : (.softmax, "default")
    }
  }

  static func words(for origin: Plan.Head.Origin) -> String {
    switch origin {
    case .given: "given"
    case .export: "ingot.json"
    case .configuration(let name): "configuration: architectures = [\"\(name)\"]"
    case .names: "its names"
    }
  }
}
