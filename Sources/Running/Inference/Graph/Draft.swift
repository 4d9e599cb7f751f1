import Bytes
import Tensors

/// A graph that is being made, of the weights that are there and the settings that a file says.
struct Draft {
  var graph = Graph()
  var claims: WeightClaims
  let settings: Settings
  /// The path of the weights, for messages.
  let file: String

  /// What normalisations are made of here.
  var norm = NormParts()
  /// Whether dense layers have biases here.
  var hasBiases = true

  /// The table of tokens, once an embedding has asked for it.
  private(set) var token: Weight?
  /// The scores of the attention before, where attentions add them.
  var scores: Value?
  /// What is given beside the tokens for normalisations to depend on, once one does.
  private var condition: Value?
  private var attentions = 0
  /// The features behind the last block, once something has been told from them.
  var features: Value?
  /// What the pooler makes of the first token, where there is one.
  var pooled: Value?

  /// What normalisations are made of.
  struct NormParts {
    var kind = Normalize.Kind.layer
    var hasGamma = true
    var hasBeta = true
  }

  /// Begins with nothing asked for.
  init(_ weights: any WeightStore, of architecture: String, _ settings: Settings) {
    claims = WeightClaims(weights, of: architecture)
    self.settings = settings
    file = weights.file
  }

  /// Appends a step with one output.
  mutating func append(
    _ operation: Operation, _ inputs: [Value], along axis: Axis, features: Extent, point: Point? = nil
  ) -> Value {
    graph.append(operation, inputs, [(axis, features)], point: point)[0]
  }

  /// Appends a step whose output is like its first input.
  mutating func append(_ operation: Operation, _ inputs: Value..., point: Point? = nil) -> Value {
    append(operation, inputs, along: inputs[0].axis, features: inputs[0].features, point: point)
  }
}

// Weights, settings and sizes.

extension Draft {
  /// Whether there is a weight whose name begins with these parts; the last is followed by a dot.
  func has(_ prefix: String) -> Bool { claims.hasWeights(prefix) }

  func value<Value>(of setting: Setting<Value>) throws -> Value { try settings.value(of: setting) }

  /// A size, as weights have shown it; 1 where those that would are missing, which the claims report.
  func size(_ size: Size) -> Int { claims.sizes[size] ?? 1 }

  /// The number of heads, as a setting or as a weight shows it.
  func heads() throws -> Int {
    max(1, settings.has(.heads) ? try value(of: .heads) : size(.heads))
  }

  /// Checks that heads share out the features of attention.
  ///
  /// - Throws: `Problem` of kind *mismatched*.
  func checkHeads() throws {
    let width = claims.sizes[.attention] ?? size(.width)
    let heads = settings.has(.heads) ? try value(of: .heads) : size(.heads)
    guard heads > 0, width.isMultiple(of: heads) else {
      throw settings.problem(
        "heads", found: "\(heads)", "a number that divides the width \(width)",
        advice: "Give the number of attention heads that the model was trained with")
    }
  }

  /// The table of tokens, [vocabulary, embedding].
  mutating func tokenTable() -> Weight {
    if let token { return token }
    let weight = claims.claim("embedding.token.weight", .size(.vocabulary), embeddingWidth)
    token = weight
    return weight
  }

  /// The width of embeddings: that of the blocks, unless something stands between them.
  var embeddingWidth: Extent {
    .size(has("embedding.projection.") || has("mlm.projection.") ? .embedding : .width)
  }

  /// The number of the next attention.
  mutating func nextAttention() -> Int {
    defer { attentions += 1 }
    return attentions
  }
}

// The smallest pieces.

extension Draft {
  /// A dense layer.
  mutating func linear(
    _ name: String, _ x: Value, to features: Extent, hasBias: Bool? = nil, activation: Activation = .linear,
    point: Point? = nil
  ) -> Value {
    let layer = Linear(
      weight: claims.claim("\(name).weight", features, x.features),
      bias: hasBias ?? hasBiases ? claims.claim("\(name).bias", features) : nil, activation: activation)
    return append(.linear(layer), [x], along: x.axis, features: features, point: point)
  }

  /// A normalisation, of a sum where something is added.
  ///
  /// - Parameters:
  ///   - point: Where it is observed; by default, the name of its weights.
  ///   - isObserved: Whether it is observed at all.
  mutating func normalized(
    _ name: String, _ x: Value, adding residual: Value? = nil, epsilon: Double, point: Point? = nil,
    isObserved: Bool = true
  ) throws -> Value {
    let shifts = try shifts(of: name, x.features)
    let operation = Normalize(
      kind: norm.kind, gamma: norm.hasGamma ? claims.claim("\(name).gamma", x.features) : nil,
      beta: norm.hasBeta ? claims.claim("\(name).beta", x.features) : nil, epsilon: epsilon,
      addsResidual: residual != nil, isConditional: !shifts.isEmpty)
    return append(
      .normalize(operation), [x] + (residual.map { [$0] } ?? []) + shifts, along: x.axis, features: x.features,
      point: isObserved ? point ?? Point(name) : nil)
  }

  /// What a condition adds to γ and β of a normalisation: Γ h and B h, h = f(W c), where weights show it.
  private mutating func shifts(of name: String, _ features: Extent) throws -> [Value] {
    guard has("\(name).condition.") else { return [] }
    var h = given()
    if has("\(name).condition.hidden.") {
      h = linear(
        "\(name).condition.hidden", h, to: .size(.hiddenCondition), hasBias: false,
        activation: try value(of: .conditionActivation))
    }
    return ["gamma", "beta"].map { linear("\(name).condition.\($0)", h, to: features, hasBias: false) }
  }

  private mutating func given() -> Value {
    if let condition { return condition }
    let value = append(
      .given(Given(part: .condition)), [], along: .sequences, features: .size(.condition))
    condition = value
    return value
  }

  /// A stored table as a value, a column for each of its rows.
  mutating func table(_ weight: Weight, rows: Int, features: Extent) -> Value {
    append(.widen(Widen(table: weight)), [], along: .rows(rows), features: features)
  }
}

/// The name of a part: that of its weights, and that of its points, which differ where weights are shared.
struct Part {
  let weights: String
  let point: String
  /// The number of the block that it belongs to.
  let block: Int

  init(weights: String, point: String? = nil, block: Int) {
    (self.weights, self.point, self.block) = (weights, point ?? weights, block)
  }

  /// The name of a part of this part.
  static func + (whole: Part, part: String) -> Part {
    Part(weights: "\(whole.weights).\(part)", point: "\(whole.point).\(part)", block: whole.block)
  }
}
