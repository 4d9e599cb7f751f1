import Architectures
import Bytes
import Heads
import JSON

extension HeadPlan {
  /// Makes a head of the layers that a model saved by Keras describes; nil where the extras are no head that Ingot computes.
  ///
  /// Layers are recognised by class; of a `Lambda` nothing is run, and it is taken for the one that takes the first token.
  init?(of plan: Plan, description: JSON, _ file: String) {
    let extras = ExtraLayers(of: plan)
    let layers = KerasLayer.all(in: description)
    let known = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    let names = Set(extras.names)
    guard !names.isEmpty, var name = layers.last(where: { names.contains($0.name) })?.name else { return nil }
    settings = HeadSettings(.sequence, of: .tokens, layers: [])
    var (used, lambda, input): (Set<String>, String?, HeadSettings.Input?) = ([], nil, nil)
    // An activation may be a layer of its own behind the last one.
    var activation = layers.first { $0.inputs == [name] && $0.kind == "Activation" }?.activation
    let own = Set(plan.steps.compactMap { step in step.source.lastIndex(of: "[").map { step.source[..<$0] } })
    var steps: [[VectorPlan.Entry]] = []
    while !own.contains(name[...]) {
      guard let layer = known[name], layer.inputs.count == 1, !used.contains(name) else {
        return nil
      }
      used.insert(name)
      switch layer.kind {
      case "Dense":
        guard let word = activation ?? layer.activation, let dense = extras.dense(name, activation: word) else {
          return nil
        }
        settings.layers.insert(dense, at: 0)
        add("layer", "\(name), \(word.rawValue)", "model_config")
        activation = nil
      case "ConditionalRandomField", "MaximumEntropyMarkovModel":
        guard settings.layers.isEmpty, settings.transitions == nil else { return nil }
        settings.kind = layer.kind == "ConditionalRandomField" ? .crf : .memm
        transitions(
          extras.tensors(of: name).tensors.map(\.tensor), layer.json["lr_multiplier"]?.double ?? 1, starts: nil,
          ends: nil,
          "model_config")
      case "GlobalPointer", "EfficientGlobalPointer":
        guard settings.layers.isEmpty, let own = pointer(layer, extras) else { return nil }
        settings.layers = own
      case "Dropout", "SpatialDropout1D": break
      case "Lambda": lambda = name
      case "GlobalAveragePooling1D": input = .mean
      case "GlobalMaxPooling1D": input = .max
      default: return nil
      }
      name = layer.inputs[0]
      steps.append(entries)
      entries = []
    }
    // They were found from the last layer on.
    entries = steps.reversed().flatMap(\.self)
    guard names.isSubset(of: used), !settings.layers.isEmpty else { return nil }
    decide(input, lambda: lambda, behind: name)
  }

  /// What a pointer's description says, and its dense layers.
  private mutating func pointer(_ layer: KerasLayer, _ extras: ExtraLayers) -> [HeadSettings.Layer]? {
    guard let size = layer.json["head_size"]?.integer, size > 0, let first = extras.dense(layer.name) else {
      return nil
    }
    let isEfficient = layer.kind == "EfficientGlobalPointer"
    settings.kind = isEfficient ? .efficientGlobalPointer : .globalPointer
    settings.pointer = HeadSettings.Pointer(
      size: size, turns: layer.json["RoPE"]?.bool ?? true, isTriangular: layer.json["tril_mask"]?.bool ?? true)
    add("layer", layer.name, "model_config")
    add("head_size", "\(size)", "model_config")
    add("rope", "\(settings.pointer!.turns)", "model_config")
    add("tril_mask", "\(settings.pointer!.isTriangular)", "model_config")
    guard isEfficient else { return [first] }
    return extras.dense(layer.name, from: first.bias == nil ? 1 : 2).map { [first, $0] }
  }

  /// Decides what the first layer reads, by what stands before it.
  private mutating func decide(_ input: HeadSettings.Input?, lambda: String?, behind name: String) {
    if let input {
      settings.input = input
    } else if name.hasSuffix("Pooler-Dense") {
      settings.input = .pooler
    } else {
      settings.input = lambda == nil ? .tokens : .first
    }
    if settings.input == .tokens, settings.kind == .sequence { settings.kind = .token }
    entries.insert(
      VectorPlan.Entry(
        name: "input", value: settings.input.rawValue,
        origin: settings.input == .first ? "assumed of the layer \(lambda!)" : "model_config",
        assumption: settings.input == .first ? "a Lambda is not run; mean or max: --head classifier=…,mean" : nil),
      at: 0)
    entries.insert(VectorPlan.Entry(name: "kind", value: settings.kind.rawValue, origin: "model_config"), at: 0)
  }
}

/// A layer as a model saved by Keras describes it.
struct KerasLayer {
  let name: String
  /// Its class: `Dense`.
  let kind: String
  /// Its own settings.
  let json: JSON
  /// The names of the layers that it reads.
  let inputs: [String]

  /// Every layer of a model, in its order.
  static func all(in description: JSON) -> [KerasLayer] {
    (description["config"]?["layers"]?.elements ?? []).compactMap { layer in
      guard let kind = layer["class_name"]?.string, let json = layer["config"], let name = json["name"]?.string else {
        return nil
      }
      var inputs: [String] = []
      for node in layer["inbound_nodes"]?.elements ?? [] { KerasLayer.collect(node, into: &inputs) }
      return KerasLayer(name: name, kind: kind, json: json, inputs: inputs)
    }
  }

  /// Names of layers: `["name", 0, 0, {}]` in Keras 2, `"keras_history": ["name", 0, 0]` in Keras 3.
  private static func collect(_ node: JSON, into names: inout [String], depth: Int = 0) {
    guard depth < 8 else { return }
    if let elements = node.elements {
      if elements.count >= 3, let name = elements[0].string, elements[1].integer != nil {
        if !names.contains(name) { names.append(name) }
      } else {
        for element in elements { collect(element, into: &names, depth: depth + 1) }
      }
    } else if let members = node.members {
      for member in members where member.name != "dtype" { collect(member.value, into: &names, depth: depth + 1) }
    }
  }

  /// Its activation; nil for one that Ingot does not know.
  var activation: HeadSettings.Activation? {
    let value = json["activation"] ?? .string("linear")
    let word = value.string ?? value["config"]?.string ?? value["config"]?["name"]?.string ?? ""
    return HeadSettings.Activation(rawValue: word == "gelu" ? "gelu-erf" : word.replacing("_", with: "-"))
  }
}
