import Bytes

/// Which field of a record is meant: by its place, or by its name in the heading or among an object's members.
public enum Column: Hashable, Sendable, CustomStringConvertible {
  /// The place, from 1 on.
  case place(Int)
  /// The name.
  case name(String)

  /// Understands a place or a name as a command line has it.
  public init(_ text: String) {
    if let place = Int(text), place > 0 { self = .place(place) } else { self = .name(text) }
  }

  /// The place or the name.
  public var description: String {
    switch self {
    case .place(let place): "\(place)"
    case .name(let name): name
    }
  }
}

/// The fields that are read of every record of a table.
public struct Selection: Sendable {
  /// The fields, in the order in which they are wanted.
  public let columns: [Column]
  // The places of named columns; nil for JSON, and before the heading was read.
  private var places: [Int] = []

  /// Reads these fields.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Whether the first record is a heading: where a column is named, and records are no objects.
  public func hasHeading(in form: TableForm) -> Bool {
    form != .jsonl && columns.contains { if case .name = $0 { true } else { false } }
  }

  /// Finds the named columns in the heading.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a name that it does not have, or has twice.
  public mutating func readHeading(_ heading: Record?, of file: String) throws {
    let names = heading?.fields ?? []
    places = try columns.map { column in
      guard case .name(let name) = column else { return 0 }
      let found = names.indices.filter { names[$0] == name }
      guard found.count == 1 else {
        throw Problem(
          .mismatched, file: file, object: "line \(heading?.line ?? 1)",
          found: "\(found.isEmpty ? "no column" : "\(found.count) columns") \"\(name)\"",
          expected: names.isEmpty ? "a heading" : "one of " + names.map { "\"\($0)\"" }.joined(separator: ", "))
      }
      return found[0] + 1
    }
  }

  /// The wanted fields of a record.
  ///
  /// - Throws: `Problem` of kind *mismatched*, with the line, for a field that the record does not have.
  public func fields(of record: Record, in file: String) throws -> [String] {
    try columns.enumerated().map { index, column in
      switch column {
      case .place(let place) where record.object == nil: return try field(at: place, of: record, in: file)
      case .name where record.object == nil: return try field(at: places[index], of: record, in: file)
      case .place(let place): return try member("\(place)", of: record, in: file)
      case .name(let name): return try member(name, of: record, in: file)
      }
    }
  }

  private func field(at place: Int, of record: Record, in file: String) throws -> String {
    guard place <= record.fields.count else {
      throw Problem(
        .mismatched, file: file, object: "line \(record.line)",
        found: "\(record.fields.count) \(record.fields.count == 1 ? "field" : "fields")", expected: "at least \(place)")
    }
    return record.fields[place - 1]
  }

  private func member(_ name: String, of record: Record, in file: String) throws -> String {
    guard let value = record.object?[name] else {
      throw Problem(
        .mismatched, file: file, object: "line \(record.line)", found: "no member \"\(name)\"", expected: "one")
    }
    if let text = value.string { return text }
    guard case .number(let spelling) = value else {
      throw Problem(
        .mismatched, file: file, object: "line \(record.line)", found: "\(value.compact.prefix(80)) as \"\(name)\"",
        expected: "a text or a number")
    }
    return spelling
  }
}
