import Bytes

/// Rows of text in aligned columns, measured in terminal cells.
///
/// What could steer a terminal is escaped before anything is measured.
struct TextTable {
  /// How a column is set.
  enum Alignment {
    case left
    case right
  }

  private struct Cell {
    let text: String
    let width: Int

    init(_ text: String) {
      self.text = printable(text)
      width = self.text.cellWidth
    }
  }

  private let alignments: [Alignment]
  private var rows: [[Cell]] = []

  /// Starts a table of columns with these alignments.
  init(_ alignments: Alignment...) { self.init(alignments) }

  /// Starts a table of columns with these alignments.
  init(_ alignments: [Alignment]) {
    self.alignments = alignments
  }

  /// Adds a row of as many cells as there are columns.
  mutating func add(_ cells: String...) { add(cells) }

  /// Adds a row of as many cells as there are columns.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == alignments.count, "a row of \(cells.count) cells in \(alignments.count) columns")
    rows.append(cells.map(Cell.init))
  }

  /// Adds a label and what belongs to it, separated by commas, in as many rows as 80 columns need behind labels of 14.
  mutating func add(_ label: String, wrapping parts: [String]) {
    let room = 64
    var line = ""
    var label = label
    for (index, part) in parts.enumerated() {
      let part = part + (index == parts.count - 1 ? "" : ",")
      if !line.isEmpty, line.cellWidth + 1 + part.cellWidth > room {
        add(label, line)
        (label, line) = ("", part)
      } else {
        line += (line.isEmpty ? "" : " ") + part
      }
    }
    add(label, line)
  }

  /// The rows, each indented and without trailing space.
  func lines(indent: Int = 2) -> [String] {
    let widths = alignments.indices.map { column in rows.map { $0[column].width }.max() ?? 0 }
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.width)
        if column > 0 { line += "  " }
        line += alignments[column] == .left ? cell.text + space : space + cell.text
      }
      line.removeLast(line.utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count)
      return line
    }
  }
}

extension String {
  /// The number of terminal cells that the text takes: two for wide East Asian scalars, none for combining marks.
  var cellWidth: Int {
    if utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return utf8.count }
    return unicodeScalars.reduce(0) { width, scalar in
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return width
      default: return width + (scalar.isWide ? 2 : 1)
      }
    }
  }
}

extension Unicode.Scalar {
  /// Whether terminals give the scalar two cells: the wide blocks of Unicode Standard Annex #11.
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
