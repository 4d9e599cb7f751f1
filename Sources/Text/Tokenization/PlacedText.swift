/// The scalars of a text, each with the byte of the text at which it begins, or the scalar it was made of.
struct PlacedText {
  private(set) var scalars: [Unicode.Scalar] = []
  private(set) var origins: [Int] = []

  /// Reads UTF-8; bytes that are none become U+FFFD.
  ///
  /// - Parameter range: The part of the text that is read; nil for all of it.
  init(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>? = nil) {
    let range = range ?? text.indices
    reserve(range.count)
    var position = range.lowerBound
    while position < range.upperBound {
      let (scalar, length) = PlacedText.scalar(of: text, at: position)
      append(scalar, from: position)
      position += length
    }
  }

  /// A text of one scalar.
  init(_ scalar: Unicode.Scalar) { append(scalar, from: 0) }

  private init() {}

  /// Puts the text into lower case.
  ///
  /// - Parameter inContext: Whether a capital sigma is lowered by whether it ends a word.
  mutating func lower(inContext: Bool) {
    var result = PlacedText()
    result.reserve(scalars.count)
    Lowercasing.forEachLowercase(of: scalars, inContext: inContext) { index, scalar in
      result.append(scalar, from: origins[index])
    }
    self = result
  }

  /// Takes scalars apart (NFD) and drops nonspacing marks.
  mutating func stripAccents(_ characters: CharacterData) {
    normalize(Normalization(edition: characters.edition, originsStay: characters.edition == .tokenizers))
    keep { !characters.isMark($0) }
  }

  /// Composes scalars (NFC); a composite keeps the origin of its first scalar.
  mutating func compose() { normalize(Normalization(composes: true, edition: .unicode14)) }

  /// Drops what vanishes without separating anything.
  mutating func clean(_ characters: CharacterData) { keep { !characters.isRemoved($0) } }

  /// Returns what `body` makes of each scalar and its origin.
  func map<Element>(_ body: (Unicode.Scalar, Int) -> Element) -> [Element] {
    zip(scalars, origins).map { body($0, $1) }
  }

  private mutating func normalize(_ form: Normalization) {
    var values = scalars.map(\.value)
    form.normalize(&values, &origins) { first, _ in first }
    scalars = values.map { Unicode.Scalar($0)! }
  }

  /// Drops the scalars that are not kept.
  private mutating func keep(_ isKept: (Unicode.Scalar) -> Bool) {
    var count = 0
    for index in scalars.indices where isKept(scalars[index]) {
      scalars[count] = scalars[index]
      origins[count] = origins[index]
      count += 1
    }
    scalars.removeSubrange(count...)
    origins.removeSubrange(count...)
  }

  private mutating func reserve(_ count: Int) {
    scalars.reserveCapacity(count)
    origins.reserveCapacity(count)
  }

  private mutating func append(_ scalar: Unicode.Scalar, from origin: Int) {
    scalars.append(scalar)
    origins.append(origin)
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
