import Foundation
import Generation
import JSON
import TestSupport
import Testing

/// What bert4keras' decoder made of a table of probabilities (`tools/fixtures/Generation/make.py`).
struct RecordedDecoding: Sendable {
  let end: Int32
  let model: TablePredictor
  let searches: [JSON]
  let samplings: [JSON]
  let uniforms: [JSON]
  let draws: [JSON]

  static let known = Result { try RecordedDecoding() }

  private init() throws {
    let file = Fixtures.folder("Generation").appending(path: "decoding.json")
    let json = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
    func cases(_ name: String) throws -> [JSON] { try #require(json[name]?.elements) }
    end = Int32(try #require(json["end"]?.integer))
    model = TablePredictor(
      rows: try cases("table").map { row in try #require(row.elements).map { Float(try #require($0.double)) } })
    searches = try cases("searches")
    samplings = try cases("samplings")
    uniforms = try cases("uniforms")
    draws = try cases("draws")
  }

  func stopping(_ recorded: JSON) throws -> Stopping {
    try Stopping(
      start: recorded["start"]?.integer.map { Int32($0) }, end: end,
      maximumLength: try #require(recorded["maxlen"]?.integer),
      minimumLength: try #require(recorded["minlen"]?.integer), minimumEnds: try #require(recorded["min_ends"]?.integer)
    )
  }
}

/// A model whose next token depends on the last one alone; its last row is for an empty text.
struct TablePredictor: NextTokenPredictor, Sendable {
  let rows: [[Float]]
  /// The rows of the call before, against which origins are checked.
  var before: [[Int32]] = []

  init(rows: [[Float]]) { self.rows = rows }

  var vocabularySize: Int { rows[0].count }

  mutating func probabilities(after rows: [[Int32]], continuing origins: [Int]) throws -> [Float] {
    if before.isEmpty {
      #expect(origins.isEmpty && rows.count == 1)
    } else {
      #expect(origins.map { before[$0] } == rows.map { Array($0.dropLast()) })
    }
    before = rows
    return rows.flatMap { self.rows[$0.last.map { Int($0) } ?? self.rows.count - 1] }
  }
}

extension JSON {
  /// An array of ids.
  var ids: [Int32]? { elements?.compactMap { $0.integer.map { Int32($0) } } }
}
