import Tensors

/// What an attention adds for the distance of query and key: a closed set, one file each.
package enum DistanceTerms: Sendable {
  /// Nothing: the order of tokens shows in the queries and keys, or through the mask alone.
  case none
  case buckets(BucketTerms)
  case clipped(ClippedTerms)
  case disentangled(DisentangledTerms)
  case waves(WaveTerms)

  private var terms: (any DistanceTerm)? {
    switch self {
    case .none: nil
    case .buckets(let terms): terms
    case .clipped(let terms): terms
    case .disentangled(let terms): terms
    case .waves(let terms): terms
    }
  }

  /// What it is called where a graph is shown.
  var title: String? { terms.map { "\($0.title)" } }
  var weights: [Weight] { terms?.weights ?? [] }
  /// Whether there are terms, which read values of the graph.
  var readsValues: Bool { terms != nil }
  /// Whether it asks which tokens are in one segment.
  var comparesSegments: Bool { terms?.comparesSegments ?? false }

  /// Makes ready what all heads and sequences of a run share.
  ///
  /// - Parameters:
  ///   - queries: The tokens whose queries meet the keys.
  ///   - keys: The largest number of keys of a sequence.
  ///   - inputs: The values that the terms read.
  package func prepared<K: Kernels>(
    heads: Int, queries: Sequences, keys: Int, _ inputs: ArraySlice<Operand<K.Scalar>>, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> {
    let inputs = Array(inputs)
    return switch self {
    case .none: AttentionTerms()
    case .buckets(let terms): terms.prepared(heads: heads, queries: queries.places, keys: keys, inputs, pass)
    case .clipped(let terms): terms.prepared(heads: heads, queries: queries.places, keys: keys, inputs, pass)
    case .disentangled(let terms): terms.prepared(heads: heads, queries: queries.places, keys: keys, inputs, pass)
    case .waves(let terms): terms.prepared(heads: heads, queries: queries.places, keys: keys, inputs, pass)
    }
  }

  /// What is added to one score, in plain loops.
  func addedScore(_ pair: PlainPair, _ inputs: ArraySlice<PlainValue>, in batch: Batch) -> Double {
    terms?.addedScore(pair, Array(inputs), in: batch) ?? 0
  }

  /// What is added to a value that is mixed; nil for nothing.
  func addedValue(distance: Int, _ inputs: ArraySlice<PlainValue>) -> [Double]? {
    terms?.addedValue(distance: distance, Array(inputs))
  }

  /// How many multiplications it takes beside those of contents.
  ///
  /// - Parameters:
  ///   - width: The features of the queries of all heads.
  ///   - rows: The columns of what the terms read.
  func multiplications(width: Int, rows: Int, queries: Int, keys: Int) -> Int {
    terms?.multiplications(width: width, rows: rows, queries: queries, keys: keys) ?? 0
  }
}

/// What all of them have in common.
package protocol DistanceTerm: Sendable {
  var title: String { get }
  var weights: [Weight] { get }
  var comparesSegments: Bool { get }

  /// Makes ready what all heads and sequences of a run share.
  ///
  /// - Parameters:
  ///   - queries: Where queries stand.
  ///   - keys: The largest number of keys, which stand from 0 on.
  ///   - inputs: The values that these terms read.
  func prepared<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ inputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar>

  /// What is added to one score, in plain loops.
  func addedScore(_ pair: PlainPair, _ inputs: [PlainValue], in batch: Batch) -> Double
  func addedValue(distance: Int, _ inputs: [PlainValue]) -> [Double]?
  func multiplications(width: Int, rows: Int, queries: Int, keys: Int) -> Int
}

extension DistanceTerm {
  package var weights: [Weight] { [] }
  package var comparesSegments: Bool { false }
  package func addedValue(distance: Int, _ inputs: [PlainValue]) -> [Double]? { nil }
  package func multiplications(width: Int, rows: Int, queries: Int, keys: Int) -> Int { 0 }
}

/// One query and one key of one head, in plain numbers.
package struct PlainPair {
  let head: Int
  let heads: Int
  let query: [Double]
  let key: [Double]
  /// From query to key: key − query.
  let distance: Int
  /// Whether both are in one segment; nil where nobody knows.
  let isOneSegment: Bool?
  let scale: Double

  /// The product of a vector and the features of this head of a longer one.
  func product(_ x: [Double], _ all: [Double]) -> Double {
    x.indices.reduce(0) { $0 + x[$1] * all[head * x.count + $1] }
  }
}

/// What is added inside attention, to one head of one sequence and a part of its queries at a time.
///
/// The functions are called by several threads at once.
package struct AttentionTerms<Scalar: TensorElement & BinaryFloatingPoint> {
  /// Adds to scores, [keys, queries], which have been multiplied by the scale and not yet been masked.
  package var scores: ((_ scores: MatrixView<Scalar>, _ place: AttentionPlace<Scalar>) -> Void)?
  /// Adds to the mixed values, [d, queries], knowing the weights that mixed them, [keys, queries].
  package var values:
    (
      (_ values: MatrixView<Scalar>, _ weights: MatrixView<Scalar>, _ place: AttentionPlace<Scalar>) -> Void
    )?

  package init(
    scores: ((_ scores: MatrixView<Scalar>, _ place: AttentionPlace<Scalar>) -> Void)? = nil,
    values: ((_ values: MatrixView<Scalar>, _ weights: MatrixView<Scalar>, _ place: AttentionPlace<Scalar>) -> Void)? =
      nil
  ) {
    (self.scores, self.values) = (scores, values)
  }
}

/// Where in the work of attention something is added.
package struct AttentionPlace<Scalar: TensorElement & BinaryFloatingPoint> {
  package let head: Int
  /// The queries of the head, [d, queries].
  package let queries: MatrixView<Scalar>
  /// The keys of the head, [d, keys].
  package let keys: MatrixView<Scalar>
  /// The segment of every token of the sequence; empty where nobody knows.
  package let segments: [Int32]
  /// The position of the first of these queries.
  package let firstQuery: Int
  /// What scores are multiplied by.
  package let scale: Scalar

  package init(
    head: Int, queries: MatrixView<Scalar>, keys: MatrixView<Scalar>, segments: [Int32] = [], firstQuery: Int,
    scale: Scalar
  ) {
    (self.head, self.queries, self.keys, self.segments) = (head, queries, keys, segments)
    (self.firstQuery, self.scale) = (firstQuery, scale)
  }
}
