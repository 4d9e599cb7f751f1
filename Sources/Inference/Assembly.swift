import Tensors

/// The making of a network: it asks for every weight that a blueprint implies, by canonical name and shape.
struct Assembly {
  var claims: WeightClaims
  let blueprint: Blueprint
  let configuration: Configuration

  /// Begins with nothing asked for.
  init(_ weights: any WeightStore, _ blueprint: Blueprint, _ configuration: Configuration) {
    claims = WeightClaims(weights, of: blueprint.name)
    self.blueprint = blueprint
    self.configuration = configuration
  }

  /// The width of embeddings: that of the blocks, unless something stands between them.
  private var embeddingWidth: WeightClaims.Extent {
    .size(claims.hasWeights("embedding.projection.") ? .embedding : .width)
  }

  mutating func network() -> Network {
    let token = claims.claim("embedding.token.weight", .size(.vocabulary), embeddingWidth)
    let stack = stack(token: token)
    return Network(stack: stack, heads: heads(token: token))
  }
}

// The parts, from the smallest.

extension Assembly {
  private mutating func linear(
    _ name: String, _ outputs: WeightClaims.Extent, _ inputs: WeightClaims.Extent
  ) -> Linear {
    Linear(
      weight: claims.claim("\(name).weight", outputs, inputs),
      bias: blueprint.hasBiases ? claims.claim("\(name).bias", outputs) : nil)
  }

  private mutating func norm(_ name: String, _ size: WeightClaims.Extent, epsilon: Double? = nil) -> Normalization {
    Normalization(
      point: Point(name), kind: blueprint.norm.kind,
      gamma: blueprint.norm.hasGamma ? claims.claim("\(name).gamma", size) : nil,
      beta: blueprint.norm.hasBeta ? claims.claim("\(name).beta", size) : nil,
      epsilon: epsilon ?? configuration.epsilon, condition: nil)
  }

  static func learnedPositions(_ assembly: inout Assembly) -> any PositionScheme {
    LearnedPositions(
      table: assembly.claims.claim("embedding.position.weight", .size(.positions), assembly.embeddingWidth))
  }

  private mutating func attention(_ name: String, _ positions: any PositionScheme) -> Attention {
    let query = linear("\(name).query", .size(.width), .size(.width))
    return Attention(
      name: name, query: query, key: linear("\(name).key", .size(.width), .size(.width)),
      value: linear("\(name).value", .size(.width), .size(.width)),
      output: linear("\(name).output", .size(.width), .size(.width)),
      dotProduct: DotProductAttention(
        heads: configuration.heads,
        divisor: blueprint.scalesScores ? query.features / max(1, configuration.heads) : nil,
        positions: positions))
  }

  private mutating func feedForward(_ name: String) -> FeedForward {
    FeedForward(
      intermediate: linear("\(name).intermediate", .size(.feedForward), .size(.width)), gate: nil,
      output: linear("\(name).output", .size(.width), .size(.feedForward)), activation: configuration.activation)
  }

  /// A sublayer with its normalisation where the architecture has it.
  private mutating func sublayer(_ name: String, _ function: Sublayer.Function) -> Sublayer {
    let norm = norm("\(name).norm", .size(.width), epsilon: configuration.blockEpsilon)
    return switch blueprint.placement {
    case .post: Sublayer(name: name, before: nil, function: function, after: norm)
    case .pre: Sublayer(name: name, before: norm, function: function, after: nil)
    }
  }

  private mutating func block(_ name: String, _ positions: any PositionScheme) -> Block {
    Block(sublayers: [
      sublayer("\(name).attention", .attention(attention("\(name).attention", positions))),
      sublayer("\(name).feedforward", .feedForward(feedForward("\(name).feedforward"))),
    ])
  }
}

// What parts make up.

extension Assembly {
  private mutating func stack(token: Tensor) -> Stack {
    let segment =
      claims.hasWeights("embedding.segment.")
      ? claims.claim("embedding.segment.weight", .size(.segments), embeddingWidth) : nil
    let positions = blueprint.positions(&self)
    let embedding = Embedding(
      name: "embedding", token: token, segment: segment, positions: positions,
      norm: blueprint.hasEmbeddingNorm ? norm("embedding.norm", embeddingWidth) : nil,
      projection: claims.hasWeights("embedding.projection.")
        ? linear("embedding.projection", .size(.width), embeddingWidth) : nil)
    var blocks: [Block] = []
    repeat {
      blocks.append(block("block.\(blocks.count)", positions))
    } while claims.hasWeights("block.\(blocks.count).")
    let last = blueprint.placement == .pre ? norm("output.norm", .size(.width)) : nil
    return Stack(embedding: embedding, blocks: blocks, norm: last)
  }

  private mutating func heads(token: Tensor) -> [Head] {
    [pooler().map(Head.pooler), vocabularyHead(token: token).map(Head.vocabulary)].compactMap { $0 }
  }

  private mutating func pooler() -> Pooler? {
    let hasNextSentence = claims.hasWeights("nsp.")
    guard hasNextSentence || claims.hasWeights("pooler.") else { return nil }
    return Pooler(
      dense: linear("pooler", .size(.width), .size(.width)), activation: configuration.poolerActivation,
      nextSentence: hasNextSentence ? linear("nsp", .fixed(2), .size(.width)) : nil)
  }

  private mutating func vocabularyHead(token: Tensor) -> VocabularyHead? {
    switch blueprint.vocabularyHead {
    case .masked:
      guard claims.hasWeights("mlm.") else { return nil }
      return VocabularyHead(
        name: "mlm",
        transform: VocabularyHead.Transform(
          dense: linear("mlm.dense", embeddingWidth, .size(.width)), activation: configuration.activation,
          norm: norm("mlm.norm", embeddingWidth, epsilon: configuration.vocabularyEpsilon)),
        projection: nil, vocabulary: Linear(weight: token, bias: claims.claim("mlm.bias", .size(.vocabulary))))
    case .tied:
      return VocabularyHead(
        name: "lm", transform: nil, projection: nil, vocabulary: Linear(weight: token, bias: nil))
    }
  }
}
