import Tensors

/// Multi-head self-attention (Vaswani and others 2017): softmax(K Q / √d) mixes the values, in each head on its own.
///
/// Heads are contiguous blocks of d features (bert4keras 0.11.5, `layers.py:503-544`).
struct Attention {
  let query: Linear
  let key: Linear
  let value: Linear
  let output: Linear
  let heads: Int

  /// Computes what attention adds to x, [H, B·T].
  func apply<K>(to x: Matrix<K.Scalar>, into y: Matrix<K.Scalar>, _ pass: ForwardPass<K>) {
    pass.withScratch(4, features: query.features, columns: x.columns) { scratch in
      let (q, k, v, context) = (scratch[0], scratch[1], scratch[2], scratch[3])
      Linear.apply([(query, q), (key, k), (value, v)], to: x, pass)
      mix(q, k, v, into: context, pass)
      output.apply(to: context, into: y, pass)
    }
  }

  /// Computes the values that each query attends to, for every sequence, head and block of queries.
  private func mix<K>(
    _ q: Matrix<K.Scalar>, _ k: Matrix<K.Scalar>, _ v: Matrix<K.Scalar>, into context: Matrix<K.Scalar>,
    _ pass: ForwardPass<K>
  ) {
    let length = pass.input.length
    let width = q.features / heads
    let scale = 1 / K.Scalar(width).squareRoot()
    let queriesPerBlock = min(length, Attention.queriesPerBlock)
    let blocks = (length + queriesPerBlock - 1) / queriesPerBlock
    let scratchCount = pass.threads.count
    pass.withScratch(scratchCount, features: length, columns: queriesPerBlock) { scratch in
      pass.threads.run(parts: pass.input.batch * heads * blocks) { part, worker in
        let (sequence, head, block) = (part / (heads * blocks), part / blocks % heads, part % blocks)
        let features = head * width..<(head + 1) * width
        let tokens = sequence * length..<(sequence + 1) * length
        let firstQuery = block * queriesPerBlock
        let start = tokens.lowerBound + firstQuery
        let queries = start..<min(start + queriesPerBlock, tokens.upperBound)

        let scores = scratch[worker].view[columns: 0..<queries.count]  // [T, queries]
        pass.kernels.multiply(
          transposed: k.view[features, tokens], by: q.view[features, queries], scale: scale, into: scores)
        pass.kernels.softmax(scores, seeing: pass.visibilities[sequence], firstQuery: firstQuery)
        pass.kernels.multiply(v.view[features, tokens], by: scores, into: context.view[features, queries])
      }
    }
  }

  /// Queries that are worked on at once: their scores stay in the cache, however long the sequence.
  private static var queriesPerBlock: Int { 128 }
}
