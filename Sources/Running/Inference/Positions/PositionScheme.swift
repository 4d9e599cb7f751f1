import Tensors

/// How a model knows where its tokens stand.
///
/// A scheme works in one or more of four places (Dufter, Schmitt and Schütze 2022, "Position information in
/// transformers"): it adds to the embeddings, turns queries and keys, adds to the scores of attention, or adds to the
/// values that are mixed. What it leaves alone it need not implement.
protocol PositionScheme: Sendable {
  /// The longest sequence, where there is one.
  var limit: Int? { get }

  /// How many terms a score has, where it is divided by the root of their number too (DeBERTa); else 1.
  var termsInScale: Int { get }

  /// Whether it asks which tokens are in one segment.
  var comparesSegments: Bool { get }

  /// Whether scores or mixed values take products with vectors of distances.
  var multipliesVectors: Bool { get }

  /// Whether tokens may stand where somebody says, and not only one after the other.
  var takesPositionIDs: Bool { get }

  /// Adds to the sum of the embeddings, [E, B·T], or changes it otherwise.
  func add<K>(toEmbeddings x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>)

  /// Changes queries and keys, [K, B·T] each, by where their tokens stand.
  func turn<K>(
    queries: Matrix<K.Scalar>, keys: Matrix<K.Scalar>, heads: Int, of span: Span, _ pass: ForwardPass<K>)

  /// Returns what is added to scores and to mixed values.
  ///
  /// - Parameters:
  ///   - queries: Where the queries of every sequence stand.
  ///   - keys: The number of keys of every sequence, from position 0 on.
  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar>
}

extension PositionScheme {
  var limit: Int? { nil }
  var takesPositionIDs: Bool { false }

  var termsInScale: Int { 1 }

  var comparesSegments: Bool { false }

  var multipliesVectors: Bool { false }

  func add<K>(toEmbeddings x: Matrix<K.Scalar>, of span: Span, _ pass: ForwardPass<K>) {}

  func turn<K>(
    queries: Matrix<K.Scalar>, keys: Matrix<K.Scalar>, heads: Int, of span: Span, _ pass: ForwardPass<K>
  ) {}

  func terms<K>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: ForwardPass<K>
  ) -> AttentionTerms<K.Scalar> { AttentionTerms() }
}

/// What a scheme adds inside attention, to one head of one sequence and a block of its queries at a time.
///
/// The functions are called by several threads at once.
struct AttentionTerms<Scalar: TensorElement & BinaryFloatingPoint> {
  /// Adds to scores, [keys, queries], which have been multiplied by the scale and not yet been masked.
  var scores: ((_ scores: MatrixView<Scalar>, _ place: AttentionPlace<Scalar>) -> Void)?
  /// Adds to the mixed values, [d, queries], knowing the weights that mixed them, [keys, queries].
  var values:
    (
      (_ values: MatrixView<Scalar>, _ weights: MatrixView<Scalar>, _ place: AttentionPlace<Scalar>) -> Void
    )?
}

/// Where in the work of attention something is added.
struct AttentionPlace<Scalar: TensorElement & BinaryFloatingPoint> {
  let sequence: Int
  let head: Int
  /// The queries of the head, [d, queries].
  let queries: MatrixView<Scalar>
  /// The keys of the head, [d, keys].
  let keys: MatrixView<Scalar>
  /// The columns of these queries among those of all sequences.
  let columns: Range<Int>
  /// The segment of every token of the sequence; empty where nobody knows.
  var segments: [Int32] = []
  /// The position of the first of these queries.
  let firstQuery: Int
  /// What scores are multiplied by.
  let scale: Scalar
}

/// No positions at all: the order of tokens shows only through the mask.
struct NoPositions: PositionScheme {}
