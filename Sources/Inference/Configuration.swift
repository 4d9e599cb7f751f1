import Bytes

/// What a model's computation needs beside its weights: everything that no shape reveals.
///
/// Which of these an architecture has, its name table says (`Formats/Architectures`).
public struct Configuration: Equatable, Sendable {
  /// The number of attention heads.
  public var heads: Int
  /// What normalisations add to the variance, inside the root (`epsilon`, or `embedding.epsilon` beside others).
  public var epsilon: Double
  /// The same for the normalisations of the blocks, where they have another (`block.epsilon`).
  public var blockEpsilon: Double?
  /// The same for the normalisation of the masked language model, where it has another (`mlm.epsilon`).
  public var vocabularyEpsilon: Double?
  /// The activation of the feed-forward layers and of the masked-language-model head.
  public var activation: Activation
  /// Which tokens see which, beyond padding.
  public var mask: AttentionMask
  /// The activation of the pooler (`pooler.activation`).
  public var poolerActivation: Activation

  /// Gathers settings; the defaults are those of BERT (Devlin and others 2018) as bert4keras computes it.
  public init(
    heads: Int, epsilon: Double = 1e-12, activation: Activation = .geluErf, mask: AttentionMask = .none,
    poolerActivation: Activation = .tanh
  ) {
    self.heads = heads
    self.epsilon = epsilon
    self.activation = activation
    self.mask = mask
    self.poolerActivation = poolerActivation
  }
}

extension Configuration {
  /// Checks that every value makes sense for a model of this width.
  ///
  /// - Throws: `Problem` of kind *mismatched* for heads that do not divide the width, or an epsilon that is not positive.
  func check(width: Int, of file: String) throws {
    guard heads > 0, width.isMultiple(of: heads) else {
      throw Problem(
        .mismatched, file: file, object: "the setting heads", found: "\(heads)",
        expected: "a number that divides the width \(width)",
        advice: "Give the number of attention heads that the model was trained with")
    }
    let epsilons = [("epsilon", epsilon), ("block.epsilon", blockEpsilon), ("mlm.epsilon", vocabularyEpsilon)]
    for case (let name, let epsilon?) in epsilons where !(epsilon > 0 && epsilon.isFinite) {
      throw Problem(
        .mismatched, file: file, object: "the setting \(name)", found: "\(epsilon)", expected: "a positive number")
    }
  }
}
