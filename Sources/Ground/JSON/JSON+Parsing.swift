import Bytes

extension JSON {
  /// What a document may cost at most.
  public struct Limits: Sendable {
    /// How deep arrays and objects may nest.
    public var depth: Int

    /// Sets limits; the default depth is far beyond any configuration or header.
    public init(depth: Int = 64) { self.depth = depth }
  }

  /// Parses one JSON text, which must fill the view; white space around it is allowed.
  ///
  /// Stricter than RFC 8259 where that leaves room for two readings: a member's name may not repeat.
  ///
  /// - Throws: `Problem` of kind *damaged* with the byte at which the text stops being JSON.
  public init(parsing view: ByteView, limits: Limits = Limits()) throws {
    self = try view.withUnsafeBytes { bytes in
      var parser = Parser(bytes: bytes, view: view, limits: limits)
      return try parser.document()
    }
  }

  /// Parses one JSON object that fills the view, handing over its members one by one instead of keeping them.
  ///
  /// - Parameter body: Takes a member, and the position of its name in bytes from the start of the file.
  /// - Throws: `Problem` of kind *damaged* with the byte at which the text stops being a JSON object; what `body` throws.
  public static func forEachMember(
    parsing view: ByteView, limits: Limits = Limits(), _ body: (Member, _ position: Int) throws -> Void
  ) throws {
    try view.withUnsafeBytes { bytes in
      var parser = Parser(bytes: bytes, view: view, limits: limits)
      try parser.object(body)
    }
  }

  /// Parses JSON text in memory.
  public init(parsing text: String, file: String = "memory") throws {
    try self.init(parsing: ByteView(Array(text.utf8), file: file))
  }
}

private struct Parser {
  let bytes: UnsafeRawBufferPointer
  let view: ByteView
  let limits: JSON.Limits
  var position = 0
  var depth = 0

  mutating func document() throws -> JSON {
    skipSpace()
    let value = try value()
    try end()
    return value
  }

  mutating func object(_ body: (JSON.Member, Int) throws -> Void) throws {
    skipSpace()
    guard peek == UInt8(ascii: "{") else { throw unexpected("a JSON object") }
    depth += 1
    try members(body)
    try end()
  }

  private mutating func end() throws {
    skipSpace()
    guard position == bytes.count else { throw unexpected("the end of the JSON text") }
  }

  private mutating func value() throws -> JSON {
    switch peek {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func nested(_ body: (inout Parser) throws -> JSON) throws -> JSON {
    depth += 1
    defer { depth -= 1 }
    guard depth <= limits.depth else { throw damaged("nesting deeper than \(limits.depth)") }
    return try body(&self)
  }

  private mutating func object() throws -> JSON {
    var members: [JSON.Member] = []
    try self.members { member, _ in members.append(member) }
    return .object(members)
  }

  private mutating func members(_ body: (JSON.Member, Int) throws -> Void) throws {
    var names: Set<Spelling> = []
    try list(closedBy: "}") { parser in
      let start = parser.position
      guard parser.peek == UInt8(ascii: "\"") else { throw parser.unexpected("a member's name") }
      let name = try parser.string()
      guard names.insert(Spelling(name)).inserted else {
        parser.position = start
        throw parser.damaged("the name \"\(name)\" a second time in one object")
      }
      parser.skipSpace()
      try parser.expect(":")
      parser.skipSpace()
      try body(JSON.Member(name, try parser.value()), parser.view.start + start)
    }
  }

  private mutating func array() throws -> JSON {
    var elements: [JSON] = []
    try list(closedBy: "]") { elements.append(try $0.value()) }
    return .array(elements)
  }

  private mutating func list(closedBy end: Unicode.Scalar, _ item: (inout Parser) throws -> Void) throws {
    position += 1
    skipSpace()
    if peek == UInt8(ascii: end) {
      position += 1
      return
    }
    while true {
      try item(&self)
      skipSpace()
      if peek == UInt8(ascii: ",") {
        position += 1
        skipSpace()
      } else {
        return try expect(end)
      }
    }
  }

  private mutating func word(_ spelling: StaticString, _ value: JSON) throws -> JSON {
    for scalar in "\(spelling)".unicodeScalars { try expect(scalar) }
    return value
  }

  private mutating func number() throws -> String {
    let start = position
    skip("-")
    if peek == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits(else: "a JSON value")
    }
    if skip(".") { try digits(else: "a digit") }
    if skip("e") || skip("E") {
      if !skip("+") { skip("-") }
      try digits(else: "a digit")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits(else expected: String) throws {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw unexpected(expected) }
  }

  private mutating func string() throws -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while true {
      let run = position
      while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
      text += bytes[run..<position]
      switch peek {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          position = start
          throw damaged("a string that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        position += 1
        text += UTF8.encode(try escape()).map { Array($0) } ?? []
      default:
        throw unexpected("a string's closing quotation mark")
      }
    }
  }

  private mutating func escape() throws -> Unicode.Scalar {
    let letter = peek
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let start = position
      let unit = try hexadecimal()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      if (0xD800..<0xDC00).contains(unit), skip("\\"), skip("u") {
        let low = try hexadecimal()
        if (0xDC00..<0xE000).contains(low) { return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))! }
      }
      position = start
      throw damaged("a surrogate without its partner")
    default:
      position -= 1
      throw unexpected("one of \"\\/bfnrtu after a backslash")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw unexpected("four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  @discardableResult
  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws {
    guard skip(scalar) else { throw unexpected("\"\(scalar)\"") }
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private func unexpected(_ expected: String) -> Problem {
    guard let byte = peek else { return damaged("the end of the text", expected: expected) }
    let found =
      (0x20..<0x7F).contains(byte) ? "\"\(Unicode.Scalar(byte))\"" : "the byte 0x\(String(byte, radix: 16))"
    return damaged(found, expected: expected)
  }

  private func damaged(_ found: String, expected: String? = nil) -> Problem {
    Problem(.damaged, file: view.file, byte: view.start + position, found: found, expected: expected)
  }
}
