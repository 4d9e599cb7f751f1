import Bytes

/// Where the data of a dataset lie.
///
/// HDF5 File Format Specification 3.0, IV.A.2.i. "The Data Layout Message", versions 3 to 5 (5 is
/// what HDF5 2.0 writes: as 4, with sizes of filtered chunks in 8 bytes).
enum Layout: Sendable {
  /// In the object header itself.
  case compact(ByteView)
  /// In one piece; the address is undefined when nothing was written.
  case contiguous(address: UInt64, size: UInt64)
  /// In pieces that an index finds.
  case chunked(Chunks)
  /// In datasets of other files.
  case virtual

  /// How data are cut into pieces, and how the pieces are found.
  struct Chunks: Sendable {
    /// The extents of a piece in elements.
    let extents: [Int]
    /// The size of an element in bytes.
    let elementSize: Int
    let index: ChunkIndex
    /// Whether indexes give the size of a filtered chunk 8 bytes, and not as few as do.
    let hasWideSizes: Bool
  }

  /// - Parameter rank: The rank of the dataspace, which a chunk must share.
  init(_ cursor: inout Cursor, space: AddressSpace, rank: Int) throws {
    let place = cursor
    let version = try cursor.version(3...5, of: "a data layout")
    let layoutClass = try cursor.u8("the class of a data layout")
    switch layoutClass {
    case 0:
      let size = Int(try cursor.u16("the size of compact data"))
      self = .compact(try cursor.bytes(size, "compact data"))
    case 1:
      let address = try cursor.u64("the address of contiguous data")
      self = .contiguous(address: address, size: try cursor.u64("the size of contiguous data"))
    case 2 where version == 3:
      let dimensions = Int(try cursor.u8("the rank of chunks"))
      let tree = try cursor.u64("the address of the chunk B-tree")
      let (extents, elementSize) = try Self.extents(&cursor, dimensions: dimensions, width: 4, rank: rank)
      self = .chunked(
        Chunks(extents: extents, elementSize: elementSize, index: .bTree(tree), hasWideSizes: false))
    case 2:
      let flags = try cursor.u8("the flags of a chunked layout")
      let dimensions = Int(try cursor.u8("the rank of chunks"))
      let width = Int(try cursor.u8("the width of chunk extents"))
      let (extents, elementSize) = try Self.extents(&cursor, dimensions: dimensions, width: width, rank: rank)
      let index = try ChunkIndex(&cursor, flags: flags)
      self = .chunked(
        Chunks(extents: extents, elementSize: elementSize, index: index, hasWideSizes: version == 5))
    case 3 where version >= 4: self = .virtual
    default:
      throw place.damaged(found: "a data layout of class \(layoutClass)", expected: "class 0, 1, 2 or 3")
    }
  }

  /// Takes the extents of a chunk, the last of which is the size of an element.
  private static func extents(
    _ cursor: inout Cursor, dimensions: Int, width: Int, rank: Int
  ) throws -> (extents: [Int], elementSize: Int) {
    let place = cursor
    guard dimensions == rank + 1, rank > 0 else {
      throw place.damaged(
        found: "chunks of rank \(dimensions - 1) in a dataset of rank \(rank)", expected: "the same rank, at least 1")
    }
    var extents: [Int] = []
    for _ in 0..<dimensions {
      let extent = Int(clamping: try cursor.number(width: width, "an extent of chunks"))
      guard extent > 0 else { throw place.damaged(found: "a chunk extent of 0", expected: "at least 1") }
      extents.append(extent)
    }
    let elementSize = extents.removeLast()
    return (extents, elementSize)
  }
}
