/// Vectors of texts, all of one width, in the order of the texts.
public struct Vectors: Equatable, Sendable {
  /// How many vectors there are.
  public let count: Int
  /// The number of components of each.
  public let width: Int
  /// The components, [count, width], row by row.
  public let values: [Float]

  /// Keeps vectors.
  ///
  /// - Parameter values: As many numbers as vectors and components; anything else is a programmer's error.
  public init(count: Int, width: Int, values: [Float]) {
    precondition(values.count == count * width, "\(values.count) numbers for \(count) vectors of \(width)")
    self.count = count
    self.width = width
    self.values = values
  }

  /// The vector of the text with this index.
  public subscript(index: Int) -> ArraySlice<Float> { values[index * width..<(index + 1) * width] }
}
