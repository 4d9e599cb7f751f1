import Bytes
import Tensors

/// BERT (Devlin and others 2018): embeddings, post-norm blocks and up to three heads.
struct BERT {
  let embedding: Embedding
  let blocks: [Block]
  let pooler: Pooler?
  let nextSentence: NextSentence?
  let languageModel: MaskedLanguageModel?

  /// Every point of a forward pass, in the order in which it passes them.
  var points: [Point] {
    var points = [Point.embeddingNorm]
    if embedding.projection != nil { points.append(.embeddingProjection) }
    for block in blocks.indices {
      points += [
        .attentionOutput(block: block), .attentionNorm(block: block), .feedForwardOutput(block: block),
        .feedForwardNorm(block: block),
      ]
    }
    if pooler != nil { points.append(.pooler) }
    if nextSentence != nil { points.append(.nextSentenceProbabilities) }
    if languageModel != nil { points += [.maskedTokenNorm, .maskedTokenLogits, .maskedTokenProbabilities] }
    return points
  }

  /// Runs the blocks, and those heads that somebody watches.
  ///
  /// - Parameter positions: The tokens that the masked language model treats; nil for all.
  func run<K>(at positions: [TokenPosition]?, _ pass: ForwardPass<K>) throws {
    let x = try embedding.apply(pass)  // [H, B·T]
    for block in blocks { try block.apply(to: x, pass) }
    if let pooler, pass.watches(.pooler, .nextSentenceProbabilities) {
      let pooled = try pooler.apply(to: x, pass)
      if let nextSentence, pass.watches(.nextSentenceProbabilities) { try nextSentence.apply(to: pooled, pass) }
    }
    if let languageModel, pass.watches(.maskedTokenNorm, .maskedTokenLogits, .maskedTokenProbabilities) {
      try languageModel.apply(to: x, at: positions, pass)
    }
  }
}

extension BERT {
  /// Takes every weight of a store by its canonical name.
  init(_ claims: inout WeightClaims, settings: Settings) {
    let hasProjection = claims.hasWeights("embedding.projection.")
    let embeddingSize: WeightClaims.Extent = .size(hasProjection ? .embedding : .width)

    func linear(
      _ name: String, _ outputs: WeightClaims.Extent, _ inputs: WeightClaims.Extent, _ claims: inout WeightClaims
    ) -> Linear {
      Linear(weight: claims.claim("\(name).weight", outputs, inputs), bias: claims.claim("\(name).bias", outputs))
    }
    func norm(_ name: String, _ size: WeightClaims.Extent, _ claims: inout WeightClaims) -> LayerNormalization {
      LayerNormalization(
        gamma: claims.claim("\(name).gamma", size), beta: claims.claim("\(name).beta", size), epsilon: settings.epsilon)
    }

    let token = claims.claim("embedding.token.weight", .size(.vocabulary), embeddingSize)
    embedding = Embedding(
      token: token,
      segment: claims.hasWeights("embedding.segment.")
        ? claims.claim("embedding.segment.weight", .size(.segments), embeddingSize) : nil,
      position: claims.claim("embedding.position.weight", .size(.positions), embeddingSize),
      norm: norm("embedding.norm", embeddingSize, &claims),
      projection: hasProjection ? linear("embedding.projection", .size(.width), embeddingSize, &claims) : nil)

    var blocks: [Block] = []
    repeat {
      let at = "block.\(blocks.count)"
      blocks.append(
        Block(
          index: blocks.count,
          attention: Attention(
            query: linear("\(at).attention.query", .size(.width), .size(.width), &claims),
            key: linear("\(at).attention.key", .size(.width), .size(.width), &claims),
            value: linear("\(at).attention.value", .size(.width), .size(.width), &claims),
            output: linear("\(at).attention.output", .size(.width), .size(.width), &claims),
            heads: settings.heads),
          attentionNorm: norm("\(at).attention.norm", .size(.width), &claims),
          feedForward: FeedForward(
            intermediate: linear("\(at).feedforward.intermediate", .size(.feedForward), .size(.width), &claims),
            output: linear("\(at).feedforward.output", .size(.width), .size(.feedForward), &claims),
            activation: settings.activation),
          feedForwardNorm: norm("\(at).feedforward.norm", .size(.width), &claims)))
    } while claims.hasWeights("block.\(blocks.count).")
    self.blocks = blocks

    let hasNextSentence = claims.hasWeights("nsp.")
    pooler =
      hasNextSentence || claims.hasWeights("pooler.")
      ? Pooler(
        dense: linear("pooler", .size(.width), .size(.width), &claims), activation: settings.poolerActivation) : nil
    nextSentence =
      hasNextSentence ? NextSentence(dense: linear("nsp", .fixed(2), .size(.width), &claims)) : nil
    languageModel =
      claims.hasWeights("mlm.")
      ? MaskedLanguageModel(
        dense: linear("mlm.dense", embeddingSize, .size(.width), &claims), activation: settings.activation,
        norm: norm("mlm.norm", embeddingSize, &claims),
        vocabulary: Linear(weight: token, bias: claims.claim("mlm.bias", .size(.vocabulary)))) : nil
  }
}
