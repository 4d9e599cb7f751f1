import Bytes
import Tensors

/// What the index says of one tensor or of one slice of a tensor (``BundleEntryProto``), in numbers that agree.
struct BundleEntry {
  let dataType: DataType
  let shape: Shape
  let shard: Int
  let offset: Int
  let byteCount: Int
  let checksum: UInt32
  /// The slices that hold the tensor, when none holds it whole.
  let slices: [TensorSliceProto]
  /// The tensor, where the entry stands under its name.
  private let name: String?
  /// Where the entry stands, for problems.
  let place: Cursor

  /// Reads an entry and checks what can be checked without another one.
  init(_ entry: SortedTable.Entry, named name: String? = nil, in header: BundleHeader) throws {
    self.name = name
    place = Cursor(entry.value)
    let message = try BundleEntryProto(decoding: entry.value, limit: Limits.messageBytes, object: name)
    dataType = DataType(rawValue: Int(message.dtype))
    shard = Int(message.shardID)
    offset = Int(message.offset)
    byteCount = Int(message.size)
    checksum = message.crc32C
    slices = message.slices
    shape = try Self.shape(message.shape, of: name, at: place)
    try check(in: header)
  }

  /// The bytes of the shard that the entry takes.
  var range: Range<Int> { offset..<(offset + byteCount) }

  /// Builds the problem *damaged* at this entry.
  func damaged(found: String, expected: String) -> Problem {
    place.damaged(found: found, expected: expected, object: name)
  }

  private static func shape(_ message: TensorShapeProto, of name: String?, at place: Cursor) throws -> Shape {
    func damaged(_ found: String, _ expected: String) -> Problem {
      place.damaged(found: found, expected: expected, object: name)
    }
    guard !message.unknownRank else { throw damaged("a tensor of unknown rank", "one whose shape is known") }
    guard message.dim.count <= Limits.rank else {
      throw damaged("\(message.dim.count) extents", "at most \(Limits.rank)")
    }
    let extents = message.dim.map { Int($0.size) }
    if let negative = extents.first(where: { $0 < 0 }) {
      throw damaged("the extent \(negative)", "a number from 0")
    }
    guard let shape = Shape(extents) else {
      throw damaged("the shape \(extents), whose size overflows", "less than 2^63 elements")
    }
    return shape
  }

  private func check(in header: BundleHeader) throws {
    guard (0..<header.shardCount).contains(shard) else {
      throw damaged(found: "the shard \(shard)", expected: "one of the \(header.shardCount), counted from 0")
    }
    guard offset >= 0, byteCount >= 0, offset <= Int.max - byteCount else {
      throw damaged(found: "\(byteCount) bytes at byte \(offset)", expected: "a range inside a file")
    }
    guard slices.count <= Limits.slices else {
      throw Problem(
        .refused, file: place.view.file, object: name, byte: place.filePosition,
        found: "\(slices.count) slices", expected: "at most \(Limits.slices)")
    }
    guard dataType != .none else { throw damaged(found: "no type of elements", expected: "one") }
    guard let elementType = dataType.elementType else { return }
    guard let demanded = shape.byteCount(of: elementType) else {
      throw damaged(found: "the shape \(shape.dimensions), whose size overflows", expected: "less than 2^63 bytes")
    }
    guard !slices.isEmpty || demanded == byteCount else {
      throw damaged(found: "\(byteCount) bytes", expected: "\(demanded) for \(elementType) \(shape)")
    }
  }
}
