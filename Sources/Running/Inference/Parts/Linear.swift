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
    let work = Work(
      features: layers.reduce(0) { $0 + $1.linear.features }, columns: x.columns, threads: pass.threads.count)
    let stretches = layers.indices.flatMap { layer in
      layers[layer].linear.stretches(of: work.rowsPerPart).map {
        (layer: layer, rows: $0.rows, firstFeature: $0.firstFeature)
      }
    }
    pass.threads.run(parts: stretches.count * work.columnBlocks) { part, _ in
      let (layer, rows, firstFeature) = stretches[part % stretches.count]
      let (linear, y) = layers[layer]
      let columns = work.columns(ofBlock: part / stretches.count)
      let (input, output) = (x.view[columns: columns], y.view[firstFeature..<firstFeature + rows.count, columns])
      if let bias = biases[layer] {
        bias.withUnsafeBufferPointer { bias in
          pass.kernels.multiply(
            linear.weight, rows: rows, bias: bias.baseAddress! + firstFeature, by: input, into: output)
        }
      } else {
        pass.kernels.multiply(linear.weight, rows: rows, bias: nil, by: input, into: output)
      }
      pass.kernels.activate(output, by: activation)
    }
  }

  /// The layer's rows in stretches that a thread takes at once, each with the output that its first row makes.
  private func stretches(of rowsPerPart: Int) -> [(rows: Range<Int>, firstFeature: Int)] {
    let pattern = rows ?? Rows(first: 0, count: features, period: max(1, features))
    return stride(from: 0, to: features, by: max(1, pattern.count)).flatMap { group in
      stride(from: 0, to: pattern.count, by: rowsPerPart).map { start in
        let stored = group / pattern.count * pattern.period + pattern.first + start
        return (stored..<stored + min(rowsPerPart, pattern.count - start), group + start)
      }
    }
  }

  /// How a product is cut into parts: none of them copies the activations for a few rows only, their outputs stay in the cache, and
  /// each thread gets several.
  private struct Work {
    let columns: Int
    let rowsPerPart: Int
    /// Whole tiles, whatever the instruction set.
    private static let rowMultiple = 48
    private static let columnsPerBlock = 256
    private static let outputsPerPart = 384 * columnsPerBlock
    private static let partsPerThread = 4

    init(features: Int, columns: Int, threads: Int) {
      self.columns = columns
      let blocks = max(1, (columns + Work.columnsPerBlock - 1) / Work.columnsPerBlock)
      let most = Work.outputsPerPart / min(max(1, columns), Work.columnsPerBlock)
      let fair = threads == 1 ? most : features * blocks / (threads * Work.partsPerThread)
      rowsPerPart = (max(1, min(fair, most)) + Work.rowMultiple - 1) / Work.rowMultiple * Work.rowMultiple
    }

    var columnBlocks: Int { (columns + Work.columnsPerBlock - 1) / Work.columnsPerBlock }

    func columns(ofBlock block: Int) -> Range<Int> {
      block * Work.columnsPerBlock..<min((block + 1) * Work.columnsPerBlock, columns)
    }
  }
}
