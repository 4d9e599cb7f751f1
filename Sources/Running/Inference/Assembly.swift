import Bytes
import Tensors

/// The making of a network: it asks for every weight that a blueprint implies, by canonical name and shape.
struct Assembly {
  var claims: WeightClaims
  let blueprint: Blueprint
  let configuration: Configuration
  /// The path of the weights, for messages.
  let file: String

  /// Begins with nothing asked for.
  init(_ weights: any WeightStore, _ blueprint: Blueprint, _ configuration: Configuration) {
    claims = WeightClaims(weights, of: blueprint.name)
    file = weights.file
    self.blueprint = blueprint
    self.configuration = configuration
  }

  /// Asks for everything.
  ///
  /// - Throws: `Problem` of kind *mismatched* for settings that make no sense; weights that do not fit are for the claims to
  ///   report.
  mutating func network() throws -> Network {
    let token = claims.claim("embedding.token.weight", .size(.vocabulary), embeddingWidth)
    guard blueprint.hasTwoStacks else {
      let stack = try stack(token: token, positions: blueprint.positions(&self))
      return Network(
        reader: nil, stack: stack, heads: heads(token: token), mask: blueprint.mask ?? configuration.mask,
        padding: padding)
    }
    let encoder = claims.hasWeights("encoder.") ? try encoder(token: token) : nil
    guard claims.hasWeights("decoder.") else {
      return Network(reader: nil, stack: try encoder ?? self.encoder(token: token), heads: [], mask: .none)
    }
    return Network(
      reader: encoder, stack: try decoder(token: token), heads: heads(token: token), mask: .lm)
  }

  /// What is padding, by the architecture or a setting.
  private var padding: Padding {
    var padding = blueprint.padding
    if let token = configuration.paddingToken { padding.token = Int32(clamping: token) }
    // No token has a negative id: nothing is padding then.
    if !configuration.zeroIsPadding { padding.token = -1 }
    if configuration.sharesSegments { padding.segment = 0 }
    return padding
  }

  /// The width of embeddings: that of the blocks, unless something stands between them.
  var embeddingWidth: WeightClaims.Extent {
    .size(claims.hasWeights("embedding.projection.") || claims.hasWeights("mlm.projection.") ? .embedding : .width)
  }

  /// The number of heads, as a setting or as a weight shows it.
  var headCount: Int { max(1, configuration.heads ?? claims.sizes[.heads] ?? 1) }
}

// The parts, from the smallest.

extension Assembly {
  mutating func linear(
    _ name: String, _ outputs: WeightClaims.Extent, _ inputs: WeightClaims.Extent, hasBias: Bool? = nil
  ) -> Linear {
    Linear(
      weight: claims.claim("\(name).weight", outputs, inputs),
      bias: hasBias ?? blueprint.hasBiases ? claims.claim("\(name).bias", outputs) : nil)
  }

  /// - Parameter point: Where it is observed, when that is not the name of its weights.
  mutating func norm(
    _ name: String, _ size: WeightClaims.Extent, epsilon: Double? = nil, point: String? = nil
  ) -> Normalization {
    Normalization(
      point: Point(point ?? name), kind: blueprint.norm.kind,
      gamma: blueprint.norm.hasGamma ? claims.claim("\(name).gamma", size) : nil,
      beta: blueprint.norm.hasBeta ? claims.claim("\(name).beta", size) : nil,
      epsilon: epsilon ?? configuration.epsilon, condition: condition(of: name, size))
  }

  /// What a normalisation depends on beside its input, where weights show it.
  private mutating func condition(of name: String, _ size: WeightClaims.Extent) -> Normalization.Condition? {
    guard claims.hasWeights("\(name).condition.") else { return nil }
    let isHidden = claims.hasWeights("\(name).condition.hidden.")
    let inputs = WeightClaims.Extent.size(isHidden ? .hiddenCondition : .condition)
    return Normalization.Condition(
      hidden: isHidden ? linear("\(name).condition.hidden", inputs, .size(.condition), hasBias: false) : nil,
      activation: configuration.conditionActivation,
      gamma: linear("\(name).condition.gamma", size, inputs, hasBias: false),
      beta: linear("\(name).condition.beta", size, inputs, hasBias: false))
  }

  private mutating func projection(_ kind: Blueprint.Projection, of part: PartName) -> Linear {
    let (inner, width) = (
      WeightClaims.Extent.size(blueprint.hasTwoStacks ? .attention : .width), WeightClaims.Extent.size(.width)
    )
    let hasBias = blueprint.hasBiases && blueprint.attentionBiases.contains(kind)
    guard blueprint.hasJointProjection, kind != .output else {
      return linear(
        "\(part.weights).\(kind)", kind == .output ? width : inner, kind == .output ? inner : width, hasBias: hasBias)
    }
    let headWidth = max(1, (claims.sizes[.width] ?? 1) / headCount)
    return Linear(
      weight: claims.claim("\(part.weights).projection.weight", .fixed(3 * (claims.sizes[.width] ?? 1)), width),
      bias: hasBias ? claims.claim("\(part.weights).\(kind).bias", width) : nil,
      rows: Linear.Rows(first: kind.rawValue * headWidth, count: headWidth, period: 3 * headWidth))
  }

  private mutating func attention(_ part: PartName, _ positions: any PositionScheme) -> Attention {
    let query = projection(.query, of: part)
    return Attention(
      name: part.point, query: query, key: projection(.key, of: part), value: projection(.value, of: part),
      output: projection(.output, of: part),
      dotProduct: DotProductAttention(
        heads: headCount, divisor: divisor(of: query, positions, inBlock: part.block),
        positions: positions, addsPreviousScores: configuration.addsPreviousScores))
  }

  /// The number by whose root scores are divided.
  private func divisor(of query: Linear, _ positions: any PositionScheme, inBlock block: Int) -> Int? {
    let byWidth =
      blueprint.scalesScores && configuration.scalesScores
      ? query.features / headCount * positions.termsInScale : 1
    let byDepth = configuration.scalesScoresByDepth ? (block + 1) * (block + 1) : 1
    return byWidth * byDepth == 1 ? nil : byWidth * byDepth
  }

  private mutating func gatedAttention(_ part: PartName, _ positions: any PositionScheme) -> GatedAttentionUnit {
    let hasBiases = claims.hasWeight(part.weights + ".intermediate.bias")
    func scaling(_ name: String, _ claims: inout WeightClaims) -> GatedAttentionUnit.Scaling {
      GatedAttentionUnit.Scaling(
        gamma: claims.claim("\(part.weights).\(name).gamma", .size(.keys)),
        beta: hasBiases ? claims.claim("\(part.weights).\(name).beta", .size(.keys)) : nil)
    }
    let (query, key) = (scaling("query", &claims), scaling("key", &claims))
    let output = linear(part.weights + ".output", .size(.width), .size(.units), hasBias: hasBiases)
    let (units, keys) = (claims.sizes[.units] ?? 1, claims.sizes[.keys] ?? 1)
    return GatedAttentionUnit(
      name: part.point,
      intermediate: linear(
        part.weights + ".intermediate", .fixed(2 * units + keys), .size(.width), hasBias: hasBiases),
      query: query, key: key, output: output, activation: configuration.activation,
      dotProduct: DotProductAttention(
        heads: 1, divisor: keys, positions: positions, normalization: configuration.attentionNormalization))
  }

  private mutating func feedForward(_ part: PartName) -> FeedForward {
    FeedForward(
      intermediate: linear(part.weights + ".intermediate", .size(.feedForward), .size(.width)),
      gate: blueprint.hasGate ? linear(part.weights + ".gate", .size(.feedForward), .size(.width)) : nil,
      output: linear(part.weights + ".output", .size(.width), .size(.feedForward)),
      activation: configuration.activation)
  }

  /// The normalisation of a sublayer.
  private mutating func norm(of part: PartName) -> Normalization {
    norm(
      part.weights + ".norm", .size(.width), epsilon: configuration.blockEpsilon, point: part.point + ".norm")
  }

  private mutating func attentionSublayer(_ part: PartName, _ positions: any PositionScheme) throws -> Sublayer {
    let positions = try blueprint.blockPositions?(&self, part.weights) ?? positions
    let function =
      blueprint.hasGatedAttention
      ? Sublayer.Function.gatedAttention(gatedAttention(part, positions))
      : .attention(attention(part, positions))
    return switch blueprint.placement {
    case .post: Sublayer(name: part.point, before: nil, function: function, after: norm(of: part))
    case .pre: Sublayer(name: part.point, before: norm(of: part), function: function, after: nil)
    case .inner: Sublayer(name: part.point, before: nil, function: function, after: nil)
    }
  }

  private mutating func feedForwardSublayer(_ part: PartName) -> Sublayer {
    let function = Sublayer.Function.feedForward(feedForward(part))
    return switch blueprint.placement {
    case .post: Sublayer(name: part.point, before: nil, function: function, after: norm(of: part))
    case .pre, .inner: Sublayer(name: part.point, before: norm(of: part), function: function, after: nil)
    }
  }

  /// - Parameter crossPositions: The scheme of cross attention; nil for a block that has none.
  private mutating func block(
    _ part: PartName, _ positions: any PositionScheme, cross crossPositions: (any PositionScheme)? = nil
  ) throws -> Block {
    var sublayers = [try attentionSublayer(part + "attention", positions)]
    if let crossPositions {
      let cross = part + "cross"
      sublayers.append(
        Sublayer(
          name: cross.point, before: norm(of: cross), function: .crossAttention(attention(cross, crossPositions)),
          after: nil))
    }
    if !blueprint.hasGatedAttention { sublayers.append(feedForwardSublayer(part + "feedforward")) }
    return Block(sublayers: sublayers, norm: blueprint.placement == .inner ? norm(of: part) : nil)
  }

  /// Every block of a stack, one for each number that weights show, or as many as the setting says where one serves all.
  private mutating func blocks(
    of stack: String, _ positions: any PositionScheme, cross: (any PositionScheme)? = nil
  ) throws -> [Block] {
    if blueprint.sharesBlock {
      return try (0..<configuration.checkedBlockCount(of: file)).map {
        try block(
          PartName(weights: stack + "block", point: stack + "block.\($0)", block: $0), positions, cross: cross)
      }
    }
    var blocks: [Block] = []
    repeat {
      let name = stack + "block.\(blocks.count)"
      blocks.append(
        try block(PartName(weights: name, point: name, block: blocks.count), positions, cross: cross))
    } while claims.hasWeights(stack + "block.\(blocks.count).")
    return blocks
  }
}

/// The name of a part: that of its weights, and that of its points, which differ where weights are shared.
private struct PartName {
  let weights: String
  let point: String
  /// The number of the block that it belongs to.
  let block: Int

  /// The name of a part of this part.
  static func + (whole: PartName, part: String) -> PartName {
    PartName(weights: "\(whole.weights).\(part)", point: "\(whole.point).\(part)", block: whole.block)
  }
}

// Stacks.

extension Assembly {
  private mutating func stack(token: Tensor, positions: any PositionScheme) throws -> Stack {
    Stack(
      embedding: Embedding(
        point: blueprint.embeddingPoint, token: token, segment: segment(token: token),
        positions: positions, norm: blueprint.hasEmbeddingNorm ? norm("embedding.norm", embeddingWidth) : nil,
        projection: claims.hasWeights("embedding.projection.")
          ? linear("embedding.projection", .size(.width), embeddingWidth) : nil,
        clearsPadding: blueprint.padding.sight == .nothing),
      blocks: try blocksWithConvolution(positions),
      norm: blueprint.placement == .pre ? norm("norm", .size(.width)) : nil)
  }

  /// Every block, the first with a convolution beside it where weights show one.
  private mutating func blocksWithConvolution(_ positions: any PositionScheme) throws -> [Block] {
    var blocks = try blocks(of: "", positions)
    if claims.hasWeights("convolution.") { blocks[0].convolution = try convolution() }
    return blocks
  }

  private mutating func convolution() throws -> Convolution {
    let weight = claims.claim("convolution.weight", .size(.width), .size(.group), .size(.taps))
    let (width, group, taps) = (claims.sizes[.width] ?? 1, claims.sizes[.group] ?? 1, claims.sizes[.taps] ?? 1)
    guard width.isMultiple(of: group), !taps.isMultiple(of: 2) else {
      throw Problem(
        .mismatched, file: file, object: "convolution.weight", found: "\(taps) taps over groups of \(group) features",
        expected: "an odd number of taps, and groups that share out the width \(width)")
    }
    return Convolution(
      weight: weight, bias: claims.claim("convolution.bias", .size(.width)),
      activation: configuration.convolutionActivation, norm: norm("convolution.norm", .size(.width)))
  }

  /// The table of segments: one of its own, where weights show it, or that of the tokens.
  private mutating func segment(token: Tensor) -> Tensor? {
    if configuration.sharesSegments { return token }
    guard claims.hasWeights("embedding.segment.") else { return nil }
    return claims.claim("embedding.segment.weight", .size(.segments), embeddingWidth)
  }

  private mutating func encoder(token: Tensor) throws -> Stack {
    let positions = try bucketPositions("encoder", bothWays: true)
    return Stack(
      embedding: embedding("encoder", token), blocks: try blocks(of: "encoder.", positions),
      norm: norm("encoder.norm", .size(.width)))
  }

  private mutating func decoder(token: Tensor) throws -> Stack {
    let positions = try bucketPositions("decoder", bothWays: false)
    let cross: any PositionScheme = configuration.crossHasPositions ? positions : NoPositions()
    return Stack(
      embedding: embedding("decoder", token), blocks: try blocks(of: "decoder.", positions, cross: cross),
      norm: norm("decoder.norm", .size(.width)))
  }

  private func embedding(_ stack: String, _ token: Tensor) -> Embedding {
    Embedding(
      point: Point("\(stack).embedding.token"), token: token, segment: nil, positions: NoPositions(), norm: nil,
      projection: nil)
  }
}
