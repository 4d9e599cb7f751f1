import Bytes

/// The variable-length strings of attributes.
///
/// HDF5 File Format Specification 3.0, III.E. "Disk Format: Level 1E - Global Heap".
struct GlobalHeap {
  private let space: AddressSpace
  private var collections: [UInt64: [UInt16: Range<Int>]] = [:]
  /// Collections never overlap, so that reading all of them reads no more than the file.
  private var bytesLeft: Int

  init(_ space: AddressSpace) {
    self.space = space
    bytesLeft = space.count
  }

  /// Finds an object of a collection.
  mutating func object(_ index: UInt32, ofCollectionAt address: UInt64) throws -> Range<Int> {
    let objects: [UInt16: Range<Int>]
    if let known = collections[address] {
      objects = known
    } else {
      objects = try readCollection(at: address)
      collections[address] = objects
    }
    guard let key = UInt16(exactly: index), let object = objects[key] else {
      throw space.problem(
        at: Int(exactly: address), found: "no object \(index) in a global heap collection",
        expected: "one of its \(objects.count) objects")
    }
    return object
  }

  private mutating func readCollection(at address: UInt64) throws -> [UInt16: Range<Int>] {
    var cursor = try space.cursor(at: address, of: "a global heap collection")
    let start = cursor
    try cursor.signature("GCOL", of: "a global heap collection")
    _ = try cursor.version(1...1, of: "a global heap collection")
    try cursor.skip(3, "the padding of a global heap collection")
    let size = try cursor.u64("the size of a global heap collection")
    let headerSize = 16
    guard let count = Int(exactly: size), count >= headerSize, count <= bytesLeft else {
      throw start.damaged(
        found: "a global heap collection of \(size) bytes", expected: "\(headerSize) to \(bytesLeft) bytes")
    }
    bytesLeft -= count
    var body = Cursor(try cursor.bytes(count - headerSize, "a global heap collection"))
    var objects: [UInt16: Range<Int>] = [:]
    while body.remaining >= 16 {
      let place = body
      let index = try body.u16("the index of a heap object")
      if index == 0 { break }  // the free space, which is always the last
      try body.skip(6, "the reference count of a heap object")
      let length = try body.u64("the size of a heap object")
      let bytes = try body.bytes(Int(clamping: length), "a heap object")
      let lower = bytes.start - space.bytes.start
      guard objects.updateValue(lower..<(lower + bytes.count), forKey: index) == nil else {
        throw place.damaged(found: "a second object \(index) in a global heap collection")
      }
      try body.skip(min(body.remaining, -bytes.count & 7), "the padding of a heap object")
    }
    return objects
  }
}
