import Tensors

// What tells something from the features of a stack, as far as weights show it.

extension Draft {
  /// A dense layer on the first token, and whether the second segment follows the first.
  mutating func pooler(_ x: Value) throws {
    features = x
    let hasNextSentence = has("nsp.")
    guard hasNextSentence || has("pooler.") else { return }
    let first = append(.first(First()), [x], along: .sequences, features: x.features)
    let pooled = linear(
      "pooler", first, to: x.features, hasBias: true, activation: try value(of: .poolerActivation), point: .pooler)
    self.pooled = pooled
    guard hasNextSentence else { return }
    let scores = linear("nsp", pooled, to: .fixed(2), hasBias: true)
    _ = append(.softmax(Softmax()), scores, point: .nextSentenceProbabilities)
  }

  /// The vocabulary after a dense layer and a normalisation.
  mutating func maskedLanguageModel(_ x: Value) throws {
    features = x
    guard has("mlm.") else { return }
    let epsilon = try settings.valueIfSaid(of: .vocabularyEpsilon) ?? embeddingEpsilon()
    let h = linear("mlm.dense", chosen(x), to: embeddingWidth, activation: try value(of: .activation))
    let y = try normalized("mlm.norm", h, epsilon: epsilon, point: .maskedTokenNorm)
    vocabulary("mlm", y, tokenTable(), bias: claims.claim("mlm.bias", .size(.vocabulary)))
  }

  /// The token embedding as it is, or after a projection where weights show one.
  mutating func projectedVocabulary(_ x: Value) {
    features = x
    var y = chosen(x)
    if has("mlm.projection.") {
      y = linear("mlm.projection", y, to: embeddingWidth, point: Point("mlm.projection"))
    }
    vocabulary("mlm", y, tokenTable())
  }

  /// The token embedding after the last block of a decoder, with a bias for each token where weights show it.
  mutating func languageModel(_ x: Value, isScaled: Bool = false) {
    features = x
    let bias = has("lm.") ? claims.claim("lm.bias", .size(.vocabulary)) : nil
    vocabulary("lm", scaled(chosen(x), isScaled), tokenTable(), bias: bias)
  }

  /// A matrix of its own after the last block of a decoder, or the embedding where a setting says that it serves as one.
  mutating func separateLanguageModel(_ x: Value) throws {
    features = x
    if has("lm.") {
      let y = scaled(chosen(x), try value(of: .scalesOutput))
      vocabulary("lm", y, claims.claim("lm.weight", .size(.vocabulary), x.features))
    } else if try value(of: .tiesOutput) {
      vocabulary("lm", scaled(chosen(x), true), tokenTable())
    }
  }

  /// Whether each token has been replaced (ELECTRA, Clark and others 2020).
  mutating func discriminator(_ x: Value) throws {
    features = x
    guard has("discriminator.") else { return }
    let h = linear(
      "discriminator.dense", x, to: x.features, activation: try value(of: .activation),
      point: Point("discriminator.dense"))
    _ = linear(
      "discriminator.prediction", h, to: .fixed(1), activation: .sigmoid, point: Point("discriminator.probabilities"))
  }

  private mutating func chosen(_ x: Value) -> Value {
    append(.choose(Choose()), [x], along: .chosen, features: x.features)
  }

  private mutating func scaled(_ x: Value, _ isScaled: Bool) -> Value {
    guard isScaled else { return x }
    return append(.scale(Scale(divisor: size(.width))), x, point: Point("decoder.scaled"))
  }

  /// The score and the probability of every token of the vocabulary.
  private mutating func vocabulary(_ name: String, _ x: Value, _ table: Weight, bias: Weight? = nil) {
    let scores = append(
      .linear(Linear(weight: table, bias: bias)), [x], along: x.axis, features: .size(.vocabulary),
      point: Point("\(name).logits"))
    _ = append(.softmax(Softmax()), scores, point: Point("\(name).probabilities"))
  }
}
