import Bytes
import SentencePiece
import Tokenization

/// The texts of a reference, turned into ids by a tokenizer and held against the recorded ids, exactly.
public struct TextComparison: Sendable {
  /// The first token that differs.
  public struct Difference: Equatable, Sendable {
    /// One side of it: an id, or the end of the text.
    public enum Side: Equatable, Sendable {
      /// An id and its token, where it has one.
      case token(id: Int, String?)
      /// No more tokens.
      case end
    }

    /// The batch and the row.
    public let batch, row: Int
    /// The text, or the two.
    public let text: Reference.Batch.Text
    /// The place of the token in the row.
    public let position: Int
    /// What was recorded.
    public let recorded: Side
    /// What the tokenizer gives.
    public let computed: Side
    /// The recorded segment and the tokenizer's, where the ids agree and these differ.
    public let segments: [Int]?
  }

  /// How many texts were compared.
  public let count: Int
  /// The first text that differs, and its first token that does; nil when all agree.
  public let difference: Difference?
  /// How many texts differ.
  public let differing: Int

  /// Whether every text has the recorded ids.
  public var agrees: Bool { difference == nil }

  /// Compares all texts of a reference.
  ///
  /// Each text is encoded as a template, in which `[MASK]` is a mask, and cut to the width of its batch. Behind the ids, or in XLNet before
  /// them, padding may follow.
  ///
  /// - Returns: Nil when the reference holds no texts.
  /// - Throws: `Problem` as ``Reference/Batch/texts(number:of:)`` and encoding do.
  public init?(of tokenizer: Tokenizer, with reference: Reference) throws {
    var count = 0
    var differing = 0
    var first: Difference?
    for (number, batch) in reference.batches.enumerated() {
      guard let texts = try batch.texts(number: number, of: reference.file) else { continue }
      count += texts.count
      for (row, text) in texts.enumerated() {
        guard let difference = try TextComparison.difference(text, number, row, of: batch, by: tokenizer) else {
          continue
        }
        differing += 1
        if first == nil { first = difference }
      }
    }
    guard count > 0 else { return nil }
    (self.count, self.differing, difference) = (count, differing, first)
  }

  private static func difference(
    _ text: Reference.Batch.Text, _ number: Int, _ row: Int, of batch: Reference.Batch, by tokenizer: Tokenizer
  ) throws -> Difference? {
    let recorded = batch.row(row)
    let encoding: Encoding
    do {
      encoding = try tokenizer.encode(template: text.first, second: text.second, maximumLength: recorded.ids.count)
    } catch is ImpossibleTruncation {
      encoding = try tokenizer.encode(template: text.first, second: text.second)
    }
    let padding: Set = [0, (try? tokenizer.id(of: .padding)) ?? 0]
    let range = rangeWithoutPadding(recorded.ids, padding: padding, count: encoding.ids.count)
    let ids = Array(recorded.ids[range])
    func side(_ ids: [Int], _ index: Int) -> Difference.Side {
      index < ids.count ? .token(id: ids[index], tokenizer.token(withID: ids[index])) : .end
    }
    func difference(at index: Int, segments: [Int]? = nil) -> Difference {
      Difference(
        batch: number, row: row, text: text, position: range.lowerBound + index, recorded: side(ids, index),
        computed: side(encoding.ids, index), segments: segments)
    }
    let shared = min(ids.count, encoding.ids.count)
    if let index = (0..<shared).first(where: { ids[$0] != encoding.ids[$0] })
      ?? (ids.count == encoding.ids.count ? nil : shared)
    {
      return difference(at: index)
    }
    guard let segments = recorded.segments.map({ Array($0[range]) }),
      let index = segments.indices.first(where: { segments[$0] != encoding.segments[$0] })
    else { return nil }
    return difference(at: index, segments: [segments[index], encoding.segments[index]])
  }

  /// Where the ids of a text lie in a row: padding is what stands beyond as many as there should be.
  private static func rangeWithoutPadding(_ ids: [Int], padding: Set<Int>, count: Int) -> Range<Int> {
    guard ids.count > count else { return ids.indices }
    if ids[count...].allSatisfy(padding.contains) { return 0..<count }
    if ids[..<(ids.count - count)].allSatisfy(padding.contains) { return (ids.count - count)..<ids.count }
    let end = ids.lastIndex { !padding.contains($0) }.map { $0 + 1 } ?? 0
    return 0..<max(end, min(1, ids.count))
  }
}

extension TextSettings {
  /// Other settings by which a text may have been encoded, each with its change in the words of `--tokenizer`.
  ///
  /// They serve to name what is wrong where ids differ.
  public var variants: [(change: String, settings: TextSettings)] {
    var variants: [(String, TextSettings)] = []
    func add(_ name: Name, _ change: (inout TextSettings) -> Void) {
      var settings = self
      change(&settings)
      guard names.contains(name), settings != self else { return }
      variants.append(("\(name.rawValue)=\(settings.text(of: name))", settings))
    }
    add(.letterCase) { $0.lowercases.toggle() }
    add(.prefix) { $0.addsPrefixSpace.toggle() }
    for rule in TieRule.allCases { add(.ties) { $0.ties = rule } }
    for dialect in WordPieceDialect.allCases where kind == .wordPiece {
      add(.dialect) { $0.wordPieceDialect = dialect }
    }
    for dialect in BytePairTokenizer.Dialect.allCases where kind == .bytePairs {
      add(.dialect) { $0.bytePairDialect = dialect }
    }
    for dialect in PreparedPieceTokenizer.Dialect.allCases where kind == .sentencePiece {
      add(.dialect) { $0.pieceDialect = dialect }
    }
    for step in TextSettings.steps where kind == .sentencePiece {
      var settings = self
      settings.preparation[keyPath: step.step].toggle()
      variants.append(("\(step.name.rawValue)=\(settings.text(of: step.name))", settings))
    }
    for (_, template) in TextTemplate.named where template.roles.allSatisfy({ special[$0] != nil }) {
      add(.template) { $0.template = template }
    }
    return variants
  }
}
