import Bytes

/// An array of chunks whose number cannot grow.
///
/// HDF5 File Format Specification 3.0, VII.C. "The Fixed Array Index".
struct FixedArray {
  private let space: AddressSpace
  private let elementSize: Int
  private let pageBits: Int
  private let count: Int
  private let dataBlock: UInt64
  private let start: Cursor

  init(_ space: AddressSpace, at address: UInt64) throws {
    self.space = space
    var cursor = try space.cursor(at: address, of: "a fixed array")
    start = cursor
    try cursor.signature("FAHD", of: "a fixed array")
    _ = try cursor.version(0...0, of: "a fixed array")
    try cursor.skip(1, "the client of a fixed array")
    elementSize = Int(try cursor.u8("the element size of a fixed array"))
    pageBits = Int(try cursor.u8("the page bits of a fixed array"))
    count = Int(clamping: try cursor.u64("the number of elements of a fixed array"))
    dataBlock = try cursor.u64("the data block of a fixed array")
    try cursor.checksum(from: start.offset, of: "a fixed array")
  }

  /// Visits every element that was written, with its index.
  ///
  /// - Parameter width: The size of an element, which the array must agree with.
  func forEachElement(width: Int, visit: (Int, inout Cursor) throws -> Void) throws {
    guard elementSize == width, pageBits < 32 else {
      throw start.damaged(found: "a fixed array with elements of \(elementSize) bytes", expected: "\(width) bytes")
    }
    guard dataBlock != AddressSpace.undefined else { return }
    var cursor = try space.cursor(at: dataBlock, of: "the data block of a fixed array")
    let block = cursor.offset
    try cursor.signature("FADB", of: "the data block of a fixed array")
    _ = try cursor.version(0...0, of: "the data block of a fixed array")
    try cursor.skip(1 + 8, "the header of a fixed array's data block")
    let pageCount = 1 << pageBits
    if count <= pageCount {
      try ArrayPage.read(&cursor, checksumFrom: block, indices: 0..<count, width: width, visit: visit)
      return
    }
    let pages = (count - 1) / pageCount + 1
    let bitmap = try cursor.bytes((pages - 1) / 8 + 1, "the page bitmap of a fixed array").array()
    try cursor.checksum(from: block, of: "the data block of a fixed array")
    for page in 0..<pages {
      let indices = (page * pageCount)..<min(count, (page + 1) * pageCount)
      if bitmap.hasBit(page) {
        try ArrayPage.read(&cursor, checksumFrom: cursor.offset, indices: indices, width: width, visit: visit)
      } else {
        try cursor.skip(indices.count * width + 4, "a page of a fixed array")
      }
    }
  }
}

/// A run of elements with a checksum behind it: a page, or the rest of a block without pages.
enum ArrayPage {
  static func read(
    _ cursor: inout Cursor, checksumFrom start: Int, indices: Range<Int>, width: Int,
    visit: (Int, inout Cursor) throws -> Void
  ) throws {
    let (size, overflow) = indices.count.multipliedReportingOverflow(by: width)
    guard !overflow else { throw cursor.damaged(found: "an array of \(indices.count) elements") }
    var elements = Cursor(try cursor.bytes(size, "the elements of an array"))
    try cursor.checksum(from: start, of: "the elements of an array")
    for index in indices {
      var element = elements
      try elements.skip(width, "an element of an array")
      try visit(index, &element)
    }
  }
}

extension [UInt8] {
  /// Whether a bit is set, counted from the highest of the first byte (H5VM_bit_get of libhdf5).
  func hasBit(_ index: Int) -> Bool {
    self[index / 8] & (0x80 >> UInt8(index % 8)) != 0
  }
}
