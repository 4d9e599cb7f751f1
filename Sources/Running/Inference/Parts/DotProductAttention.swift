import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Scaled dot-product attention in each head on its own (Vaswani and others 2017): softmax(Kᵀ Q / √d) mixes the values.
///
/// Heads are contiguous blocks of features (bert4keras 0.11.5, `layers.py:503-544`).
struct DotProductAttention {
  let heads: Int
  /// The number d by whose root scores are divided; nil where they are not.
  let divisor: Int?
  let positions: any PositionScheme
  /// Whether the scores of the attention before, unmasked, are added to these (RealFormer, He and others 2020).
  var addsPreviousScores = false
  var normalization = AttentionNormalization.softmax

  /// Computes the values that each query attends to, for every sequence, head and block of queries.
  ///
  /// - Parameters:
  ///   - q: [K, B·T]
  ///   - source: What is attended to.
  ///   - visibilities: What each sequence sees of it.
  ///   - firstQuery: The place of each sequence's first query among what it sees.
  ///   - context: [N, B·T]
  func apply<K>(
    _ q: Matrix<K.Scalar>, to source: KeysAndValues<K.Scalar>, seeing visibilities: [Visibility], firstQuery past: Int,
    into context: Matrix<K.Scalar>, _ pass: ForwardPass<K>
  ) {
    let (batch, length) = (source.batch, q.columns / source.batch)
    let (keyWidth, valueWidth) = (q.features / heads, context.features / heads)
    let scale = divisor.map { 1 / K.Scalar($0).squareRoot() } ?? 1
    let queriesPerBlock = min(length, DotProductAttention.queriesPerBlock)
    let blocks = (length + queriesPerBlock - 1) / queriesPerBlock
    let terms = positions.terms(heads: heads, queries: past..<past + length, keys: source.length, pass)
    let previous =
      addsPreviousScores ? pass.exchangeScores(Matrix(features: source.length, columns: heads * q.columns)) : nil
    pass.withScratch(pass.threads.count, features: source.length, columns: queriesPerBlock) { scratch in
      pass.threads.run(parts: batch * heads * blocks) { part, worker in
        let (sequence, head, block) = (part / (heads * blocks), part / blocks % heads, part % blocks)
        let first = block * queriesPerBlock
        let queries = sequence * length + first..<sequence * length + min(first + queriesPerBlock, length)
        let tokens = source.columns(of: sequence)
        let keyFeatures = head * keyWidth..<(head + 1) * keyWidth
        let valueFeatures = head * valueWidth..<(head + 1) * valueWidth
        let place = AttentionPlace(
          sequence: sequence, head: head, queries: q.view[keyFeatures, queries],
          keys: source.keys.view[keyFeatures, tokens],
          columns: queries, segments: visibilities[sequence].segments, firstQuery: past + first, scale: scale)

        let scores = scratch[worker].view[columns: 0..<queries.count]  // [T, queries]
        pass.kernels.multiply(transposed: place.keys, by: place.queries, scale: scale, into: scores)
        terms.scores?(scores, place)
        if let previous {
          let columns = head * q.columns + queries.lowerBound..<head * q.columns + queries.upperBound
          pass.kernels.carry(
            scores, adding: previous.old?.view[columns: columns], into: previous.new.view[columns: columns])
        }
        weigh(scores, seeing: visibilities[sequence], firstQuery: past + first, pass.kernels)
        let mixed = context.view[valueFeatures, queries]
        pass.kernels.multiply(source.values.view[valueFeatures, tokens], by: scores, into: mixed)
        terms.values?(mixed, scores, place)
      }
    }
  }

  /// Makes weights of scores, in place.
  private func weigh<K: Kernels>(
    _ scores: MatrixView<K.Scalar>, seeing visibility: Visibility, firstQuery: Int, _ kernels: K
  ) {
    switch normalization {
    case .softmax:
      kernels.softmax(scores, seeing: visibility, firstQuery: firstQuery)
    case .softmaxPlus:
      let factors = (0..<scores.columns).map { query in
        let count = max(16, visibility.count(ofKeysSeenBy: firstQuery + query))
        return K.Scalar(kernels.stored(log(Double(count)) / log(512)))
      }
      kernels.scale(scores, byColumn: factors)
      kernels.softmax(scores, seeing: visibility, firstQuery: firstQuery)
    case .squaredRelu:
      kernels.squareRelu(scores, seeing: visibility, firstQuery: firstQuery)
    }
  }

  /// Queries that are worked on at once: their scores stay in the cache, however long the sequence.
  private static var queriesPerBlock: Int { 128 }
}
