import JSON

/// One record of a table: its fields, and where it stands.
public struct Record: Sendable {
  /// The line on which it begins, from 1 on.
  public let line: Int
  /// The fields in their order, as texts; a JSON object's members in the file's order.
  public let fields: [String]
  /// The whole object, of a JSON record.
  public let object: JSON?
  /// The line or lines as they stand, without the end of the last.
  public let text: String
}
