/// A Python literal of the kinds that a `.npy` header can hold.
///
/// NumPy writes the header with `repr` and reads it with `ast.literal_eval` (numpy/lib/format.py); nothing here evaluates
/// anything.
enum PythonLiteral: Equatable {
  case none
  case boolean(Bool)
  case integer(Int)
  case string(String)
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  case dictionary([Item])

  struct Item: Equatable {
    let key: PythonLiteral
    let value: PythonLiteral
  }

  /// What is wrong with a literal, and at which scalar of the text.
  struct SyntaxError: Error, Equatable {
    let offset: Int
    let found: String
    let expected: String
  }

  /// Reads a text that is one literal and nothing else but white space around it.
  ///
  /// - Throws: ``SyntaxError``, also when the nesting is deeper than a header can need.
  init(parsing text: [Unicode.Scalar]) throws(SyntaxError) {
    var parser = Parser(text: text)
    self = try parser.literal(depth: 0)
    parser.skipSpace()
    guard parser.next == nil else { throw parser.error("the end of the header") }
  }

  /// The kind of literal, for messages.
  var noun: String {
    switch self {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .integer(let value): "the number \(value)"
    case .string(let text): "the text '\(text)'"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    }
  }
}

/// One pass over the text of a literal.
private struct Parser {
  let text: [Unicode.Scalar]
  var position = 0

  // A structured type inside a structured type needs six; anything deeper is no header.
  private let deepest = 16

  init(text: [Unicode.Scalar]) {
    self.text = text
  }

  var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

  func error(_ expected: String) -> PythonLiteral.SyntaxError {
    .init(offset: position, found: next.map { "the character '\($0)'" } ?? "the end of the header", expected: expected)
  }

  mutating func skipSpace() {
    while let scalar = next, " \t\n\r\u{C}".unicodeScalars.contains(scalar) { position += 1 }
  }

  mutating func literal(depth: Int) throws(PythonLiteral.SyntaxError) -> PythonLiteral {
    guard depth < deepest else { throw error("at most \(deepest) levels of brackets") }
    skipSpace()
    switch next {
    case "{": return .dictionary(try dictionary(depth: depth))
    case "[": return .list(try elements(closing: "]", depth: depth).values)
    case "(":
      let (values, endsWithComma) = try elements(closing: ")", depth: depth)
      // Brackets around one literal without a comma are only brackets.
      return values.count == 1 && !endsWithComma ? values[0] : .tuple(values)
    case "'", "\"": return .string(try string())
    case let scalar? where scalar == "-" || isDigit(scalar): return .integer(try integer())
    default: return try word()
    }
  }

  private mutating func elements(
    closing: Unicode.Scalar, depth: Int
  ) throws(PythonLiteral.SyntaxError) -> (values: [PythonLiteral], endsWithComma: Bool) {
    var values: [PythonLiteral] = []
    var endsWithComma = false
    position += 1
    skipSpace()
    while next != closing {
      guard values.isEmpty || endsWithComma else { throw error("a comma or '\(closing)'") }
      values.append(try literal(depth: depth + 1))
      endsWithComma = takeComma()
    }
    position += 1
    return (values, endsWithComma)
  }

  private mutating func dictionary(depth: Int) throws(PythonLiteral.SyntaxError) -> [PythonLiteral.Item] {
    var items: [PythonLiteral.Item] = []
    var endsWithComma = true
    position += 1
    skipSpace()
    while next != "}" {
      guard endsWithComma else { throw error("a comma or '}'") }
      let key = try literal(depth: depth + 1)
      skipSpace()
      guard next == ":" else { throw error("a colon") }
      position += 1
      items.append(.init(key: key, value: try literal(depth: depth + 1)))
      endsWithComma = takeComma()
    }
    position += 1
    return items
  }

  private mutating func takeComma() -> Bool {
    skipSpace()
    guard next == "," else { return false }
    position += 1
    skipSpace()
    return true
  }

  private mutating func string() throws(PythonLiteral.SyntaxError) -> String {
    let quote = text[position]
    var result = String.UnicodeScalarView()
    position += 1
    while let scalar = next, scalar != quote {
      guard scalar != "\n" else { throw error("the end of the text before the line ends") }
      position += 1
      result.append(scalar == "\\" ? try escape() : scalar)
    }
    guard next == quote else { throw error("the quote that ends the text") }
    position += 1
    return String(result)
  }

  /// Takes what follows a backslash: the escapes that `repr` writes.
  private mutating func escape() throws(PythonLiteral.SyntaxError) -> Unicode.Scalar {
    guard let letter = next else { throw error("an escaped character") }
    let digits: Int
    switch letter {
    case "\\", "'", "\"": digits = 0
    case "n", "r", "t":
      position += 1
      return letter == "n" ? "\n" : letter == "r" ? "\r" : "\t"
    case "x": digits = 2
    case "u": digits = 4
    case "U": digits = 8
    default: throw error("an escape that NumPy writes")
    }
    position += 1
    guard digits > 0 else { return letter }
    let end = min(position + digits, text.count)
    let spelling = String(String.UnicodeScalarView(text[position..<end]))
    guard spelling.utf8.count == digits, spelling.first != "-", spelling.first != "+",
      let value = UInt32(spelling, radix: 16), let scalar = Unicode.Scalar(value)
    else { throw error("\(digits) hexadecimal digits of a character") }
    position = end
    return scalar
  }

  /// Takes a decimal number, with the `L` that Python 2 put behind a long one.
  private mutating func integer() throws(PythonLiteral.SyntaxError) -> Int {
    let start = position
    if next == "-" { position += 1 }
    while let scalar = next, isDigit(scalar) { position += 1 }
    let spelling = String(String.UnicodeScalarView(text[start..<position]))
    guard let value = Int(spelling) else {
      position = start
      throw error("a whole number of at most 63 bits")
    }
    if next == "L" { position += 1 }
    return value
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar >= "0" && scalar <= "9" }

  private mutating func word() throws(PythonLiteral.SyntaxError) -> PythonLiteral {
    let start = position
    while let scalar = next, scalar.properties.isAlphabetic { position += 1 }
    switch String(String.UnicodeScalarView(text[start..<position])) {
    case "True": return .boolean(true)
    case "False": return .boolean(false)
    case "None": return .none
    default:
      position = start
      throw error("a Python literal")
    }
  }
}
