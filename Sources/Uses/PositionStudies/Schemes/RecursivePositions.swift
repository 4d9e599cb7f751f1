import Inference
import Tensors

/// Positions that follow from the one before, by a differential equation (FLOATER; Liu and others 2020, "Learning to
/// encode position for transformer with continuous dynamical model").
///
///     dp/dt = W₂ [relu(W₁ [p; t] + b₁); t] + b₂,   x_k += p(k Δ),   p(0) = p₀
///
/// The original solves it by the 3/8 rule of Runge and Kutta, five steps of 0.002 for each position
/// (`flow_func_linear` in `fairseq/modules/flow_funcs.py` and `ode_args` in `fairseq/models/flow_transformer.py` of
/// xuanqing94/FLOATER; torchdiffeq's `rk4`). It adds p to what queries, keys and values are made of in every block; here,
/// as in the survey (Su 2021), to the embeddings alone.
package struct RecursivePositions: PositionScheme {
  let start: Tensor  // [E], p₀
  let intermediate: Linear  // [F, E + 1]
  let output: Linear  // [E, F + 1]
  /// Δ, the time from one position to the next.
  var interval = 0.01
  var stepsPerPosition = 5

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {
    let vectors = positions(through: tokens.positions.max() ?? 0)
    pass.forColumns(of: x) { columns in
      for column in columns {
        let vector = vectors[tokens.positions[column]]
        for feature in 0..<x.features { x.view.row(feature)[column] += K.Scalar(vector[feature]) }
      }
    }
  }

  /// p(0), p(Δ), p(2Δ) …, in float64 whatever the precision of the rest, for each follows from all before it.
  private func positions(through last: Int) -> [[Double]] {
    let kernels = Float64Kernels()
    let flow = Flow(
      first: kernels.rows(of: intermediate.weight.tensor), firstBias: kernels.vector(intermediate.bias!.tensor),
      second: kernels.rows(of: output.weight.tensor), secondBias: kernels.vector(output.bias!.tensor))
    let step = interval / Double(stepsPerPosition)
    var vectors = [kernels.vector(start)]
    while vectors.count <= last {
      var p = vectors.last!
      for index in 0..<stepsPerPosition {
        p = flow.step(from: p, at: Double(vectors.count - 1) * interval + Double(index) * step, by: step)
      }
      vectors.append(p)
    }
    return vectors
  }

  /// The right side of the equation, and one step along it.
  private struct Flow {
    let first: [[Double]]
    let firstBias: [Double]
    let second: [[Double]]
    let secondBias: [Double]

    /// Returns p(t + h): the 3/8 rule (Kutta 1901).
    func step(from p: [Double], at t: Double, by h: Double) -> [Double] {
      let k1 = slope(at: t, p)
      let k2 = slope(at: t + h / 3, p.indices.map { p[$0] + h * k1[$0] / 3 })
      let k3 = slope(at: t + h * 2 / 3, p.indices.map { p[$0] + h * (k2[$0] - k1[$0] / 3) })
      let k4 = slope(at: t + h, p.indices.map { p[$0] + h * (k1[$0] - k2[$0] + k3[$0]) })
      return p.indices.map { p[$0] + h * (k1[$0] + 3 * (k2[$0] + k3[$0]) + k4[$0]) / 8 }
    }

    private func slope(at t: Double, _ p: [Double]) -> [Double] {
      let hidden = product(first, firstBias, p + [t]).map { max($0, 0) }
      return product(second, secondBias, hidden + [t])
    }

    private func product(_ weight: [[Double]], _ bias: [Double], _ x: [Double]) -> [Double] {
      zip(weight, bias).map { row, bias in
        var sum = bias
        for index in x.indices { sum += row[index] * x[index] }
        return sum
      }
    }
  }
}
