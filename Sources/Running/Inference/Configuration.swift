import Bytes

/// What a model's computation needs beside its weights: everything that no shape reveals.
///
/// Which of these an architecture has, its name table says (`Formats/Architectures`).
public struct Configuration: Equatable, Sendable {
  /// The number of attention heads; nil where a weight shows it.
  public var heads: Int?
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
  /// Which looks at the position of which, in an architecture whose scores have terms for it (`relative.terms`).
  public var relativeTerms = RelativeTerms.both
  /// How many buckets of one direction distances fall into (`relative.buckets`); nil, or not positive, where each has its own.
  public var relativeBuckets: Int?
  /// The longest text that the model was made for, in tokens, where distances are told apart so far (`length`).
  public var length: Int?
  /// Whether the matrices that project contents project the vectors of distances too (`relative.shared`).
  public var sharesRelativeProjections = false
  /// Whether the vectors of distances are normalised first (`relative.norm`).
  public var normalizesRelative = false
  /// The activation of a convolution beside the first block (`convolution.activation`).
  public var convolutionActivation = Activation.tanh
  /// Whether a table of positions that is there is added to the embedding (`embedding.position`).
  public var embeddingHasPositions = true
  /// The token that only fills up a batch, where a setting says so (`padding`).
  public var paddingToken: Int?
  /// How often a block runs whose weights serve all blocks (`blocks`).
  public var blocks: Int?
  /// The largest distance that a relative position scheme tells from greater ones (`relative.distance`).
  public var relativeDistance: Int?
  /// Whether token 0 is padding (`padding.zero`).
  public var zeroIsPadding = true
  /// The weight of the coarser position in hierarchical ones; 0 where positions are not hierarchical (`hierarchical`).
  public var coarseness = 0.0
  /// Whether segments are rows of the token embedding, so that segment 0 is hidden as token 0 is (`segment.shared`).
  public var sharesSegments = false
  /// The activation of the hidden layer between a condition and the normalisations, where there is one
  /// (`condition.activation`).
  public var conditionActivation = Activation.linear
  /// Whether each block adds the scores of the block before to its own (`attention.residual`).
  public var addsPreviousScores = false
  /// Whether scores are divided by the root of a head's width, in an architecture that may leave it (`attention.scaled`).
  public var scalesScores = true
  /// Whether the scores of block i are divided by i + 1 too (`attention.by-depth`).
  public var scalesScoresByDepth = false
  /// What makes weights of the scores of gated attention units (`attention.normalization`).
  public var attentionNormalization = AttentionNormalization.softmax
  /// Whether cross attention has the decoder's positions too (`cross.position`).
  public var crossHasPositions = true
  /// Whether the output of a decoder is divided by the root of its width before a matrix of its own (`lm.scaled`).
  public var scalesOutput = true
  /// Whether the embedding is the output matrix of a decoder that has none of its own (`lm.tied`).
  public var tiesOutput = false

  /// Gathers settings; the defaults are those of BERT (Devlin and others 2018) as bert4keras computes it.
  public init(
    heads: Int?, epsilon: Double = 1e-12, activation: Activation = .geluErf, mask: AttentionMask = .none,
    poolerActivation: Activation = .tanh
  ) {
    self.heads = heads
    self.epsilon = epsilon
    self.activation = activation
    self.mask = mask
    self.poolerActivation = poolerActivation
  }
}

/// What looks at the vectors of distances (DeBERTa; He and others 2021).
public enum RelativeTerms: String, CaseIterable, Sendable {
  /// Contents of queries, and contents of keys.
  case both
  /// Contents of queries alone.
  case c2p
  /// Contents of keys alone.
  case p2c
}

extension Configuration {
  /// More blocks than any model has; each costs memory before a weight is read.
  static let largestBlockCount = 1_000
  /// More than any table tells apart, and few enough to compute a table.
  static let largestDistance = 1 << 16

  /// Checks values that do not depend on each other.
  ///
  /// - Parameter width: The number of features that heads share out.
  /// - Throws: `Problem` of kind *mismatched* for heads that do not divide the width, or an epsilon that is not positive.
  func check(heads: Int, width: Int, of file: String) throws {
    guard heads > 0, width.isMultiple(of: heads) else {
      throw problem(
        "heads", found: "\(heads)", expected: "a number that divides the width \(width)", of: file,
        advice: "Give the number of attention heads that the model was trained with")
    }
    let epsilons = [("epsilon", epsilon), ("block.epsilon", blockEpsilon), ("mlm.epsilon", vocabularyEpsilon)]
    for case (let name, let epsilon?) in epsilons where !(epsilon > 0 && epsilon.isFinite) {
      throw problem(name, found: "\(epsilon)", expected: "a positive number", of: file)
    }
  }

  /// How often the one block runs.
  func checkedBlockCount(of file: String) throws -> Int {
    guard let blocks, (1...Configuration.largestBlockCount).contains(blocks) else {
      throw problem(
        "blocks", found: blocks.map(String.init) ?? "no value", expected: "1 to \(Configuration.largestBlockCount)",
        of: file)
    }
    return blocks
  }

  /// The largest distance that is told from others.
  func checkedDistance(of file: String) throws -> Int {
    guard let relativeDistance, (1...Configuration.largestDistance).contains(relativeDistance) else {
      throw problem(
        "relative.distance", found: relativeDistance.map(String.init) ?? "no value",
        expected: "1 to \(Configuration.largestDistance)", of: file)
    }
    return relativeDistance
  }

  /// The weight of the coarser position; nil where positions are not hierarchical.
  func checkedCoarseness(of file: String) throws -> Double? {
    guard coarseness != 0 else { return nil }
    guard coarseness > 0, coarseness < 1 else {
      throw problem(
        "hierarchical", found: "\(coarseness)", expected: "a number between 0 and 1, or 0 for none", of: file)
    }
    return coarseness
  }

  private func problem(
    _ name: String, found: String, expected: String, of file: String, advice: String? = nil
  ) -> Problem {
    Problem(
      .mismatched, file: file, object: "the setting \(name)", found: found, expected: expected, advice: advice)
  }
}
