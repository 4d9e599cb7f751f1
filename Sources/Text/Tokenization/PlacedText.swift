/// The scalars of a text, each with the byte of the text at which it begins, or the scalar it was made of.
struct PlacedText {
  private(set) var scalars: [Unicode.Scalar] = []
  private(set) var origins: [Int] = []

  /// Reads UTF-8; bytes that are none become U+FFFD.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    reserve(text.count)
    var position = 0
    while position < text.count {
      let (scalar, length) = PlacedText.scalar(of: text, at: position)
      append(scalar, from: position)
      position += length
    }
  }

  /// The text in lower case without accents; see ``Lowercasing``.
  func lowered() -> PlacedText {
    var parts: [Unicode.Scalar] = []
    var result = PlacedText()
    result.reserve(scalars.count)
    Lowercasing.forEachLowercase(of: scalars) { index, scalar in
      if scalar.value < 0xC0 { return result.append(scalar, from: origins[index]) }
      parts.removeAll(keepingCapacity: true)
      CanonicalDecomposition.append(scalar, to: &parts)
      for part in parts { result.append(part, from: origins[index]) }
    }
    CanonicalDecomposition.order(&result.scalars, &result.origins)
    result.dropNonspacingMarks()
    return result
  }

  private init() {}

  private mutating func reserve(_ count: Int) {
    scalars.reserveCapacity(count)
    origins.reserveCapacity(count)
  }

  private mutating func append(_ scalar: Unicode.Scalar, from origin: Int) {
    scalars.append(scalar)
    origins.append(origin)
  }

  private mutating func dropNonspacingMarks() {
    var count = 0
    for index in scalars.indices where !Lowercasing.isNonspacingMark(scalars[index]) {
      scalars[count] = scalars[index]
      origins[count] = origins[index]
      count += 1
    }
    scalars.removeSubrange(count...)
    origins.removeSubrange(count...)
  }

  /// The scalar at a place of UTF-8 and its length; a byte that begins none is U+FFFD and has the length 1.
  @inline(__always)
  static func scalar(of text: UnsafeBufferPointer<UInt8>, at position: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let first = text[position]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard (0xC2...0xF4).contains(first), text.count - position >= length else { return ("\u{FFFD}", 1) }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for offset in 1..<length {
      let byte = text[position + offset]
      guard byte & 0xC0 == 0x80 else { return ("\u{FFFD}", 1) }
      value = value << 6 | UInt32(byte & 0x3F)
    }
    // Neither an overlong form nor a surrogate nor anything above U+10FFFF.
    guard value >= (length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000), let scalar = Unicode.Scalar(value) else {
      return ("\u{FFFD}", 1)
    }
    return (scalar, length)
  }
}
