extension JSON {
  /// The value as compact JSON: no white space, members in their order, only what must be escaped escaped.
  ///
  /// The same value always gives the same text.
  public var compact: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// The value as JSON for a person: two spaces of indentation, one member or element a line.
  public var indented: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let spelling): text += spelling
    case .string(let string): JSON.quote(string, to: &text)
    case .array(let elements):
      JSON.writeList(elements, brackets: ("[", "]"), to: &text, indent: indent) { element, text, indent in
        element.write(to: &text, indent: indent)
      }
    case .object(let members):
      JSON.writeList(members, brackets: ("{", "}"), to: &text, indent: indent) { member, text, indent in
        JSON.quote(member.name, to: &text)
        text += indent == nil ? ":" : ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func writeList<Item>(
    _ items: [Item], brackets: (String, String), to text: inout String, indent: Int?,
    write: (Item, inout String, Int?) -> Void
  ) {
    let inner = indent.map { $0 + 1 }
    func newLine(_ level: Int?) { if let level { text += "\n" + String(repeating: "  ", count: level) } }
    text += brackets.0
    for (index, item) in items.enumerated() {
      if index > 0 { text += "," }
      newLine(inner)
      write(item, &text, inner)
    }
    if !items.isEmpty { newLine(indent) }
    text += brackets.1
  }

  private static func quote(_ string: String, to text: inout String) {
    guard hasEscapes(string) else {
      text += "\""
      text += string
      text += "\""
      return
    }
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// Whether some of a string must be escaped: a quotation mark, a backslash or a control character.
  private static func hasEscapes(_ string: String) -> Bool {
    var string = string
    return string.withUTF8 { bytes in
      var place = 0
      while place < bytes.count {
        let byte = bytes[place]
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
        place += 1
      }
      return false
    }
  }
}
