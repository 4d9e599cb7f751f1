import JSON

/// One text of a corpus.
public struct CorpusText: Sendable {
  /// The text.
  public let text: String
  /// The line on which its record begins, from 1 on.
  public let line: Int
  /// The whole object, of a record of JSON.
  public let object: JSON?

  /// Gathers a text and where it stands.
  public init(text: String, line: Int, object: JSON?) {
    self.text = text
    self.line = line
    self.object = object
  }
}
