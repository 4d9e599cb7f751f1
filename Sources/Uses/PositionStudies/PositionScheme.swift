import Inference
import Tensors

/// How a model knows where its tokens stand, as something that can be looked at alone.
///
/// A scheme works in one or more of four places (Dufter, Schmitt and Schütze 2022, "Position information in
/// transformers"): it adds to the embeddings, turns queries and keys, adds to the scores of attention, or adds to the
/// values that are mixed. What it leaves alone it need not implement.
package protocol PositionScheme: Sendable {
  /// The longest sequence, where there is one.
  var limit: Int? { get }

  /// Adds to the sum of the embeddings, a column for each token, or changes it otherwise.
  func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>)

  /// Changes queries and keys, a column for each token, by where the tokens stand.
  func turn<K: Kernels>(
    queries: Matrix<K.Scalar>, keys: Matrix<K.Scalar>, heads: Int, of tokens: Sequences, _ pass: Pass<K>)

  /// Returns what is added to scores and to mixed values.
  ///
  /// - Parameters:
  ///   - queries: Where the queries of every sequence stand.
  ///   - keys: The number of keys of every sequence, from position 0 on.
  func terms<K: Kernels>(heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>) -> AttentionTerms<K.Scalar>
}

extension PositionScheme {
  package var limit: Int? { nil }

  package func add<K: Kernels>(toEmbeddings x: Matrix<K.Scalar>, of tokens: Sequences, _ pass: Pass<K>) {}

  package func turn<K: Kernels>(
    queries: Matrix<K.Scalar>, keys: Matrix<K.Scalar>, heads: Int, of tokens: Sequences, _ pass: Pass<K>
  ) {}

  package func terms<K: Kernels>(
    heads: Int, queries: Range<Int>, keys: Int, _ pass: Pass<K>
  ) -> AttentionTerms<K.Scalar> { AttentionTerms() }
}
