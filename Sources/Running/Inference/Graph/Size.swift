/// A size of a model, by its name in the name tables (`Formats/Architectures`); letters are for those who read a table.
package struct Size: Hashable, Sendable {
  package let name: String

  package static let vocabulary = Size(name: "vocabulary")
  package static let positions = Size(name: "positions")
  package static let segments = Size(name: "segments")
  package static let tasks = Size(name: "tasks")
  package static let embedding = Size(name: "embedding")
  package static let width = Size(name: "width")
  package static let feedForward = Size(name: "feedforward")
  package static let attention = Size(name: "attention")
  package static let heads = Size(name: "heads")
  package static let head = Size(name: "head")
  package static let buckets = Size(name: "buckets")
  package static let distances = Size(name: "distances")
  package static let condition = Size(name: "condition")
  package static let hiddenCondition = Size(name: "condition-hidden")
  package static let key = Size(name: "key")
  package static let units = Size(name: "units")
  package static let group = Size(name: "group")
  package static let kernel = Size(name: "kernel")
}

/// One extent of a weight or of a value.
package enum Extent: Hashable, Sendable {
  /// A size of the model.
  case size(Size)
  /// A number that the computation fixes.
  case fixed(Int)
}
