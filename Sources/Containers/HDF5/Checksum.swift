/// Hashes bytes with Bob Jenkins' lookup3 (`hashlittle` with the initial value 0).
///
/// HDF5 stores it as the checksum of version 2 metadata; its value is the same on every machine.
/// Source: lookup3.c, May 2006, public domain.
func lookup3(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
  func word(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }
  /// The bytes from an offset on, as a word filled up with zeros.
  func lastWord(_ offset: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<max(0, min(4, bytes.count - offset)) {
      value |= UInt32(bytes[offset + index]) << UInt32(8 * index)
    }
    return value
  }

  var a = 0xdead_beef &+ UInt32(truncatingIfNeeded: bytes.count)
  var b = a
  var c = a
  guard !bytes.isEmpty else { return c }
  var offset = 0
  while bytes.count - offset > 12 {
    a &+= word(offset)
    b &+= word(offset + 4)
    c &+= word(offset + 8)
    a = (a &- c) ^ rotate(c, 4)
    c &+= b
    b = (b &- a) ^ rotate(a, 6)
    a &+= c
    c = (c &- b) ^ rotate(b, 8)
    b &+= a
    a = (a &- c) ^ rotate(c, 16)
    c &+= b
    b = (b &- a) ^ rotate(a, 19)
    a &+= c
    c = (c &- b) ^ rotate(b, 4)
    b &+= a
    offset += 12
  }
  a &+= lastWord(offset)
  b &+= lastWord(offset + 4)
  c &+= lastWord(offset + 8)
  c = (c ^ b) &- rotate(b, 14)
  a = (a ^ c) &- rotate(c, 11)
  b = (b ^ a) &- rotate(a, 25)
  c = (c ^ b) &- rotate(b, 16)
  a = (a ^ c) &- rotate(c, 4)
  b = (b ^ a) &- rotate(a, 14)
  c = (c ^ b) &- rotate(b, 24)
  return c
}
