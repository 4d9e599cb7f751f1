/// A text on its way through normalizers: its scalars, and the bytes of the original text that each was made of.
struct NormalizedText {
  private(set) var scalars: [UInt32] = []
  /// For each scalar its range in the original text, empty for what was added; without elements where places are not wanted.
  private(set) var origins: [Range<Int>] = []
  /// Whether places are kept.
  let isPlaced: Bool

  /// Begins an empty text.
  init(isPlaced: Bool) { self.isPlaced = isPlaced }

  /// Reads well-formed UTF-8 that stands at a place of the original text.
  init(_ text: UnsafeBufferPointer<UInt8>, at start: Int, isPlaced: Bool) {
    self.isPlaced = isPlaced
    scalars.reserveCapacity(text.count)
    var position = 0
    while position < text.count {
      let (scalar, length) = UTF8Scan.scalar(in: text, at: position)
      append(scalar, from: start + position..<start + position + length)
      position += length
    }
  }

  /// Reads a text that has places.
  init(_ text: PlacedBytes) {
    isPlaced = true
    scalars.reserveCapacity(text.bytes.count)
    text.bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      while position < bytes.count {
        let (scalar, length) = UTF8Scan.scalar(in: bytes, at: position)
        append(scalar, from: text.origin(of: position..<position + length))
        position += length
      }
    }
  }

  @inline(__always)
  mutating func append(_ scalar: UInt32, from origin: @autoclosure () -> Range<Int>) {
    scalars.append(scalar)
    if isPlaced { origins.append(origin()) }
  }

  /// Where the scalar at an index was in the original text; an empty range there for what is added before it.
  @inline(__always)
  func origin(of index: Int) -> Range<Int> { isPlaced ? origins[index] : 0..<0 }

  /// The empty range before the scalar at an index, or behind the last.
  func seam(before index: Int) -> Range<Int> {
    guard isPlaced, !origins.isEmpty else { return 0..<0 }
    let place = index < origins.count ? origins[index].lowerBound : origins[origins.count - 1].upperBound
    return place..<place
  }

  /// Lets the first scalar begin at a place before its own.
  mutating func beginFirst(at place: Int) {
    if let first = origins.first { origins[0] = min(place, first.lowerBound)..<first.upperBound }
  }

  /// The text made of each scalar by `body`, which appends what it becomes.
  func mapped(_ body: (_ index: Int, _ scalar: UInt32, _ result: inout NormalizedText) -> Void) -> NormalizedText {
    var result = NormalizedText(isPlaced: isPlaced)
    result.scalars.reserveCapacity(scalars.count)
    for (index, scalar) in scalars.enumerated() { body(index, scalar, &result) }
    return result
  }

  /// Drops scalars.
  func filtered(_ isKept: (UInt32) -> Bool) -> NormalizedText {
    mapped { index, scalar, result in
      if isKept(scalar) { result.append(scalar, from: origin(of: index)) }
    }
  }

  /// Takes a range of the scalars.
  func slice(_ range: Range<Int>) -> NormalizedText {
    var result = NormalizedText(isPlaced: isPlaced)
    result.scalars = Array(scalars[range])
    if isPlaced { result.origins = Array(origins[range]) }
    return result
  }

  /// Normalizes the text; a scalar that two were composed to comes from both.
  mutating func normalize(_ form: Normalization) {
    form.normalize(&scalars, &origins) {
      min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
    }
  }
}

/// A text as models take it: its bytes in UTF-8, and the bytes of the original text that each was made of.
struct PlacedBytes {
  var bytes: [UInt8] = []
  /// For each byte its range in the original text; without elements where places are not wanted.
  var origins: [Range<Int>] = []

  init() {}

  /// Writes a normalized text.
  init(_ text: NormalizedText) {
    bytes.reserveCapacity(text.scalars.count)
    for (index, scalar) in text.scalars.enumerated() {
      UTF8Scan.append(scalar, to: &bytes)
      while text.isPlaced, origins.count < bytes.count { origins.append(text.origins[index]) }
    }
  }

  /// Takes a text as it is.
  init(_ text: UnsafeBufferPointer<UInt8>, at start: Int, isPlaced: Bool) {
    bytes = Array(text)
    if isPlaced { origins = text.indices.map { start + $0..<start + $0 + 1 } }
  }

  /// Takes a range of a text.
  func slice(_ range: Range<Int>) -> PlacedBytes {
    if range == bytes.indices { return self }
    var result = PlacedBytes()
    result.bytes = Array(bytes[range])
    if !origins.isEmpty { result.origins = Array(origins[range]) }
    return result
  }

  /// Appends bytes that all have one place.
  mutating func append(_ bytes: some Collection<UInt8>, from origin: Range<Int>, isPlaced: Bool) {
    self.bytes += bytes
    if isPlaced { origins += repeatElement(origin, count: bytes.count) }
  }

  /// Appends a text with its places.
  mutating func append(_ text: PlacedBytes) {
    bytes += text.bytes
    origins += text.origins
  }

  /// The place in the original text of a range of bytes; of an empty one, the empty place where it stands.
  func origin(around range: Range<Int>) -> Range<Int> {
    guard range.isEmpty, !origins.isEmpty else { return origin(of: range) }
    let place =
      range.lowerBound < origins.count ? origins[range.lowerBound].lowerBound : origins[origins.count - 1].upperBound
    return place..<place
  }

  /// The place in the original text of a range of bytes.
  func origin(of range: Range<Int>) -> Range<Int> {
    guard !origins.isEmpty, !range.isEmpty else { return 0..<0 }
    // Marks that changed places do not stand in order.
    var (lower, upper) = (origins[range.lowerBound].lowerBound, origins[range.lowerBound].upperBound)
    for place in range {
      lower = min(lower, origins[place].lowerBound)
      upper = max(upper, origins[place].upperBound)
    }
    return lower..<upper
  }
}
