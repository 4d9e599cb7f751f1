/// A score for every pair of a first and a last token of one sequence, by each head of its own (GlobalPointer; Su, kexue.fm, post 8373).
///
///     score[h, m, n] = Q_hm · K_hn / √d   or, where heads share them,   Q_m · K_n / √d + b_{2h, n} / 2 + b_{2h+1, m} / 2
///
/// Pairs with padding score 0 here, and those of n < m where spans go forwards; bert4keras has −∞ there (0.11.5, `layers.py:1424-1440` and
/// `1474-1492`). Inputs: for each head its query and its key; or q, k and b. The output has a column for each head and first token m, those of
/// a sequence together, head by head.
package struct ScorePairs: OperationBody {
  package static let title = "score pairs"

  package let heads: Int
  /// d.
  package let divisor: Int
  /// Whether pairs of n < m score 0.
  package let isTriangular: Bool
  /// Whether all heads share queries and keys, and differ by b.
  package let isShared: Bool

  package init(heads: Int, divisor: Int, isTriangular: Bool, isShared: Bool) {
    (self.heads, self.divisor, self.isTriangular, self.isShared) = (heads, divisor, isTriangular, isShared)
  }

  package var detail: String { "\(heads) heads\(isTriangular ? ", forwards" : "")" }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (y, sequences) = (outputs[0].view, pass.batch[pass.batch.main])
    for feature in 0..<y.features { y.row(feature).update(repeating: 0, count: y.columns) }
    pass.threads.run(parts: sequences.count * heads) { part, _ in
      let (sequence, head) = (part / heads, part % heads)
      let (tokens, length) = (sequences.columns(of: sequence), sequences.lengths[sequence])
      let (query, key) = features(of: head)
      let first = heads * tokens.lowerBound + head * length
      let scores = y[0..<length, first..<first + length]  // [last tokens, first tokens]
      pass.kernels.multiply(
        transposed: inputs[isShared ? 1 : 0].view[key, tokens], by: inputs[0].view[query, tokens],
        scale: 1 / K.Scalar(divisor).squareRoot(), into: scores)
      if isShared { add(inputs[2].view[columns: tokens], to: scores, head) }
      for last in 0..<length {
        for begin in 0..<length where hides(begin, last, of: sequences, from: tokens.lowerBound) {
          scores.row(last)[begin] = 0
        }
      }
      pass.kernels.settle(scores)
    }
  }

  private func add<Scalar: BinaryFloatingPoint>(
    _ biases: MatrixView<Scalar>, to scores: MatrixView<Scalar>, _ head: Int
  ) {
    let (one, other) = (biases.row(2 * head), biases.row(2 * head + 1))
    for last in 0..<scores.features {
      let values = scores.row(last)
      for begin in 0..<scores.columns { values[begin] = values[begin] + one[last] / 2 + other[begin] / 2 }
    }
  }

  /// The features of a head's query and key.
  private func features(of head: Int) -> (query: Range<Int>, key: Range<Int>) {
    guard !isShared else { return (0..<divisor, 0..<divisor) }
    let start = 2 * head * divisor
    return (start..<start + divisor, start + divisor..<start + 2 * divisor)
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let sequences = batch[batch.main]
    let (queries, keys) = (inputs[0].columns, inputs[isShared ? 1 : 0].columns)
    return (0..<sequences.count).flatMap { row in
      (0..<heads).flatMap { head in
        sequences.columns(of: row).map { m in
          (0..<sequences.longestTotal).map { last -> Double in
            let (n, start) = (sequences.starts[row] + last, sequences.starts[row])
            guard last < sequences.lengths[row], !hides(m - start, last, of: sequences, from: start) else { return 0 }
            let (query, key) = features(of: head)
            let score = zip(query, key).reduce(0.0) { $0 + queries[m][$1.0] * keys[n][$1.1] }
            let bias = isShared ? (inputs[2].columns[n][2 * head] + inputs[2].columns[m][2 * head + 1]) / 2 : 0
            return score / Double(divisor).squareRoot() + bias
          }
        }
      }
    }
  }

  package func multiplications(_ node: Node, in batch: Batch, sizes: [Size: Int]) -> Int {
    batch[batch.main].lengths.reduce(0) { $0 + $1 * $1 * heads * divisor }
  }

  /// Whether a pair counts for nothing.
  private func hides(_ first: Int, _ last: Int, of sequences: Sequences, from start: Int) -> Bool {
    isTriangular && last < first || sequences.isPadding(column: start + first)
      || sequences.isPadding(column: start + last)
  }
}
