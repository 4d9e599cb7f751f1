/// A text as UTF-8 without fault: of bytes that are not UTF-8, each has become U+FFFD, and it is known where each byte comes from.
///
/// transformers takes no such texts. SentencePiece does, in this way.
struct WellFormedText {
  /// The text; nil where it was well-formed as it came.
  private(set) var repaired: [UInt8]?
  /// For each byte of the repaired text, and for its end, the place in the text before.
  private var origins: [Int] = []

  init(_ text: UnsafeBufferPointer<UInt8>) {
    var position = UTF8Scan.endOfASCII(in: text, from: 0)
    while position < text.count, let length = UTF8Scan.length(in: text, at: position) {
      position = UTF8Scan.endOfASCII(in: text, from: position + length)
    }
    guard position < text.count else { return }
    var bytes = Array(text[..<position])
    origins = Array(0..<position)
    while position < text.count {
      if let length = UTF8Scan.length(in: text, at: position) {
        bytes += text[position..<position + length]
        origins += position..<position + length
        position += length
      } else {
        bytes += [0xEF, 0xBF, 0xBD]
        origins += repeatElement(position, count: 3)
        position += 1
      }
    }
    origins.append(text.count)
    repaired = bytes
  }

  /// The place in the text before of a range in the repaired one.
  func origin(of range: Range<Int>) -> Range<Int> {
    repaired == nil ? range : origins[range.lowerBound]..<origins[range.upperBound]
  }
}

/// Steps through bytes as UTF-8.
enum UTF8Scan {
  /// The first place from `start` on whose byte is no ASCII.
  static func endOfASCII(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var position = start
    while position < text.count, text[position] < 0x80 { position += 1 }
    return position
  }

  /// The length of the well-formed scalar at a place; nil where there is none (Unicode 16.0, table 3-7).
  @inline(__always)
  static func length(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
    let first = text[position]
    if first < 0x80 { return 1 }
    let (length, low, high): (Int, UInt8, UInt8) =
      switch first {
      case 0xC2...0xDF: (2, 0x80, 0xBF)
      case 0xE0: (3, 0xA0, 0xBF)
      case 0xED: (3, 0x80, 0x9F)
      case 0xE1...0xEF: (3, 0x80, 0xBF)
      case 0xF0: (4, 0x90, 0xBF)
      case 0xF1...0xF3: (4, 0x80, 0xBF)
      case 0xF4: (4, 0x80, 0x8F)
      default: (0, 0, 0)
      }
    guard length > 0, text.count - position >= length, (low...high).contains(text[position + 1]) else { return nil }
    for place in position + 2..<max(position + 2, position + length) where text[place] & 0xC0 != 0x80 { return nil }
    return length
  }

  /// The scalar at a place of well-formed text, and its length.
  @inline(__always)
  static func scalar(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> (value: UInt32, length: Int) {
    let first = UInt32(text[position])
    @inline(__always) func tail(_ offset: Int) -> UInt32 { UInt32(text[position + offset]) & 0x3F }
    if first < 0x80 { return (first, 1) }
    if first < 0xE0 { return ((first & 0x1F) << 6 | tail(1), 2) }
    if first < 0xF0 { return ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3) }
    return ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
  }

  /// The scalar that ends before a place of well-formed text.
  static func scalar(in text: UnsafeBufferPointer<UInt8>, endingAt end: Int) -> (value: UInt32, length: Int) {
    var start = end - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(in: text, at: start)
  }

  /// Appends a scalar in UTF-8.
  @inline(__always)
  static func append(_ value: UInt32, to bytes: inout [UInt8]) {
    if value < 0x80 {
      bytes.append(UInt8(value))
    } else if value < 0x800 {
      bytes.append(UInt8(0xC0 | value >> 6))
      bytes.append(UInt8(0x80 | value & 0x3F))
    } else if value < 0x10000 {
      bytes.append(UInt8(0xE0 | value >> 12))
      bytes.append(UInt8(0x80 | value >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | value & 0x3F))
    } else {
      bytes.append(UInt8(0xF0 | value >> 18))
      bytes.append(UInt8(0x80 | value >> 12 & 0x3F))
      bytes.append(UInt8(0x80 | value >> 6 & 0x3F))
      bytes.append(UInt8(0x80 | value & 0x3F))
    }
  }
}
