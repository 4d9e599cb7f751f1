import Tensors

/// A dense layer and its activation: y = f(W x + b), the weight [out, in] as it lies in the file.
///
/// Inputs: x. A bias is added where there is one; where several layers share one matrix, this one has some of its rows.
package struct Linear: OperationBody {
  package static let title = "linear"

  package let weight: Weight
  package let bias: Weight?
  /// The rows that are this layer's; nil for all.
  package var rows: Rows?
  package var activation: Activation

  /// Of every `period` rows of a matrix, `count` from `first` on: one layer's share of each head.
  package struct Rows: Sendable {
    package let first: Int
    package let count: Int
    package let period: Int
  }

  package init(weight: Weight, bias: Weight?, rows: Rows? = nil, activation: Activation = .linear) {
    (self.weight, self.bias, self.rows, self.activation) = (weight, bias, rows, activation)
  }

  package var detail: String { activation == .linear ? "" : activation.rawValue }
  package var weights: [Weight] { [weight] + (bias.map { [$0] } ?? []) }

  /// The number of outputs.
  package var features: Int {
    let stored = weight.tensor.shape.dimensions[0]
    return rows.map { stored / $0.period * $0.count } ?? stored
  }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    Linear.run([(self, outputs[0].matrix)], on: inputs[0].matrix, pass)
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let (matrix, bias) = (weight.plainRows, bias?.plain)
    return inputs[0].columns.map { x in
      (0..<features).map { feature in
        let row = rows.map { feature / $0.count * $0.period + $0.first + feature % $0.count } ?? feature
        var sum = bias?[feature] ?? 0
        for k in x.indices { sum += matrix[row][k] * x[k] }
        return activation.meaning(of: sum)
      }
    }
  }

  package func multiplications(_ node: Node, in batch: Batch, sizes: [Size: Int]) -> Int {
    features * weight.tensor.shape.dimensions[1] * batch.columns(of: node.outputs[0].axis)
  }
}

extension Linear {
  /// Applies several layers to one input, as one piece of work for the threads.
  static func run<K: Kernels>(
    _ layers: [(linear: Linear, y: Matrix<K.Scalar>)], on x: Matrix<K.Scalar>, _ pass: Pass<K>
  ) {
    let biases = layers.map { $0.linear.bias.map { pass.kernels.vector($0.tensor) } }
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
            linear.weight.tensor, rows: rows, bias: bias.baseAddress! + firstFeature, by: input, into: output)
        }
      } else {
        pass.kernels.multiply(linear.weight.tensor, rows: rows, bias: nil, by: input, into: output)
      }
      pass.kernels.activate(output, by: linear.activation)
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
