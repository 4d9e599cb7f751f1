import Tensors

/// A transformer block: sublayers, each of which adds something to the features and normalises before or after it.
struct Block {
  let sublayers: [Sublayer]
  /// What normalises after the last sublayer, beside what sublayers do themselves (GPT2-ML).
  var norm: Normalization?
  /// What looks at the block's input beside the sublayers.
  var convolution: Convolution?

  /// Every point of the block, in order.
  var points: [Point] {
    sublayers.flatMap(\.points) + (norm.map { [$0.point] } ?? []) + (convolution?.points ?? [])
  }

  /// Whether a sublayer reads what an encoder made.
  var hasCrossAttention: Bool {
    sublayers.contains { if case .crossAttention = $0.function { true } else { false } }
  }

  /// Whether attention asks which tokens are in one segment.
  var comparesSegments: Bool {
    sublayers.contains {
      if case .attention(let attention) = $0.function { attention.dotProduct.positions.comparesSegments } else { false }
    }
  }

  /// Replaces x by the block's output; x is [H, B·T].
  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, reading context: Context<K.Scalar>?, _ pass: ForwardPass<K>
  ) throws {
    let beside = convolution?.apply(to: x, of: span, pass)
    for sublayer in sublayers { try sublayer.apply(to: x, of: span, reading: context, pass) }
    try norm?.apply(to: x, of: span, pass)
    if let beside { try convolution?.join(beside, to: x, of: span, pass) }
  }
}

/// One step of a block: x = after(x + function(before(x))).
///
/// With a normalisation after it is that of the first transformers (post-norm), with one before that of GPT-2 and T5
/// (pre-norm, Xiong and others 2020).
struct Sublayer {
  /// What is added to the features.
  enum Function {
    /// Attention of the tokens to each other.
    case attention(Attention)
    /// Both in one.
    case gatedAttention(GatedAttentionUnit)
    /// Attention to what the encoder made of its own tokens.
    case crossAttention(Attention)
    /// Dense layers on every token alone.
    case feedForward(FeedForward)

    /// The scheme by which its scores know positions; nil where it has no scores.
    var positions: (any PositionScheme)? {
      switch self {
      case .attention(let attention), .crossAttention(let attention): attention.dotProduct.positions
      case .gatedAttention(let unit): unit.dotProduct.positions
      case .feedForward: nil
      }
    }
  }

  /// Its name, which its points bear: `block.3.attention`.
  let name: String
  let before: Normalization?
  let function: Function
  let after: Normalization?

  private var output: Point { Point("\(name).output") }
  private var sum: Point { Point("\(name).sum") }

  var points: [Point] {
    [before?.point, output, after?.point ?? sum].compactMap { $0 }
  }

  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, reading context: Context<K.Scalar>?, _ pass: ForwardPass<K>
  ) throws {
    try pass.withScratch(before == nil ? 1 : 2, features: x.features, columns: x.columns) { scratch in
      let addition = scratch[0]
      var input = x
      if let before {
        input = scratch[1]
        input.copy(x, 0..<x.columns, to: 0)
        try before.apply(to: input, of: span, pass)
      }
      switch function {
      case .attention(let attention): attention.apply(to: input, of: span, into: addition, pass)
      case .gatedAttention(let unit): unit.apply(to: input, of: span, into: addition, pass)
      case .crossAttention(let attention):
        attention.apply(to: input, of: span, attendingTo: context!, into: addition, pass)
      case .feedForward(let feedForward): feedForward.apply(to: input, into: addition, pass)
      }
      try pass.report(output, addition, of: span)
      if let after {
        try after.apply(to: x, of: span, adding: addition, pass)
      } else {
        pass.forColumns(of: x) { pass.kernels.add(addition.view[columns: $0], to: x.view[columns: $0]) }
        try pass.report(sum, x, of: span)
      }
    }
  }
}
