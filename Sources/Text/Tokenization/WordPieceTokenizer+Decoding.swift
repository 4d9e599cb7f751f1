import Bytes

extension WordPieceTokenizer {
  /// Joins the tokens of ids into readable text, special tokens left out.
  ///
  /// Continuations are joined to their words, no space stands around ideographs, nor after the punctuation that Chinese
  /// writes without one. Spelling that the tokenizer dropped does not return. So bert4keras does it (0.11.5, `tokenizers.py`,
  /// `Tokenizer.decode`); for the other dialects see ``WordJoining``.
  ///
  /// - Throws: `Problem` of kind *mismatched* when an id has no token.
  public func decode(_ ids: [Int]) throws -> String {
    decode(
      tokens: try ids.map { id in
        guard let token = piece(withID: id) else { throw Problem.noToken(id, in: vocabulary.file) }
        return token
      })
  }

  /// Joins tokens into readable text, special tokens left out.
  public func decode(tokens: [String]) -> String {
    switch dialect {
    case .bert4keras: joinedTidily(tokens)
    case .google, .electra, .transformers: WordJoining.cleaned(WordJoining.joined(tokens.filter { !isSpecial($0) }))
    case .tokenizers: WordJoining.cleaned(WordJoining.joinedOneByOne(tokens.filter { !isSpecial($0) }))
    }
  }

  private func isSpecial(_ token: String) -> Bool { special.spellings.values.contains(token) }

  private func joinedTidily(_ tokens: [String]) -> String {
    var text: [Unicode.Scalar] = []
    for (index, token) in tokens.filter({ !isBracketed($0) }).enumerated() {
      let scalars = Array(token.unicodeScalars)
      if token.utf8.starts(with: "##".utf8) {
        text += scalars.dropFirst(2)
      } else if scalars.count == 1, isIdeograph(scalars[0]) {
        text += scalars
      } else if scalars.count == 1, ScalarRole(scalars[0]) == .word {
        text += scalars + [" "]
      } else if index > 0, let last = text.last, isIdeograph(last) {
        text += scalars
      } else {
        text += [" "] + scalars
      }
    }
    return Spacing.tidy(text)
  }
}

/// The rules by which decoded text loses the spaces that nobody would write.
private enum Spacing {
  static func tidy(_ text: [Unicode.Scalar]) -> String {
    var text = joinDecimals(dropSpacesAfterPunctuation(joinContractions(collapseSpaces(text))))[...]
    while let last = text.last, isPythonWhitespace(last) { text.removeLast() }
    text = text.drop(while: isPythonWhitespace)
    var result = String.UnicodeScalarView()
    result.append(contentsOf: text)
    return String(result)
  }

  /// Leaves one of several spaces.
  private static func collapseSpaces(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text where scalar != " " || result.last != " " { result.append(scalar) }
    return result
  }

  /// Turns `' re ` into `'re `, and likewise the other English contractions.
  private static func joinContractions(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let endings = ["re", "m", "s", "t", "ve", "d", "ll"].map { Array("' \($0) ".unicodeScalars) }
    var result: [Unicode.Scalar] = []
    var rest = text[...]
    while let scalar = rest.first {
      if scalar == "'", let ending = endings.first(where: { rest.starts(with: $0) }) {
        result += ["'"] + ending.dropFirst(2)
        rest = rest.dropFirst(ending.count)
      } else {
        result.append(scalar)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func dropSpacesAfterPunctuation(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text {
      if scalar == " ", let last = result.last, spacelessPunctuation.contains(last) { continue }
      result.append(scalar)
    }
    return result
  }

  /// Turns `3. 14` into `3.14`; of `1. 2. 3` only the first pair is joined, for a digit takes part once.
  private static func joinDecimals(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < text.count {
      if index + 3 < text.count, text[index + 1] == ".", text[index + 2] == " ", isDigit(text[index]),
        isDigit(text[index + 3])
      {
        result += [text[index], ".", text[index + 3]]
        index += 4
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    Unicode14.category(of: scalar) == .decimalNumber
  }

  private static let spacelessPunctuation = Set(
    """
    ＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､\u{3000}、〃〈〉《》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿\
    –—‘’‛“”„‟…‧﹏﹑﹔·！？｡。+-/={(<[
    """.unicodeScalars)
}
