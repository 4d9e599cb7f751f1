import Bytes

/// The names of an old-style group.
///
/// HDF5 File Format Specification 3.0, III.D. "Disk Format: Level 1D - Local Heaps".
struct LocalHeap {
  let space: AddressSpace
  private let data: Range<Int>

  init(_ space: AddressSpace, at address: UInt64) throws {
    self.space = space
    var cursor = try space.cursor(at: address, of: "a local heap")
    try cursor.signature("HEAP", of: "a local heap")
    _ = try cursor.version(0...0, of: "a local heap")
    try cursor.skip(3, "the padding of a local heap")
    let size = try cursor.u64("the size of a local heap")
    _ = try cursor.u64("the free list of a local heap")
    let segment = try cursor.u64("the address of a local heap's data")
    let view = try space.slice(at: segment, count: size, of: "the data of a local heap")
    data = (view.start - space.bytes.start)..<(view.start - space.bytes.start + view.count)
  }

  /// Finds the NUL-terminated string at an offset; the terminator is left out.
  func string(at offset: UInt64) throws -> Range<Int> {
    guard let offset = Int(exactly: offset), offset < data.count else {
      throw space.problem(
        at: data.lowerBound, found: "the name offset \(offset) in a local heap",
        expected: "an offset below its \(data.count) bytes")
    }
    let start = data.lowerBound + offset
    let window = start..<min(data.upperBound, start + Limits.nameBytes + 1)
    let end = space.bytes.withUnsafeBytes { $0[window].firstIndex(of: 0) }
    guard let end else {
      throw space.problem(
        at: start, found: "a name that does not end within \(window.count) bytes of the local heap",
        expected: "a name of at most \(Limits.nameBytes) bytes with a NUL behind it")
    }
    return start..<end
  }
}
