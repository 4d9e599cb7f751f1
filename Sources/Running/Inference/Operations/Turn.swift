/// Queries or keys turned by an angle that grows with the position (RoPE; Su and others 2021, "RoFormer").
///
/// Features 2i and 2i + 1 of each head are the coordinates of a point in a plane, which is turned:
///
///     x₂ᵢ' = x₂ᵢ cos − x₂ᵢ₊₁ sin,   x₂ᵢ₊₁' = x₂ᵢ₊₁ cos + x₂ᵢ sin
///
/// A score then depends on the distance of query and key alone. Pairs are adjacent features (bert4keras 0.11.5,
/// `backend.py:344-379`), not the two halves of a head. Inputs: x, the cosines and sines.
package struct Turn: OperationBody {
  package static let title = "turn"

  package let heads: Int

  package init(heads: Int) { self.heads = heads }

  package var worksInPlace: Bool { true }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (x, angles) = (outputs[0].view, inputs[1].view)
    let (width, pairs) = (x.features / heads, angles.features / 2)
    pass.threads.run(parts: heads) { head, _ in
      pass.kernels.turnPairs(
        of: x[features: head * width..<(head + 1) * width], cosines: angles[features: 0..<pairs],
        sines: angles[features: pairs..<2 * pairs])
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    zip(inputs[0].columns, inputs[1].columns).map { x, angles in
      x.indices.map { feature in
        let pair = feature % (x.count / heads) / 2
        let (cosine, sine) = (angles[pair], angles[angles.count / 2 + pair])
        return feature.isMultiple(of: 2)
          ? x[feature] * cosine - x[feature + 1] * sine : x[feature] * cosine + x[feature - 1] * sine
      }
    }
  }
}
