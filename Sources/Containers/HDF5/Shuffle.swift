/// Puts the bytes of elements together again that were stored by significance.
///
/// Filter 2 stores all first bytes, then all second bytes and so on. What is left over behind the last whole element was stored as it is.
func unshuffle(_ bytes: [UInt8], elementSize: Int) -> [UInt8] {
  guard elementSize > 1, bytes.count >= elementSize else { return bytes }
  let count = bytes.count / elementSize
  return [UInt8](unsafeUninitializedCapacity: bytes.count) { result, initialized in
    bytes.withUnsafeBufferPointer { bytes in
      for plane in 0..<elementSize {
        var target = plane
        for index in (plane * count)..<(plane * count + count) {
          result[target] = bytes[index]
          target += elementSize
        }
      }
      for index in (elementSize * count)..<bytes.count { result[index] = bytes[index] }
    }
    initialized = bytes.count
  }
}

/// Reverses each unit of `unit` bytes; the count of the bytes is a multiple of it.
func swapBytes(of bytes: UnsafeMutableRawBufferPointer, unit: Int) {
  func swap<Unit: FixedWidthInteger>(_ type: Unit.Type) {
    for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Unit>.size) {
      let value = bytes.loadUnaligned(fromByteOffset: offset, as: Unit.self)
      bytes.storeBytes(of: value.byteSwapped, toByteOffset: offset, as: Unit.self)
    }
  }
  switch unit {
  case 2: swap(UInt16.self)
  case 4: swap(UInt32.self)
  case 8: swap(UInt64.self)
  default: break
  }
}
