/// Computes the checksum of filter 3: Fletcher's over big-endian 16-bit words, reduced as HDF5 does it.
///
/// Source: `H5_checksum_fletcher32` of libhdf5. A last odd byte counts as the upper half of a word.
func fletcher32(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  func fold(_ sum: UInt32) -> UInt32 { (sum & 0xFFFF) + (sum >> 16) }
  var low: UInt32 = 0
  var high: UInt32 = 0
  var offset = 0
  let even = bytes.count & ~1
  while offset < even {
    let end = min(even, offset + 2 * 360)  // as many words as cannot overflow 32 bits
    while offset < end {
      low &+= UInt32(bytes[offset]) << 8 | UInt32(bytes[offset + 1])
      high &+= low
      offset += 2
    }
    low = fold(low)
    high = fold(high)
  }
  if even < bytes.count {
    low &+= UInt32(bytes[even]) << 8
    high &+= low
    low = fold(low)
    high = fold(high)
  }
  return fold(high) << 16 | fold(low)
}
