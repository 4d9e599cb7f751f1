import Bytes
import JSON
import Tensors

extension Reference.Batch {
  /// The name of the array with what a head said of each text.
  static let answersName = "head.answers"

  /// What the framework's program answered to a text.
  public struct Answer: Equatable, Sendable {
    /// The label of the text, or the number of the one that is right; nil where there is none.
    public let label: String?
    /// The label of each token, special ones among them; nil where they have none.
    public let tokenLabels: [String]?
    /// The spans, each with its ends in the text and its label; nil where there are none.
    public let spans: [Span]?
  }

  /// A part of a text.
  public struct Span: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Where it begins and ends, in Unicode scalars, the end excluded.
    public let start, end: Int
    /// Its label; empty where there is one kind alone.
    public let label: String

    /// Joins ends and a label.
    public init(start: Int, end: Int, label: String) { (self.start, self.end, self.label) = (start, end, label) }

    /// The ends and the label.
    public var description: String { "\(start)–\(end)\(label.isEmpty ? "" : " \(label)")" }

    /// Whether a span begins earlier, or ends earlier, or has the smaller label.
    public static func < (one: Span, other: Span) -> Bool {
      (one.start, one.end, one.label) < (other.start, other.end, other.label)
    }
  }

  /// The answers to the texts, a row each; nil when the reference holds none.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the array is no JSON list with an answer for each row.
  public func answers(number: Int, of file: String) throws -> [Answer]? {
    guard let array = points[Self.answersName] else { return nil }
    func mismatch(_ found: String) -> Problem {
      Reference.mismatch(
        file, "\(number)/point/\(Self.answersName)", found: found,
        expected: "uint8 [n], a JSON list with label, labels or spans for each row")
    }
    guard array.elementType == .uint8, array.shape.rank == 1 else {
      throw mismatch("\(array.elementType) \(array.shape)")
    }
    guard let rows = (try? JSON(parsing: array.bytes))?.elements else { throw mismatch("no JSON list") }
    guard rows.count == tokenIDs.shape.dimensions[0] else {
      throw mismatch("\(rows.count) answers for \(tokenIDs.shape.dimensions[0]) rows")
    }
    return try rows.map { row in
      let spans = try row["spans"].map { spans in
        try (spans.elements ?? []).map { span -> Span in
          guard let parts = span.elements, parts.count >= 2, let start = parts[0].integer, let end = parts[1].integer
          else {
            throw mismatch("a span \(span.compact.prefix(40))")
          }
          return Span(start: start, end: end, label: parts.count > 2 ? parts[2].string ?? "" : "")
        }
      }
      let answer = Answer(
        label: row["label"]?.string, tokenLabels: row["labels"]?.elements?.compactMap(\.string), spans: spans)
      guard answer != Answer(label: nil, tokenLabels: nil, spans: nil) else {
        throw mismatch("an element without any of them")
      }
      return answer
    }
  }
}
