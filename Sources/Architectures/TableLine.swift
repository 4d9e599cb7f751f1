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
    (words + [comment]).joined().unicodeScalars.first { $0.properties.generalCategory == .control }
  }

  /// Splits a text at its line feeds.
  static func all(of text: String) -> [TableLine] {
    text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { TableLine($0.element, number: $0.offset + 1) }
  }

  /// Splits a line at its spaces; a word that begins with `#` ends it.
  private init(_ scalars: Substring.UnicodeScalarView, number: Int) {
    var words: [String] = []
    var comment = ""
    var rest = scalars.drop { $0 == " " }
    while let first = rest.first {
      if first == "#" {
        comment = String(rest.dropFirst().drop { $0 == " " })
        break
      }
      words.append(String(rest.prefix { $0 != " " }))
      rest = rest.drop { $0 != " " }.drop { $0 == " " }
    }
    self.number = number
    isIndented = scalars.first == " "
    self.words = words
    self.comment = comment
  }
}
