import Bytes
import Tensors

extension Plan: CustomStringConvertible {
  /// The whole plan for a person: sizes, one line per canonical tensor, and everything that is not converted.
  public var description: String {
    var lines = ["\(architecture) (\(naming)), \(steps.count) tensors"]
    lines.append("  sizes: " + sizes.map { "\($0.name) \($0.letter) = \($0.value)" }.joined(separator: ", "))
    if !groups.isEmpty { lines.append("  with " + groups.joined(separator: ", ")) }
    lines += ["", "tensors"]
    lines += Plan.columns(
      steps.map { step in
        let source = ([step.source] + step.transforms.map(\.description)).joined(separator: ", ")
        return [step.tensor, "\(step.elementType)", "\(step.shape)", "from \(source)"]
      })
    if !extras.isEmpty {
      lines += ["", "extras, carried along unchanged"]
      lines += Plan.columns(extras.map { [$0.tensor, "\($0.elementType)", "\($0.shape)"] })
    }
    if !dropped.isEmpty {
      lines += ["", "dropped"]
      lines += Plan.columns(dropped.map { [$0.source, $0.reason] })
    }
    return lines.map(printable).joined(separator: "\n")
  }

  /// Rows of cells as indented lines, each column as wide as its widest cell.
  private static func columns(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      "  "
        + zip(row, widths).enumerated().map { column, cell in
          column == count - 1 ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
        }.joined(separator: "  ")
    }
  }
}

extension Settings: CustomStringConvertible {
  /// One line per setting: its value, who says so, and who says otherwise.
  public var description: String {
    let width = entries.map(\.name.count).max() ?? 0
    return entries.map { entry in
      let others = entry.overruled.map { "; not \($0.value) (\($0.origin))" }.joined()
      let padding = String(repeating: " ", count: width - entry.name.count)
      return printable("  \(entry.name)\(padding)  \(entry.value) (\(entry.origin))\(others)")
    }.joined(separator: "\n")
  }
}
