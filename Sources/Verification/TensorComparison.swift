import Bytes
import Synchronization
import Tensors

/// Two tensors held against each other, element by element.
public struct TensorComparison: Equatable, Sendable {
  /// The types of the elements of the first tensor and of the second.
  public let elementTypes: [ElementType]
  /// The shapes of the first tensor and of the second.
  public let shapes: [Shape]
  /// How many elements differ: in their bits where both sides have one type, else in their values.
  ///
  /// Nil where the shapes differ or the types cannot be compared.
  public let differing: Int?
  /// The largest absolute difference of two elements, computed in float64.
  ///
  /// Infinite where only one side is a number, and where ``differing`` is nil; 0 for zeros of other signs and for NaNs of other bits.
  public let maximumDifference: Double
  /// The index of the first element that differs.
  public let first: [Int]?

  /// Whether type, shape and every bit are the same.
  public var isEqual: Bool { elementTypes[0] == elementTypes[1] && differing == 0 }

  /// Reads both tensors in tiles of at most 131,072 elements and compares.
  ///
  /// - Parameters:
  ///   - one: The first tensor.
  ///   - other: The second.
  ///   - progress: Takes the number of bytes of the first tensor after each tile.
  /// - Throws: What reading throws: `Problem` of kind *damaged*.
  public init(
    of one: any TensorSource, with other: any TensorSource, progress: (Int) -> Void = { _ in }
  ) throws {
    elementTypes = [one.elementType, other.elementType]
    shapes = [one.shape, other.shape]
    let conversions = elementTypes.compactMap { ElementConversion(from: $0, to: .float64) }
    let isSameType = one.elementType == other.elementType
    guard one.shape == other.shape, isSameType || conversions.count == 2 else {
      (differing, maximumDifference, first) = (nil, .infinity, nil)
      return
    }
    let count = one.shape.elementCount
    let tile = min(count, 1 << 17)
    var found = Difference()
    let buffers = elementTypes.map { type in
      UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, tile * type.byteCount), alignment: 64)
    }
    let numbers = (0..<2).map { _ in UnsafeMutableBufferPointer<Double>.allocate(capacity: max(1, tile)) }
    defer {
      buffers.forEach { $0.deallocate() }
      numbers.forEach { $0.deallocate() }
    }
    for start in stride(from: 0, to: count, by: max(1, tile)) {
      let length = min(tile, count - start)
      let parts = zip([one, other], buffers).map { source, buffer in
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<(length * source.elementType.byteCount)])
      }
      try one.read(at: start * one.elementType.byteCount, into: parts[0])
      try other.read(at: start * other.elementType.byteCount, into: parts[1])
      progress(parts[0].count)
      if isSameType, UnsafeRawBufferPointer(parts[0]).isIdentical(to: UnsafeRawBufferPointer(parts[1])) { continue }
      for (conversion, side) in zip(conversions, 0..<2) {
        conversion.convert(
          UnsafeRawBufferPointer(parts[side]),
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(numbers[side])[..<(length * 8)]))
      }
      let size = one.elementType.byteCount
      for element in 0..<length {
        let isDifferent =
          isSameType
          ? !parts[0][(element * size)..<((element + 1) * size)]
            .elementsEqual(parts[1][(element * size)..<((element + 1) * size)])
          : !Self.areEqual(numbers[0][element], numbers[1][element])
        guard isDifferent else { continue }
        found.add(start + element, conversions.count == 2 ? (numbers[0][element], numbers[1][element]) : nil)
      }
    }
    differing = found.count
    maximumDifference = found.largest
    first = found.first.map(one.shape.index)
  }

  private struct Difference {
    var count = 0
    var first: Int?
    var largest = 0.0

    mutating func add(_ element: Int, _ numbers: (Double, Double)?) {
      count += 1
      first = first ?? element
      guard let numbers, !(numbers.0.isNaN && numbers.1.isNaN), numbers.0 != numbers.1 else { return }
      let distance = abs(numbers.0 - numbers.1)
      largest = max(largest, distance.isNaN ? .infinity : distance)
    }
  }

  private static func areEqual(_ one: Double, _ other: Double) -> Bool {
    one == other || one.isNaN && other.isNaN
  }
}
