/// What an operation computes: a column of features for each place of an axis.
package struct Value: Hashable, Sendable {
  /// Its number in the graph.
  package let number: Int
  /// What its columns stand for.
  package let axis: Axis
  /// How many features each column has.
  package let features: Extent
}

/// One step of a computation.
package struct Node: Sendable {
  /// What is computed.
  package var operation: Operation
  /// Of what.
  package var inputs: [Value]
  /// What comes of it; mostly one value.
  package let outputs: [Value]
  /// Where the first of them is observed.
  package let point: Point?
}
