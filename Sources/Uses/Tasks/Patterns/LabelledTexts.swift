import Bytes

/// Texts and the labels that they have: a line each, a tab between text and label, in UTF-8.
///
/// Whitespace around a line is not part of it (bert4keras' `sentiment.py:22-28`).
public struct LabelledTexts: Sendable {
  /// The texts.
  public private(set) var texts: [String] = []
  /// For each the index of its label.
  public private(set) var labels: [Int] = []

  /// Reads a file.
  ///
  /// - Throws: `Problem` of kind *damaged* when the file is not UTF-8, *mismatched* when a line has not exactly one tab or a label that is none,
  ///   or there is no line.
  public init(reading file: ByteView, labels names: [String]) throws {
    for (number, line) in file.array().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .enumerated()
    {
      guard let line = String(validating: line, as: UTF8.self) else {
        throw Problem(
          .damaged, file: file.file, object: "line \(number + 1)", found: "bytes that are not UTF-8", expected: "a text"
        )
      }
      let scalars = line.unicodeScalars
      guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
        let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
      else { continue }
      let fields = String(scalars[first...last]).split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2 else {
        throw Problem(
          .mismatched, file: file.file, object: "line \(number + 1)",
          found: "\(fields.count) \(fields.count == 1 ? "column" : "columns")", expected: "a text, a tab and a label")
      }
      guard let label = names.firstIndex(of: String(fields[1])) else {
        throw Problem(
          .mismatched, file: file.file, object: "line \(number + 1)", found: "the label \"\(fields[1])\"",
          expected: "one of \(names.joined(separator: ", "))")
      }
      texts.append(String(fields[0]))
      labels.append(label)
    }
    guard !texts.isEmpty else {
      throw Problem(.mismatched, file: file.file, found: "no line", expected: "texts with their labels")
    }
  }
}
