import Tensors

/// A convolution over the tokens of each sequence, and its activation (DeBERTa V2; transformers 4.38.2, `modeling_deberta_v2.py`,
/// `ConvLayer`).
///
///     y_t = f(b + Σ_k W_k x_{t + k − ⌊K/2⌋}),   x zero beyond the ends of a sequence, y zero where padding is
///
/// Features may fall into groups, each of which sees only itself. Inputs: x.
package struct Convolve: OperationBody {
  package static let title = "convolve"

  package let weight: Weight  // [H, H/groups, K]
  package let bias: Weight  // [H]
  package var activation: Activation

  package var detail: String { "\(taps) taps, \(activation.rawValue)" }
  package var weights: [Weight] { [weight, bias] }

  private var taps: Int { weight.tensor.shape.dimensions[2] }
  private var featuresPerGroup: Int { weight.tensor.shape.dimensions[1] }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    guard case .tokens(let source) = inputs[0].axis else { return }
    let (x, y, tokens) = (inputs[0].matrix, outputs[0].matrix, pass.batch[source])
    // [H, H/groups · K]: each output is one product with all that its taps see.
    let matrix = Tensor(
      weight.tensor.elementType, Shape([x.features, featuresPerGroup * taps])!, bytes: weight.tensor.bytes)!
    let bias = pass.kernels.vector(bias.tensor)
    for first in stride(from: 0, to: x.features, by: featuresPerGroup) {
      let rows = first..<first + featuresPerGroup
      let seen = neighbours(in: x, features: rows, of: tokens)
      bias.withUnsafeBufferPointer { bias in
        pass.kernels.multiply(
          matrix, rows: rows, bias: bias.baseAddress! + first, by: seen.view, into: y.view[features: rows])
      }
    }
    tokens.clearPadding(of: y.view)
    pass.forColumns(of: y) { pass.kernels.activate(y.view[columns: $0], by: activation) }
  }

  /// What each tap sees of each feature, [features · K, tokens].
  private func neighbours<Scalar>(
    in x: Matrix<Scalar>, features: Range<Int>, of tokens: Sequences
  ) -> Matrix<Scalar> {
    let result = Matrix<Scalar>(features: features.count * taps, columns: x.columns)
    for (index, feature) in features.enumerated() {
      for tap in 0..<taps {
        let (source, target) = (x.view.row(feature), result.view.row(index * taps + tap))
        let shift = tap - taps / 2
        for row in 0..<tokens.count {
          let columns = tokens.columns(of: row)
          for column in columns where columns.contains(column + shift) { target[column] = source[column + shift] }
        }
      }
    }
    return result
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    guard case .tokens(let source) = inputs[0].axis else { return inputs[0].columns }
    let (tokens, weight, bias) = (batch[source], weight.plain, bias.plain)
    return inputs[0].columns.indices.map { column in
      let columns = tokens.columns(of: tokens.rows[column])
      return bias.indices.map { feature in
        var sum = bias[feature]
        let group = feature / featuresPerGroup * featuresPerGroup
        for tap in 0..<taps where columns.contains(column + tap - taps / 2) {
          let x = inputs[0].columns[column + tap - taps / 2]
          for k in 0..<featuresPerGroup {
            sum += weight[(feature * featuresPerGroup + k) * taps + tap] * x[group + k]
          }
        }
        return activation.meaning(of: tokens.isPadding(column: column) ? 0 : sum)
      }
    }
  }

  package func multiplications(_ node: Node, in batch: Batch, sizes: [Size: Int]) -> Int {
    weight.tensor.shape.elementCount * batch.columns(of: node.outputs[0].axis)
  }
}
