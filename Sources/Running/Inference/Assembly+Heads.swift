import Tensors

/// The heads of an architecture, as far as weights show them.
extension Assembly {
  mutating func heads(token: Tensor) -> [Head] {
    blueprint.heads.compactMap { head($0, token: token) }
  }

  private mutating func head(_ kind: Blueprint.HeadKind, token: Tensor) -> Head? {
    switch kind {
    case .pooler: pooler().map(Head.pooler)
    case .masked: masked(token: token).map(Head.vocabulary)
    case .projected:
      .vocabulary(
        VocabularyHead(
          name: "mlm", transform: nil,
          projection: claims.hasWeights("mlm.projection.")
            ? linear("mlm.projection", embeddingWidth, .size(.width)) : nil,
          vocabulary: Linear(weight: token, bias: nil)))
    case .language:
      .vocabulary(
        language(
          Linear(weight: token, bias: claims.hasWeights("lm.") ? claims.claim("lm.bias", .size(.vocabulary)) : nil),
          isScaled: blueprint.hasTwoStacks))
    case .biasedLanguage:
      claims.hasWeights("lm.")
        ? .vocabulary(
          language(Linear(weight: token, bias: claims.claim("lm.bias", .size(.vocabulary))), isScaled: false)) : nil
    case .separateLanguage:
      claims.hasWeights("lm.")
        ? .vocabulary(language(linear("lm", .size(.vocabulary), .size(.width)), isScaled: configuration.scalesOutput))
        : configuration.tiesOutput ? .vocabulary(language(Linear(weight: token, bias: nil), isScaled: true)) : nil
    case .discriminator:
      claims.hasWeights("discriminator.")
        ? .discriminator(
          Discriminator(
            dense: linear("discriminator.dense", .size(.width), .size(.width)), activation: configuration.activation,
            prediction: linear("discriminator.prediction", .fixed(1), .size(.width)))) : nil
    }
  }

  private func language(_ vocabulary: Linear, isScaled: Bool) -> VocabularyHead {
    VocabularyHead(
      name: "lm", transform: nil, projection: nil, scaled: isScaled ? Point("decoder.scaled") : nil,
      vocabulary: vocabulary)
  }

  private mutating func pooler() -> Pooler? {
    let hasNextSentence = claims.hasWeights("nsp.")
    guard hasNextSentence || claims.hasWeights("pooler.") else { return nil }
    return Pooler(
      dense: linear("pooler", .size(.width), .size(.width)), activation: configuration.poolerActivation,
      nextSentence: hasNextSentence ? linear("nsp", .fixed(2), .size(.width)) : nil)
  }

  private mutating func masked(token: Tensor) -> VocabularyHead? {
    guard claims.hasWeights("mlm.") else { return nil }
    return VocabularyHead(
      name: "mlm",
      transform: VocabularyHead.Transform(
        dense: linear("mlm.dense", embeddingWidth, .size(.width)), activation: configuration.activation,
        norm: norm("mlm.norm", embeddingWidth, epsilon: configuration.vocabularyEpsilon)),
      projection: nil, vocabulary: Linear(weight: token, bias: claims.claim("mlm.bias", .size(.vocabulary))))
  }
}
