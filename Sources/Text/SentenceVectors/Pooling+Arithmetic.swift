extension Pooling {
  /// Whether the first block's output is asked for beside the last one's.
  public var readsFirstBlock: Bool { self == .firstLastMean }

  /// Pools the vectors of one text's tokens.
  ///
  /// Sums run over the tokens in their order, in double precision, whatever else is computed at the same time. A mean is of all the
  /// tokens that are given: none of them may be padding.
  ///
  /// - Parameters:
  ///   - last: The last block's output, [T, width], token by token; for ``pooler`` the pooler's, [1, width].
  ///   - first: The first block's output, [T, width], where ``readsFirstBlock`` asks for it.
  ///   - width: The number of features.
  public func pooled(
    _ last: UnsafeBufferPointer<Float>, first: UnsafeBufferPointer<Float>? = nil, width: Int
  ) -> [Double] {
    pool(last, first, width)
  }

  /// Pools the vectors of one text's tokens, computed in double precision, in the same way.
  public func pooledExactly(
    _ last: UnsafeBufferPointer<Double>, first: UnsafeBufferPointer<Double>? = nil, width: Int
  ) -> [Double] {
    pool(last, first, width)
  }

  private func pool<Scalar: BinaryFloatingPoint & Sendable>(
    _ last: UnsafeBufferPointer<Scalar>, _ first: UnsafeBufferPointer<Scalar>?, _ width: Int
  ) -> [Double] {
    precondition(width > 0 && last.count >= width && last.count.isMultiple(of: width), "no token of width \(width)")
    switch self {
    case .cls, .pooler: return last.prefix(width).map { Double($0) }
    case .mean: return mean(of: last, width: width)
    case .firstLastMean:
      precondition(first?.count == last.count, "the first block's output is missing")
      return zip(mean(of: first!, width: width), mean(of: last, width: width)).map { ($0 + $1) / 2 }
    case .max:
      var greatest = last.prefix(width).map { Double($0) }
      for start in stride(from: width, to: last.count, by: width) {
        for feature in 0..<width {
          let value = Double(last[start + feature])
          // A NaN stays.
          if !(value <= greatest[feature]), !greatest[feature].isNaN { greatest[feature] = value }
        }
      }
      return greatest
    }
  }

  private func mean<Scalar: BinaryFloatingPoint & Sendable>(of tokens: UnsafeBufferPointer<Scalar>, width: Int)
    -> [Double]
  {
    var sums = [Double](repeating: 0, count: width)
    for start in stride(from: 0, to: tokens.count, by: width) {
      for feature in 0..<width { sums[feature] += Double(tokens[start + feature]) }
    }
    let count = Double(tokens.count / width)
    return sums.map { $0 / count }
  }
}
