/// One line of a table, split into words, its comment apart.
struct TableLine {
  /// Counted from 1.
  let number: Int
  let isIndented: Bool
  let words: [String]
  /// The text after `#`, without it.
  let comment: String

  /// The first control character, such as a tab.
  var controlCharacter: Unicode.Scalar? {
    // The whole general category Cc.
    (words + [comment]).lazy.flatMap(\.unicodeScalars).first { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
  }

  /// Splits a text at its line feeds.
  static func all(of text: String) -> [TableLine] {
    text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
      .map { TableLine($0.element, number: $0.offset + 1) }
  }

  /// Splits a line at its spaces; a word that begins with `#` ends it.
  private init(_ line: Substring.UTF8View, number: Int) {
    let space = UInt8(ascii: " ")
    var words: [String] = []
    var comment = ""
    var rest = line.drop { $0 == space }
    while let first = rest.first {
      if first == UInt8(ascii: "#") {
        comment = String(Substring(rest.dropFirst().drop { $0 == space }))
        break
      }
      words.append(String(Substring(rest.prefix { $0 != space })))
      rest = rest.drop { $0 != space }.drop { $0 == space }
    }
    self.number = number
    isIndented = line.first == space
    self.words = words
    self.comment = comment
  }
}
