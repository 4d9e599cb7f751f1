import Bytes
import SentenceVectors
import Tokenization

/// A text as the model reads it, ready to be put into a batch.
public struct EncodedText: Equatable, Sendable {
  /// The ids of its tokens, special ones among them.
  public let ids: [Int32]
  /// The segments of its tokens.
  public let segments: [Int32]
  /// What messages call the text: `line 7 of texts.txt`.
  public let name: String

  /// Takes tokens that are encoded already.
  package init(ids: [Int32], segments: [Int32], name: String) {
    self.ids = ids
    self.segments = segments
    self.name = name
  }
}

extension Session {
  /// Turns a text into tokens and checks that the model can read it whole.
  ///
  /// - Parameters:
  ///   - text: The text; one without a word in it is refused.
  ///   - settings: What says the greatest number of tokens.
  ///   - truncating: Whether a longer text is cut at its end, before the last special token; otherwise it is refused.
  ///   - name: What messages call the text.
  /// - Throws: `Problem` of kind *mismatched* when the text is empty, or too long.
  public func encode(
    _ text: String, for settings: VectorSettings, truncating: Bool = false, calling name: String
  ) throws -> EncodedText {
    try EncodedText(
      text, by: tokenizer, for: settings, positions: model.sizes.positions, truncating: truncating, name: name)
  }
}

extension EncodedText {
  /// Turns a text into tokens; the greatest number of them is that of the settings, else the tokenizer's, and never above the positions.
  package init(
    _ text: String, by tokenizer: Tokenizer, for settings: VectorSettings?, positions: Int?, truncating: Bool,
    name: String
  ) throws {
    let limit = [settings?.maximumLength ?? tokenizer.maximumLength, positions].compactMap(\.self).min()
    let text = settings?.lowersTexts == true ? Lowercasing.lowercase(text) : text
    let encoding = try tokenizer.encode(text, maximumLength: truncating && limit != nil ? limit : .max)
    guard encoding.roles.contains(where: { $0 == nil }) else {
      throw Problem(
        .mismatched, file: name, found: text.isEmpty ? "an empty text" : "no word in the text", expected: "a text")
    }
    if let limit, encoding.ids.count > limit {
      throw Problem(
        .mismatched, file: name, found: "\(encoding.ids.count) tokens", expected: "at most \(limit)",
        advice: "Shorten the text, or have it cut with --truncate")
    }
    self.init(ids: encoding.ids.map(Int32.init), segments: encoding.segments.map(Int32.init), name: name)
  }
}
