import Tensors

/// What tells something from the features of a stack; it is computed only when somebody watches it.
enum Head {
  /// The summary of the sequence.
  case pooler(Pooler)
  /// The probabilities of tokens.
  case vocabulary(VocabularyHead)
  /// Which tokens were replaced.
  case discriminator(Discriminator)

  /// Every point of the head, in order.
  var points: [Point] {
    switch self {
    case .pooler(let head): head.points
    case .vocabulary(let head): head.points
    case .discriminator(let head): head.points
    }
  }

  /// Reports the head's points; `positions` chooses the tokens whose probabilities are computed, nil takes all.
  func apply<K>(
    to x: Matrix<K.Scalar>, of span: Span, at positions: [TokenPosition]?, _ pass: ForwardPass<K>
  ) throws {
    guard pass.watches(anyOf: points) else { return }
    switch self {
    case .pooler(let head): try head.apply(to: x, of: span, pass)
    case .vocabulary(let head): try head.apply(to: x, of: span, at: positions, pass)
    case .discriminator(let head): try head.apply(to: x, of: span, pass)
    }
  }
}
