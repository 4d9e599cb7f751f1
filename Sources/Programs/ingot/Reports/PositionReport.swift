import JSON
import PositionStudies

/// Position schemes and what they do, as text.
enum PositionReport {
  /// The schemes, one in a row.
  static var lines: [String] {
    var table = TextTable(.left, .left, .left, .left)
    for encoding in PositionEncoding.all {
      table.add(encoding.name, encoding.place, encoding.parameters, encoding.paper)
    }
    return table.lines(indent: 0)
  }

  /// The schemes, and their formulas.
  static var list: JSON {
    .array(
      PositionEncoding.all.map {
        [
          "name": .string($0.name), "place": .string($0.place), "parameters": .string($0.parameters),
          "formula": .string($0.formula), "paper": .string($0.paper),
        ]
      })
  }

  /// A figure as a table of some of its numbers: at most 17 rows and 9 columns.
  static func lines(_ figure: PositionFigure) -> [String] {
    let (names, columns, first) = figure.series
    let shown = sample(columns.count, atMost: 8)
    var rows = [[figure.horizontal] + shown.map { names[$0] }]
    for row in sample(columns[0].count, atMost: 17) {
      rows.append(["\(first + row)"] + shown.map { Wording.number(columns[$0][row]) })
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return [figure.title, figure.subtitle, ""]
      + rows.map { row in
        "  "
          + row.enumerated().map { String(repeating: " ", count: widths[$0] - $1.count) + $1 }.joined(separator: "  ")
      } + ["", "  \(figure.quantity); --json prints every number, -o draws them"]
  }

  /// All of a figure.
  static func json(_ figure: PositionFigure) -> JSON {
    let (names, columns, first) = figure.series
    return [
      "title": .string(figure.title), "subtitle": .string(figure.subtitle), "horizontal": .string(figure.horizontal),
      "quantity": .string(figure.quantity), "first": .integer(first),
      "series": .array(
        zip(names, columns).map { ["name": .string($0), "values": .array($1.map { .double($0) })] }),
    ]
  }

  /// Numbers from 0 on, evenly spread, with both ends.
  private static func sample(_ count: Int, atMost most: Int) -> [Int] {
    count <= most ? Array(0..<count) : (0..<most).map { $0 * (count - 1) / (most - 1) }
  }
}

extension PositionFigure {
  /// The figure as columns with names, whose first row belongs to the number `first`.
  fileprivate var series: (names: [String], columns: [[Double]], first: Int) {
    switch content {
    case .similarity(let rows): (rows.indices.map { "\($0)" }, rows, 0)
    case .curves(let curves, let first): (curves.map(\.name), curves.map(\.values), first)
    }
  }
}
