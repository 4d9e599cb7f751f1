import Tensors

/// A dense layer: y = W x + b, its weight [out, in] as it lies in the file.
struct Linear {
  let weight: Tensor
  let bias: Tensor?
  /// The rows that are this layer's, where several layers share one matrix; nil for all.
  var rows: Rows?

  /// Of every `period` rows of a matrix, `count` from `first` on: one layer's share of each head.
  struct Rows {
    let first: Int
    let count: Int
    let period: Int
  }

  /// The number of outputs.
  var features: Int {
    let stored = weight.shape.dimensions[0]
    return rows.map { stored / $0.period * $0.count } ?? stored
  }

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
      layers[layer].linear.stretches.map { (layer: layer, rows: $0.rows, firstFeature: $0.firstFeature) }
    }
    pass.threads.run(parts: parts.count) { part, _ in
      let (layer, rows, firstFeature) = parts[part]
      let (linear, y) = layers[layer]
      let output = y.view[firstFeature..<firstFeature + rows.count, 0..<y.columns]
      if let bias = biases[layer] {
        bias.withUnsafeBufferPointer { bias in
          pass.kernels.multiply(
            linear.weight, rows: rows, bias: bias.baseAddress! + firstFeature, by: x.view, into: output)
        }
      } else {
        pass.kernels.multiply(linear.weight, rows: rows, bias: nil, by: x.view, into: output)
      }
      pass.kernels.activate(output, by: activation)
    }
  }

  /// The layer's rows in stretches that a thread takes at once, each with the output that its first row makes.
  private var stretches: [(rows: Range<Int>, firstFeature: Int)] {
    let pattern = rows ?? Rows(first: 0, count: features, period: max(1, features))
    return stride(from: 0, to: features, by: max(1, pattern.count)).flatMap { group in
      stride(from: 0, to: pattern.count, by: Linear.rowsPerPart).map { start in
        let stored = group / pattern.count * pattern.period + pattern.first + start
        return (stored..<stored + min(Linear.rowsPerPart, pattern.count - start), group + start)
      }
    }
  }

  /// Rows of a weight that a thread takes at once: many enough to be worth the trip, few enough to share out evenly.
  private static var rowsPerPart: Int { 48 }
}
