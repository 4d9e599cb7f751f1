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
  /// The cosine of the angle between the two tensors as vectors, computed in float64.
  ///
  /// Nil where no element differs, where ``differing`` is nil, and where it is no number: one of them is zero or holds none.
  public let cosine: Double?
  /// The length of the difference over the length of the first tensor, ‖a − b‖₂ / ‖a‖₂, computed in float64; nil as ``cosine`` is.
  public let relativeError: Double?

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
    let types = [one.elementType, other.elementType]
    elementTypes = types
    shapes = [one.shape, other.shape]
    let conversions = types.compactMap { ElementConversion(from: $0, to: .float64) }
    let isSameType = one.elementType == other.elementType
    guard one.shape == other.shape, isSameType || conversions.count == 2 else {
      (differing, maximumDifference, first) = (nil, .infinity, nil)
      (cosine, relativeError) = (nil, nil)
      return
    }
    let count = one.shape.elementCount
    let tile = min(count, 1 << 17)
    var found = Difference()
    var lengths = VectorLengths()
    // Where tiles are the same their lengths are needed only if others are not.
    var same: [Int] = []
    let buffers = types.map { type in
      UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, tile * type.byteCount), alignment: 64)
    }
    let numbers = (0..<2).map { _ in UnsafeMutableBufferPointer<Double>.allocate(capacity: max(1, tile)) }
    defer {
      buffers.forEach { $0.deallocate() }
      numbers.forEach { $0.deallocate() }
    }
    func length(at start: Int) -> Int { min(tile, count - start) }
    func convert(_ part: UnsafeMutableRawBufferPointer, of side: Int) {
      let room = UnsafeMutableRawBufferPointer(numbers[side])[..<(part.count / types[side].byteCount * 8)]
      conversions[side].convert(UnsafeRawBufferPointer(part), into: UnsafeMutableRawBufferPointer(rebasing: room))
    }
    for start in stride(from: 0, to: count, by: max(1, tile)) {
      let length = length(at: start)
      let parts = zip([one, other], buffers).map { source, buffer in
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<(length * source.elementType.byteCount)])
      }
      try one.read(at: start * one.elementType.byteCount, into: parts[0])
      try other.read(at: start * other.elementType.byteCount, into: parts[1])
      progress(parts[0].count)
      if isSameType, UnsafeRawBufferPointer(parts[0]).isIdentical(to: UnsafeRawBufferPointer(parts[1])) {
        same.append(start)
        continue
      }
      if conversions.count == 2 {
        for side in 0..<2 { convert(parts[side], of: side) }
        lengths.add(numbers[0], numbers[1], count: length)
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
    guard found.count > 0, conversions.count == 2 else {
      (cosine, relativeError) = (nil, nil)
      return
    }
    for start in same {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffers[0][..<(length(at: start) * one.elementType.byteCount)])
      try one.read(at: start * one.elementType.byteCount, into: part)
      convert(part, of: 0)
      lengths.add(numbers[0], numbers[0], count: length(at: start))
    }
    (cosine, relativeError) = (lengths.cosine, lengths.relativeError)
  }

  /// Two tensors of which all bytes are known to be the same.
  init(ofEqual tensor: any TensorSource) {
    elementTypes = [tensor.elementType, tensor.elementType]
    shapes = [tensor.shape, tensor.shape]
    (differing, maximumDifference, first, cosine, relativeError) = (0, 0, nil, nil, nil)
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
