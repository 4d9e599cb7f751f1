import Architectures
import Bytes
import Heads

extension HeadPlan {
  /// Makes a head of what the user says, which must be enough.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a layer that is not there or has other tensors, and for what only the user can say.
  init(_ said: HeadDescription, of plan: Plan, in file: String) throws {
    let layers = ExtraLayers(of: plan)
    settings = HeadSettings(said.kind, of: .tokens, layers: [])
    add("kind", said.kind.rawValue, "given")
    guard !said.layers.isEmpty else {
      throw HeadPlan.missing(
        "the layers of the head", "--head \(said.kind.rawValue)=LAYER,…, of \(layers.names.joined(separator: ", "))",
        file)
    }
    try read(said, layers, file)
    if settings.isOfTokens {
      guard said.input ?? .tokens == .tokens else {
        throw HeadPlan.missing("a head that reads tokens", "no \(said.input!.rawValue)", file)
      }
    } else {
      try input(said.input, of: plan)
    }
  }

  static func missing(_ found: String, _ expected: String, _ file: String) -> Problem {
    Problem(.mismatched, file: file, object: "--head", found: "nothing that says \(found)", expected: expected)
  }

  /// What the first layer reads: what is said, else the pooler where there is one.
  private mutating func input(_ said: HeadSettings.Input?, of plan: Plan) throws {
    if let said {
      settings.input = said
      add("input", said.rawValue, "given")
    } else if plan.groups.contains("pooler") {
      settings.input = .pooler
      add("input", "pooler", "the checkpoint has one")
    } else {
      settings.input = .first
      add(
        "input", "first", "assumed", assumption: "as bert4keras' examples; mean or max: --head classifier=…,mean")
    }
  }

  private mutating func read(_ said: HeadDescription, _ layers: ExtraLayers, _ file: String) throws {
    var dense = said.layers
    switch said.kind {
    case .crf, .memm:
      let last = dense.removeLast()
      let tensors = layers.tensors(of: last.name).tensors
      guard (1...(said.kind == .memm ? 2 : 1)).contains(tensors.count), !dense.isEmpty else {
        throw HeadPlan.missing(
          "both the dense layer and that of the transitions", "--head \(said.kind.rawValue)=DENSE,\(last.name)", file)
      }
      guard let multiplier = said.multiplier else {
        throw HeadPlan.missing("lr_multiplier, which no file of weights tells", "--head …,lr_multiplier=1000", file)
      }
      transitions(tensors.map(\.tensor), multiplier, starts: said.starts, ends: said.ends, "given")
    case .globalPointer, .efficientGlobalPointer:
      guard let size = said.size else {
        throw HeadPlan.missing("head_size, which no file of weights tells", "--head …,head_size=64", file)
      }
      settings.pointer = HeadSettings.Pointer(
        size: size, turns: said.turns ?? true, isTriangular: said.isTriangular ?? true)
      add("head_size", "\(size)", "given")
      for (name, value) in [("rope", said.turns), ("tril_mask", said.isTriangular)] {
        add(
          name, "\(value ?? true)", value == nil ? "assumed" : "given",
          assumption: value == nil ? "bert4keras' default; else: --head …,\(name)=false" : nil)
      }
    default: break
    }
    for (index, layer) in dense.enumerated() { try add(layer, isLast: index == dense.count - 1, said, layers, file) }
    if said.kind == .efficientGlobalPointer,
      let second = layers.dense(said.layers[0].name, from: settings.layers[0].bias == nil ? 1 : 2)
    {
      settings.layers.append(second)
    }
  }

  private mutating func add(
    _ layer: HeadDescription.Layer, isLast: Bool, _ said: HeadDescription, _ layers: ExtraLayers, _ file: String
  ) throws {
    guard var own = layers.dense(layer.name) else {
      throw Problem(
        .mismatched, file: file, object: "--head",
        found: "no layer \(layer.name) with a matrix beyond the architecture",
        expected: layers.names.isEmpty ? "one" : "one of \(layers.names.joined(separator: ", "))",
        advice: nearestWord(to: layer.name, among: layers.names).map { "Did you mean \($0)?" })
    }
    if let activation = layer.activation {
      own.activation = activation
    } else if !isLast || said.kind == .sequence || said.kind == .token {
      let words =
        isLast ? "softmax, sigmoid or linear" : HeadSettings.Activation.allCases.map(\.rawValue).joined(separator: ", ")
      throw HeadPlan.missing(
        "what follows the layer \(layer.name)", "its activation: --head …,\(layer.name),ACTIVATION (\(words))", file)
    }
    settings.layers.append(own)
    add("layer", "\(layer.name), \(own.activation.rawValue)", "given")
  }

  /// Takes transitions.
  mutating func transitions(
    _ tensors: [String], _ multiplier: Double, starts: [Int]?, ends: [Int]?, _ origin: String
  ) {
    settings.transitions = HeadSettings.Transitions(
      tensors, multiplier: multiplier, starts: starts ?? [0], ends: ends ?? [0])
    add("lr_multiplier", Int(exactly: multiplier).map(String.init) ?? "\(multiplier)", origin)
    for (name, value) in [("starts", starts), ("ends", ends)] {
      add(
        name, (value ?? [0]).map(String.init).joined(separator: "+"), value == nil ? "assumed" : "given",
        assumption: value == nil ? "as bert4keras' examples decode; else: --head …,\(name)=0+1" : nil)
    }
  }
}
