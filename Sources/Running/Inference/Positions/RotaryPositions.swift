import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Queries and keys turned by an angle that grows with the position (RoPE; Su and others 2021, "RoFormer").
///
/// Features 2i and 2i + 1 of each head are the coordinates of a point in a plane, which is turned by p · 10000^(−2i/d):
///
///     x₂ᵢ' = x₂ᵢ cos − x₂ᵢ₊₁ sin,   x₂ᵢ₊₁' = x₂ᵢ₊₁ cos + x₂ᵢ sin
///
/// A score then depends on the distance of query and key alone. Pairs are adjacent features (bert4keras 0.11.5,
/// `backend.py:344-379`), not the two halves of a head.
struct RotaryPositions: PositionScheme {
  /// The longest turn has nearly 2π times as many positions.
  var base = 10_000.0
  var takesPositionIDs: Bool { true }

  func turn<K>(
    queries: Matrix<K.Scalar>, keys: Matrix<K.Scalar>, heads: Int, of span: Span, _ pass: ForwardPass<K>
  ) {
    let width = queries.features / heads
    let angles = pass.once("rotary angles") { Angles(width: width, base: base, span, pass.kernels) }
    pass.threads.run(parts: 2 * heads) { part, _ in
      let features = part / 2 * width..<(part / 2 + 1) * width
      let x = part % 2 == 0 ? queries : keys
      pass.kernels.turnPairs(of: x.view[features: features], cosines: angles.cosines.view, sines: angles.sines.view)
    }
  }

  /// The cosines and sines of every pair and token, [d/2, B·T] each.
  private struct Angles<Scalar: TensorElement & BinaryFloatingPoint> {
    let cosines: Matrix<Scalar>
    let sines: Matrix<Scalar>

    init<K: Kernels>(width: Int, base: Double, _ span: Span, _ kernels: K) where K.Scalar == Scalar {
      cosines = Matrix(features: width / 2, columns: span.columns)
      sines = Matrix(features: width / 2, columns: span.columns)
      for pair in 0..<width / 2 {
        let frequency = kernels.stored(pow(base, -2 * Double(pair) / Double(width)))
        for column in 0..<span.columns {
          let angle = kernels.stored(Double(span.position(ofColumn: column)) * frequency)
          cosines.view.row(pair)[column] = Scalar(kernels.stored(cos(angle)))
          sines.view.row(pair)[column] = Scalar(kernels.stored(sin(angle)))
        }
      }
    }
  }
}
