import Bytes
import Tensors

/// A tensor that was cut into slices, along any axes, joined again while it is read.
struct PartitionedTensor: TensorSource {
  let elementType: ElementType
  let shape: Shape
  /// The name that problems show.
  private let file: String
  private let parts: [Part]
  /// The only axis along which there are cuts, in whose order the parts then are; nil where there are several, or none.
  private let onlyCut: Int?
  /// How many axes count: along those behind them every slice is whole, and what lies there moves in one piece.
  private let axes: Int

  private typealias Part = (ranges: [Range<Int>], tensor: BundleTensor)

  /// Joins parts that hold each element of the shape once.
  init(
    _ elementType: ElementType, _ shape: Shape, file: String, parts: [(ranges: [Range<Int>], tensor: BundleTensor)]
  ) {
    self.elementType = elementType
    self.shape = shape
    self.file = file
    let cuts = shape.dimensions.indices.filter { axis in
      parts.contains { $0.ranges[axis].count != shape.dimensions[axis] }
    }
    axes = cuts.last.map { $0 + 1 } ?? 0
    if let only = cuts.first, cuts.count == 1 {
      onlyCut = only
      self.parts = parts.sorted { $0.ranges[only].lowerBound < $1.ranges[only].lowerBound }
    } else {
      onlyCut = nil
      self.parts = parts
    }
  }

  /// None: the bytes lie in several places.
  var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents out of the slices they lie in.
  ///
  /// - Throws: `Problem` of kind *damaged* when a checksum or the range is wrong, *unavailable* when the system cannot read.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= byteCount, buffer.count <= byteCount - offset else {
      throw Problem(
        .damaged, file: file, found: "\(buffer.count) bytes at offset \(offset) of a tensor",
        expected: "a range inside its \(byteCount) bytes")
    }
    guard !buffer.isEmpty else { return try parts.forEach { try $0.tensor.read(at: 0, into: buffer) } }
    let block = shape.dimensions[axes...].reduce(elementType.byteCount, *)
    var filled = 0
    while filled < buffer.count {
      let (position, skipped) = (offset + filled).quotientAndRemainder(dividingBy: block)
      let index = index(position)
      let part = part(at: index)
      var start = 0
      for (range, index) in zip(part.ranges, index) { start = start * range.count + index - range.lowerBound }
      let run = index.last.map { part.ranges[axes - 1].upperBound - $0 } ?? 1
      let count = min(run * block - skipped, buffer.count - filled)
      try part.tensor.read(
        at: start * block + skipped, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + count)]))
      filled += count
    }
  }

  /// The part that holds an element; there is one.
  ///
  /// Of parts along one axis it is the last that begins at the element or before; of others, of which there are at most
  /// `Limits.slices`, each may be looked at.
  private func part(at index: [Int]) -> Part {
    guard let onlyCut else { return parts.first { zip($0.ranges, index).allSatisfy { $0.contains($1) } }! }
    var candidates = parts.indices
    while candidates.count > 1 {
      let middle = candidates.lowerBound + candidates.count / 2
      let isBehind = parts[middle].ranges[onlyCut].lowerBound > index[onlyCut]
      candidates = isBehind ? candidates.lowerBound..<middle : middle..<candidates.upperBound
    }
    return parts[candidates.lowerBound]
  }

  /// The index, along the axes that count, of a block given by its number.
  private func index(_ position: Int) -> [Int] {
    var rest = position
    var index: [Int] = []
    for extent in shape.dimensions[..<axes].reversed() {
      index.append(rest % extent)
      rest /= extent
    }
    return index.reversed()
  }
}
