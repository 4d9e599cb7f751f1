/// How transformers joins the tokens of WordPiece into a text, which Google's programs leave to their users.
///
/// Sources: transformers 4.38.2, `tokenization_bert.py`, `convert_tokens_to_string`, and `tokenization_utils_base.py`,
/// `clean_up_tokenization`; tokenizers 0.15.2, `decoders/wordpiece.rs`.
enum WordJoining {
  /// A space before each token but one that continues a word: `BertTokenizer`.
  static func joined(_ tokens: [String]) -> String {
    var text = String.UnicodeScalarView()
    for (index, token) in tokens.enumerated() {
      if index > 0 { text.append(" ") }
      text.append(contentsOf: token.unicodeScalars)
    }
    var scalars = replacing(" ##", by: "", in: Array(text))[...]
    while let last = scalars.last, isPythonWhitespace(last) { scalars.removeLast() }
    return string(scalars.drop(while: isPythonWhitespace))
  }

  /// The same token by token, each of which is cleaned by itself: `BertTokenizerFast`.
  static func joinedOneByOne(_ tokens: [String]) -> String {
    var text: [Unicode.Scalar] = []
    for (index, token) in tokens.enumerated() {
      var part = Array(token.unicodeScalars)
      if index > 0 { part = token.utf8.starts(with: "##".utf8) ? Array(part.dropFirst(2)) : [" "] + part }
      text += cleaned(part, also: [(" do not", " don't")])
    }
    return string(text)
  }

  /// Without the spaces before punctuation and in English contractions (`clean_up_tokenization_spaces`).
  static func cleaned(_ text: String) -> String { string(cleaned(Array(text.unicodeScalars), also: [])) }

  private static func cleaned(
    _ text: [Unicode.Scalar], also contractions: [(String, String)]
  ) -> [Unicode.Scalar] {
    let first = [(" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m")]
    let rest = [(" 's", "'s"), (" 've", "'ve"), (" 're", "'re")]
    return (first + contractions + rest).reduce(text) { replacing($1.0, by: $1.1, in: $0) }
  }

  private static func replacing(
    _ pattern: String, by replacement: String, in text: [Unicode.Scalar]
  ) -> [Unicode.Scalar] {
    let (pattern, replacement) = (Array(pattern.unicodeScalars), Array(replacement.unicodeScalars))
    var result: [Unicode.Scalar] = []
    var rest = text[...]
    while let scalar = rest.first {
      if scalar == pattern[0], rest.starts(with: pattern) {
        result += replacement
        rest = rest.dropFirst(pattern.count)
      } else {
        result.append(scalar)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
