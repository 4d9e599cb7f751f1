/// Expands a stream of Marc Lehmann's LibLZF, h5py's filter 32000; nil when it is broken or longer than the limit.
///
/// A control byte below 32 announces that many literals and one more; any other is a copy: 3 bits of length (7: a byte
/// more follows) and 13 bits of distance.
func lzfExpanded(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
  var output: [UInt8] = []
  output.reserveCapacity(limit)
  var position = 0
  func next() -> Int? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return Int(bytes[position])
  }
  while let control = next() {
    if control < 32 {
      let end = position + control + 1
      guard end <= bytes.count, output.count + control < limit else { return nil }
      output.append(contentsOf: bytes[position..<end])
      position = end
    } else {
      var length = control >> 5
      if length == 7 {
        guard let more = next() else { return nil }
        length += more
      }
      guard let low = next() else { return nil }
      let source = output.count - ((control & 0x1F) << 8) - low - 1
      guard source >= 0, output.count + length + 2 <= limit else { return nil }
      for index in source..<(source + length + 2) { output.append(output[index]) }  // the copy may overlap itself
    }
  }
  return output
}
