import Tensors

/// Scaled dot-product attention in each head on its own (Vaswani and others 2017), each sequence for itself.
///
///     scores[k, q] = K_k · Q_q / √d + terms of distance (+ scores of the attention before),   y_q = Σ_k weights[k, q] V_k
///
/// Heads are contiguous blocks of features (bert4keras 0.11.5, `layers.py:503-544`). Inputs: q, k, v; what the terms read; the
/// scores of the attention before, where they are added, unmasked (RealFormer, He and others 2020). Outputs: y, and the scores
/// where the next attention adds them. Queries and keys are those of the same tokens, or keys those of an encoder.
package struct Attend: OperationBody {
  package static let title = "attend"

  /// Its number among the attentions of the graph, by which a cache knows its keys and values.
  package let slot: Int
  package let heads: Int
  /// The number d by whose root scores are divided; nil where they are not.
  package var divisor: Int?
  /// What is added for the distance of query and key.
  package var terms: DistanceTerms
  package let normalization: AttentionNormalization
  package let addsPreviousScores: Bool

  package init(
    slot: Int = 0, heads: Int, divisor: Int?, terms: DistanceTerms = .none,
    normalization: AttentionNormalization = .softmax, addsPreviousScores: Bool = false
  ) {
    (self.slot, self.heads, self.divisor, self.terms) = (slot, heads, divisor, terms)
    (self.normalization, self.addsPreviousScores) = (normalization, addsPreviousScores)
  }

  package var detail: String {
    let scale = divisor.map { "by 1/sqrt(\($0))" } ?? "unscaled"
    let normalization = normalization == .softmax ? nil : normalization.rawValue
    return (["\(heads) heads", scale] + [terms.title, normalization].compactMap { $0 }).joined(separator: ", ")
  }
  package var weights: [Weight] { terms.weights }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let work = AttentionWork(self, inputs, pass)
    let (q, y) = (inputs[0].matrix, outputs[0].matrix)
    let (keyWidth, valueWidth) = (q.features / heads, y.features / heads)
    let scale = divisor.map { 1 / K.Scalar($0).squareRoot() } ?? 1
    let terms = terms.prepared(heads: heads, queries: work.queries, keys: work.longestKeys, inputs.dropFirst(3), pass)
    let previous = addsPreviousScores ? inputs[inputs.count - 1].view : nil
    let scratch = pass.scratch(features: work.longestKeys, columns: work.longestPart)
    pass.threads.run(parts: work.parts.count * heads) { number, worker in
      let (part, head) = (work.parts[number / heads], number % heads)
      // The next attention adds scores unmasked.
      let tokens = work.keys.columns(of: part.sequence).prefix(outputs.count > 1 ? .max : part.seenKeys)
      let keyFeatures = head * keyWidth..<(head + 1) * keyWidth
      let valueFeatures = head * valueWidth..<(head + 1) * valueWidth
      let place = AttentionPlace(
        head: head, queries: q.view[keyFeatures, part.columns], keys: work.keys.keys.view[keyFeatures, tokens],
        segments: part.visibility.segments, firstQuery: part.firstQuery, scale: scale)

      let scores = scratch[worker].view[0..<tokens.count, 0..<part.columns.count]  // [keys, queries]
      pass.kernels.multiply(transposed: place.keys, by: place.queries, scale: scale, into: scores)
      terms.scores?(scores, place)
      if outputs.count > 1 {
        let columns = head * q.columns + part.columns.lowerBound..<head * q.columns + part.columns.upperBound
        pass.kernels.carry(
          scores, adding: previous?[0..<tokens.count, columns], into: outputs[1].view[0..<tokens.count, columns])
      }
      weigh(scores, seeing: part.visibility, firstQuery: part.firstQuery, pass.kernels)
      let mixed = y.view[valueFeatures, part.columns]
      pass.kernels.multiply(work.keys.values.view[valueFeatures, tokens], by: scores, into: mixed)
      terms.values?(mixed, scores, place)
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
        return K.Scalar(kernels.stored(Mathematics.log(Double(count)) / Mathematics.log(512)))
      }
      kernels.scale(scores, byColumn: factors)
      kernels.softmax(scores, seeing: visibility, firstQuery: firstQuery)
    case .squaredRelu:
      kernels.squareRelu(scores, seeing: visibility, firstQuery: firstQuery)
    }
  }

  package func multiplications(_ node: Node, in batch: Batch, sizes: [Size: Int]) -> Int {
    guard case .tokens(let source) = node.inputs[0].axis, case .tokens(let others) = node.inputs[1].axis else {
      return 0
    }
    func count(_ value: Value) -> Int {
      switch value.features {
      case .fixed(let number): number
      case .size(let size): sizes[size] ?? 0
      }
    }
    let (queries, keys) = (batch[source], batch[others])
    let totals = zip(keys.lengths, keys.past).map { $0 + $1 }
    let pairs = zip(queries.lengths, totals).reduce(0) { $0 + $1.0 * $1.1 }
    let rows = terms.readsValues ? batch.columns(of: node.inputs[3].axis) : 0
    return pairs * (count(node.inputs[0]) + count(node.outputs[0]))
      + terms.multiplications(
        width: count(node.inputs[0]), rows: rows, queries: queries.columns, keys: totals.reduce(0, +))
  }
}

/// What an attention does in one run: its keys, and its queries in parts.
private struct AttentionWork<K: Kernels> {
  let keys: KeysAndValues<K.Scalar>
  let queries: Sequences
  let parts: [Part]
  let longestKeys: Int
  let longestPart: Int

  /// Queries of one sequence that are worked on at once: their scores stay in the cache, however long the sequence.
  struct Part {
    let sequence: Int
    let columns: Range<Int>
    /// The place of the first of them among what the sequence sees.
    let firstQuery: Int
    let visibility: Visibility
    /// How many of the first keys are all that the queries see.
    let seenKeys: Int
  }

  private static var queriesPerPart: Int { 128 }

  init(_ attend: Attend, _ inputs: [Operand<K.Scalar>], _ pass: Pass<K>) {
    guard case .tokens(let source) = inputs[0].axis, case .tokens(let others) = inputs[1].axis else {
      preconditionFailure("attention is of tokens to tokens")
    }
    let (queries, seen) = (pass.batch[source], pass.batch[others])
    keys = AttentionWork.keys(attend.slot, inputs, of: seen, grows: source == others, pass)
    parts = (0..<queries.count).flatMap { sequence in
      let columns = queries.columns(of: sequence)
      let visibility = source == others ? seen.visibilities[sequence] : seen.visibilities[sequence].fromOutside
      let start = columns.lowerBound
      return stride(from: start, to: columns.upperBound, by: Self.queriesPerPart).map { first in
        let columns = first..<min(first + Self.queriesPerPart, columns.upperBound)
        let firstQuery = queries.past[sequence] + first - start
        return Part(
          sequence: sequence, columns: columns, firstQuery: firstQuery, visibility: visibility,
          seenKeys: visibility.count(ofKeysSeenUpTo: firstQuery + columns.count - 1))
      }
    }
    longestKeys = keys.lengths.max() ?? 0
    longestPart = parts.map(\.columns.count).max() ?? 0
    self.queries = queries
  }

  /// The keys and values of this run, behind those that a cache has.
  private static func keys(
    _ slot: Int, _ inputs: [Operand<K.Scalar>], of sequences: Sequences, grows: Bool, _ pass: Pass<K>
  ) -> KeysAndValues<K.Scalar> {
    let (k, v) = (inputs[1].matrix, inputs[2].matrix)
    guard let cache = pass.cache else { return KeysAndValues(keys: k, values: v, of: sequences, grows: grows) }
    if cache[slot] == nil {
      // What a pass has made lies in memory that later steps use again.
      let made = KeysAndValues(keys: k, values: v, of: sequences, grows: grows)
      cache[slot] = made.selecting(rows: Array(0..<sequences.count))
    } else if grows {
      cache[slot]!.append(keys: k, values: v, of: sequences)
    }
    return cache[slot]!
  }
}
