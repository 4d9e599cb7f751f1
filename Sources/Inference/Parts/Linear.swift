import Tensors

/// A dense layer: y = W x + b, its weight [out, in] as it lies in the file.
struct Linear {
  let weight: Tensor
  let bias: Tensor?

  /// The number of outputs.
  var features: Int { weight.shape.dimensions[0] }

  /// Computes y = activation(W x + b).
  func apply<K>(
    to x: Matrix<K.Scalar>, into y: Matrix<K.Scalar>, activation: Activation = .linear, _ pass: ForwardPass<K>
  ) {
    Linear.apply([(self, y)], to: x, activation: activation, pass)
  }

  /// Applies several layers to one input, as one piece of work for the threads.
  static func apply<K>(
    _ layers: [(linear: Linear, y: Matrix<K.Scalar>)], to x: Matrix<K.Scalar>, activation: Activation = .linear,
    _ pass: ForwardPass<K>
  ) {
    let biases = layers.map { $0.linear.bias.map(pass.kernels.vector) }
    let parts = layers.indices.flatMap { layer in
      stride(from: 0, to: layers[layer].linear.features, by: rowsPerPart).map { (layer: layer, firstRow: $0) }
    }
    pass.threads.run(parts: parts.count) { part, _ in
      let (layer, firstRow) = parts[part]
      let (linear, y) = layers[layer]
      let rows = firstRow..<min(firstRow + rowsPerPart, linear.features)
      let output = y.view[rows, 0..<y.columns]
      if let bias = biases[layer] {
        bias.withUnsafeBufferPointer { bias in
          pass.kernels.multiply(
            linear.weight, rows: rows, bias: bias.baseAddress! + firstRow, by: x.view, into: output)
        }
      } else {
        pass.kernels.multiply(linear.weight, rows: rows, bias: nil, by: x.view, into: output)
      }
      pass.kernels.activate(output, by: activation)
    }
  }

  /// Rows of a weight that a thread takes at once: many enough to be worth the trip, few enough to share out evenly.
  private static var rowsPerPart: Int { 48 }
}
