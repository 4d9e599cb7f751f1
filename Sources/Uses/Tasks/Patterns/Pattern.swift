import Bytes
import Tokenization

/// A sentence with a gap into which a text is put, and masks whose words tell what the text is: `[MASK]满意。{text}`.
///
/// Source: "Pattern-Exploiting Training" (Schick and Schütze 2021); Su Jianlin, post 7764, and the script `sentiment.py` of its repository.
public struct Pattern: Equatable, Sendable {
  /// The place of the text.
  public static let gap = "{text}"

  /// The pattern as it was given.
  public let spelling: String
  /// What stands before the text and behind it.
  let prefix, suffix: String

  /// Understands a pattern.
  ///
  /// - Throws: `Problem` of kind *mismatched* unless `{text}` stands in it once.
  public init(_ spelling: String) throws {
    let parts = spelling.unicodeScalars.split(separator: Self.gap.unicodeScalars, omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw Problem(
        .mismatched, file: "pattern", found: "\(Self.gap) \(parts.count - 1) times in \"\(spelling)\"",
        expected: "\(Self.gap) once, where the text goes")
    }
    self.spelling = spelling
    (prefix, suffix) = (String(parts[0]), String(parts[1]))
  }

  /// Puts a text into the gap and tells the tokens of the whole; where they are too many, the text's last ones go, never the pattern's.
  ///
  /// - Parameters:
  ///   - maximumLength: The greatest number of tokens, special ones among them.
  ///   - truncating: Whether a text that is too long is cut; otherwise it is refused.
  ///   - name: What messages call the text.
  /// - Throws: `Problem` of kind *mismatched* when the text has the mask's own spelling in it, or is too long.
  func encode(
    _ text: String, by tokenizer: Tokenizer, maximumLength: Int?, truncating: Bool, calling name: String
  ) throws -> Encoding {
    if let mask = tokenizer.special[.mask], text.contains(mask) {
      throw Problem(
        .mismatched, file: name, found: "\(mask) in the text", expected: "\(mask) in the pattern alone")
    }
    var encoding = try tokenizer.unbounded.encode(template: prefix + text + suffix)
    let excess = encoding.ids.count - (maximumLength ?? .max)
    guard excess > 0 else { return encoding }
    let inText = prefix.utf8.count..<(prefix.utf8.count + text.utf8.count)
    let removable = encoding.places.indices.filter { index in
      encoding.places[index].map { inText.contains($0.range.lowerBound) && !$0.range.isEmpty } ?? false
    }
    guard truncating, removable.count > excess else {
      throw Problem(
        .mismatched, file: name, found: "\(encoding.ids.count) tokens with the pattern",
        expected: "at most \(maximumLength!)", advice: "Shorten the text, or have it cut with --truncate")
    }
    encoding.remove(at: removable.suffix(excess))
    return encoding
  }
}

extension Tokenizer {
  /// The same without a greatest length.
  fileprivate var unbounded: Tokenizer { Tokenizer(splitter, special: special, template: template) }
}

extension Encoding {
  /// Removes tokens at ascending places.
  fileprivate mutating func remove(at places: some BidirectionalCollection<Int>) {
    for place in places.reversed() {
      tokens.remove(at: place)
      ids.remove(at: place)
      segments.remove(at: place)
      roles.remove(at: place)
      self.places.remove(at: place)
    }
    removedCount += places.count
  }
}
