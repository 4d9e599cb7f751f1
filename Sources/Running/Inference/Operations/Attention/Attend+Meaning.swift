extension Attend {
  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    guard case .tokens(let source) = inputs[0].axis, case .tokens(let others) = inputs[1].axis else { return [] }
    let (queries, keys) = (batch[source], batch[others])
    let isOwn = source == others
    var mixed = inputs[0].columns.map { _ in [Double]() }
    for sequence in 0..<queries.count {
      let visibility = isOwn ? keys.visibilities[sequence] : keys.visibilities[sequence].fromOutside
      for head in 0..<heads {
        for (query, column) in queries.columns(of: sequence).enumerated() {
          let scores = keys.columns(of: sequence).enumerated().map { key, keyColumn in
            score(
              head, isOwn ? visibility.segments : [], query, key, part(inputs[0].columns[column], head),
              part(inputs[1].columns[keyColumn], head), inputs, batch)
          }
          let weights = weights(of: scores, query, visibility)
          var y = part(inputs[2].columns[0], head).map { _ in 0.0 }
          for (key, keyColumn) in keys.columns(of: sequence).enumerated() {
            let value = part(inputs[2].columns[keyColumn], head)
            let added = terms.addedValue(distance: key - query, inputs.dropFirst(3))
            for feature in y.indices { y[feature] += weights[key] * (value[feature] + (added?[feature] ?? 0)) }
          }
          mixed[column] += y
        }
      }
    }
    return mixed
  }

  /// The features of one head.
  private func part(_ x: [Double], _ head: Int) -> [Double] {
    Array(x[head * x.count / heads..<(head + 1) * x.count / heads])
  }

  private func score(
    _ head: Int, _ segments: [Int32], _ query: Int, _ key: Int, _ q: [Double], _ k: [Double], _ inputs: [PlainValue],
    _ batch: Batch
  ) -> Double {
    let scale = divisor.map { 1 / Double($0).squareRoot() } ?? 1
    let pair = PlainPair(
      head: head, heads: heads, query: q, key: k, distance: key - query,
      isOneSegment: segments.isEmpty ? nil : segments[query] == segments[key], scale: scale)
    return scale * q.indices.reduce(0) { $0 + q[$1] * k[$1] } + terms.addedScore(pair, inputs.dropFirst(3), in: batch)
  }

  private func weights(of scores: [Double], _ query: Int, _ visibility: Visibility) -> [Double] {
    let seen = scores.indices.map { visibility.sees(query: query, key: $0) }
    let count = seen.count { $0 }
    if normalization == .squaredRelu {
      return scores.indices.map { seen[$0] ? max(0, scores[$0]) * max(0, scores[$0]) / Double(count) : 0 }
    }
    let factor = normalization == .softmaxPlus ? Mathematics.log(Double(max(16, count))) / Mathematics.log(512) : 1
    let powers = scores.indices.map { seen[$0] ? Mathematics.exp(factor * scores[$0]) : 0 }
    let sum = powers.reduce(0, +)
    return powers.map { sum > 0 ? $0 / sum : 0 }
  }
}
