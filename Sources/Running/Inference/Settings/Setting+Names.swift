// Every setting that an architecture reads, by its name in the tables.

extension Setting where Value == Int {
  /// The number of attention heads; where a weight shows it, there is no such setting.
  static var heads: Self { Setting("heads") }
  /// How often a block runs whose weights serve all blocks; each run costs memory before a weight is read.
  static var blocks: Self {
    Setting("blocks", "1 to \(largestBlockCount)") { (1...largestBlockCount).contains($0) }
  }
  /// The largest distance that a relative position scheme tells from greater ones.
  static var relativeDistance: Self {
    Setting("relative.distance", "1 to \(largestDistance)") { (1...largestDistance).contains($0) }
  }
  /// The same, where a number that is not positive says that all are told apart.
  static var relativeDistanceIfPositive: Self { Setting("relative.distance") }
  /// How many buckets of one direction distances fall into; not positive where each has its own.
  static var relativeBuckets: Self { Setting("relative.buckets") }
  /// The longest text that the model was made for, in tokens, where distances are told apart so far.
  static var length: Self { Setting("length") }
  /// The token that only fills up a batch.
  static var padding: Self { Setting("padding") }
  /// The same, where positions begin behind its number.
  static var positionPadding: Self {
    Setting("position.padding", "0 to \(Int32.max - 1)") { (0..<Int(Int32.max)).contains($0) }
  }
}

/// More blocks than any model has.
let largestBlockCount = 1_000
/// More than any table tells apart, and few enough to compute a table.
let largestDistance = 1 << 16

extension Setting where Value == Double {
  /// What normalisations add to the variance, inside the root.
  static var epsilon: Self { positive("epsilon") }
  /// The same for the normalisation of the embedding, where others have another.
  static var embeddingEpsilon: Self { positive("embedding.epsilon") }
  /// The same for the normalisations of the blocks.
  static var blockEpsilon: Self { positive("block.epsilon") }
  /// The same for the normalisation of the masked language model.
  static var vocabularyEpsilon: Self { positive("mlm.epsilon") }
  /// The weight of the coarser position in hierarchical ones; 0 where positions are not hierarchical.
  static var hierarchical: Self {
    Setting("hierarchical", standard: 0, "a number between 0 and 1, or 0 for none") { $0 >= 0 && $0 < 1 }
  }

  private static func positive(_ name: String) -> Self {
    Setting(name, "a positive number") { $0 > 0 && $0.isFinite }
  }
}

extension Setting where Value == Bool {
  /// Whether token 0 is padding.
  static var zeroIsPadding: Self { Setting("padding.zero", standard: true) }
  /// Whether segments are rows of the token embedding, so that segment 0 is hidden as token 0 is.
  static var sharesSegments: Self { Setting("segment.shared", standard: false) }
  /// Whether each block adds the scores of the block before to its own.
  static var addsPreviousScores: Self { Setting("attention.residual", standard: false) }
  /// Whether scores are divided by the root of a head's width.
  static var scalesScores: Self { Setting("attention.scaled", standard: true) }
  /// Whether the scores of block i are divided by i + 1 too.
  static var scalesScoresByDepth: Self { Setting("attention.by-depth", standard: false) }
  /// Whether cross attention has the decoder's positions too.
  static var crossHasPositions: Self { Setting("cross.position", standard: true) }
  /// Whether the output of a decoder is divided by the root of its width before a matrix of its own.
  static var scalesOutput: Self { Setting("lm.scaled", standard: true) }
  /// Whether the embedding is the output matrix of a decoder that has none of its own.
  static var tiesOutput: Self { Setting("lm.tied", standard: false) }
  /// Whether a table of positions that is there is added to the embedding.
  static var embeddingHasPositions: Self { Setting("embedding.position", standard: true) }
  /// Whether the matrices that project contents project the vectors of distances too.
  static var sharesRelativeProjections: Self { Setting("relative.shared", standard: false) }
}

extension Setting where Value == Activation {
  /// The activation of the feed-forward layers and of the masked-language-model head.
  static var activation: Self { Setting("activation") }
  /// The activation of the pooler.
  static var poolerActivation: Self { Setting("pooler.activation") }
  /// The activation of the hidden layer between a condition and the normalisations, where there is one.
  static var conditionActivation: Self { Setting("condition.activation", standard: .linear) }
  /// The activation of a convolution beside the first block.
  static var convolutionActivation: Self { Setting("convolution.activation", standard: .tanh) }
}

extension Setting where Value == AttentionMask {
  /// Which tokens see which, beyond padding.
  static var mask: Self { Setting("mask") }
}

extension Setting where Value == AttentionNormalization {
  /// What makes weights of the scores of gated attention units.
  static var attentionNormalization: Self { Setting("attention.normalization", standard: .softmax) }
}

extension Setting where Value == RelativeTerms {
  /// Which looks at the position of which.
  static var relativeTerms: Self { Setting("relative.terms", standard: .both) }
}

extension Setting where Value == RelativeNorm {
  /// Whether the vectors of distances are normalised first.
  static var relativeNorm: Self { Setting("relative.norm", standard: RelativeNorm.none) }
}

/// What looks at the vectors of distances (DeBERTa; He and others 2021).
enum RelativeTerms: String, SettingWord {
  /// Contents of queries, and contents of keys.
  case both
  /// Contents of queries alone.
  case c2p
  /// Contents of keys alone.
  case p2c
}

/// What is done to the vectors of distances.
enum RelativeNorm: String, SettingWord {
  case none, layer
}

extension Settings {
  /// Every setting that some architecture reads.
  static let all: [any SettingReader] = [
    Setting<Int>.heads, Setting<Int>.blocks, Setting<Int>.relativeDistance, Setting<Int>.relativeDistanceIfPositive,
    Setting<Int>.relativeBuckets, Setting<Int>.length, Setting<Int>.padding, Setting<Int>.positionPadding,
    Setting<Double>.epsilon,
    Setting<Double>.embeddingEpsilon, Setting<Double>.blockEpsilon, Setting<Double>.vocabularyEpsilon,
    Setting<Double>.hierarchical, Setting<Bool>.zeroIsPadding, Setting<Bool>.sharesSegments,
    Setting<Bool>.addsPreviousScores, Setting<Bool>.scalesScores, Setting<Bool>.scalesScoresByDepth,
    Setting<Bool>.crossHasPositions, Setting<Bool>.scalesOutput, Setting<Bool>.tiesOutput,
    Setting<Bool>.embeddingHasPositions, Setting<Bool>.sharesRelativeProjections, Setting<Activation>.activation,
    Setting<Activation>.poolerActivation, Setting<Activation>.conditionActivation,
    Setting<Activation>.convolutionActivation, Setting<AttentionMask>.mask,
    Setting<AttentionNormalization>.attentionNormalization, Setting<RelativeTerms>.relativeTerms,
    Setting<RelativeNorm>.relativeNorm,
  ]
}
