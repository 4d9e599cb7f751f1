import Bytes

/// Expands a block compressed by Snappy (`format_description.txt` of google/snappy), within bounds.
enum Snappy {
  /// The most that a byte can stand for: a copy of 64 bytes takes 3.
  private static let expansion = 22

  /// Expands `stored`, whose problems bear its name and positions; what comes out is called `file`.
  ///
  /// - Throws: `Problem` of kind *damaged* when it is no Snappy stream of exactly the length that it declares, *refused*
  ///   when that is more than `limit`.
  static func expanded(_ stored: ByteView, limit: Int, file: String) throws -> ByteView {
    var input = Cursor(stored)
    let start = input
    let count = try input.size("the length of the expanded block")
    guard count <= stored.count * expansion else {
      throw start.damaged(
        found: "\(stored.count) bytes that declare to expand to \(count)",
        expected: "at most \(expansion) times as many")
    }
    guard count <= limit else {
      throw Problem(
        .refused, file: stored.file, byte: stored.start, found: "a block that expands to \(count) bytes",
        expected: "at most \(limit)")
    }
    return try ByteView(count: count, file: file) { output in
      var filled = 0
      while input.remaining > 0 { filled += try step(&input, output, filled) }
      guard filled == count else {
        throw input.damaged(found: "a block that expands to \(filled) bytes", expected: "the \(count) that it declares")
      }
    }
  }

  /// Follows one element and returns how many bytes it gave.
  private static func step(
    _ input: inout Cursor, _ output: UnsafeMutableRawBufferPointer, _ filled: Int
  ) throws -> Int {
    let place = input
    let tag = Int(try input.u8("the tag of an element"))
    var length = tag >> 2 + 1
    func check(_ length: Int) throws {
      guard length <= output.count - filled else {
        throw place.damaged(
          found: "an element of \(length) bytes after \(filled)", expected: "the block to end at \(output.count)")
      }
    }
    let distance: Int
    switch tag & 3 {
    case 0:
      if length > 60 { length = try literalLength(&input, ofBytes: length - 60) }
      try check(length)
      let literal = try input.bytes(length, "a literal")
      literal.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: output[filled...]).copyMemory(from: $0) }
      return length
    case 1:
      length = tag >> 2 & 7 + 4
      distance = (tag >> 5) << 8 | Int(try input.u8("the distance of a copy"))
    case 2: distance = Int(try input.u16("the distance of a copy"))
    default: distance = Int(try input.u32("the distance of a copy"))
    }
    guard distance > 0, distance <= filled else {
      throw place.damaged(found: "a copy from \(distance) bytes back", expected: "from one of the \(filled) before it")
    }
    try check(length)
    // A copy may overlap itself: byte after byte.
    for index in filled..<(filled + length) { output[index] = output[index - distance] }
    return length
  }

  /// Takes the length of a long literal, less one, of 1 to 4 bytes.
  private static func literalLength(_ input: inout Cursor, ofBytes count: Int) throws -> Int {
    var length = 0
    for index in 0..<count { length |= Int(try input.u8("the length of a literal")) << (8 * index) }
    return length + 1
  }
}
