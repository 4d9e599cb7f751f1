import Bytes

/// The text of `Formats/Evidence.txt`.
///
/// A line that begins in the first column names an architecture, a naming and the program whose files are named so. Indented rows state a file or an
/// export each; two spaces or more stand between their columns:
///
///     bert google  of google-research/bert
///       file    TensorFlow/google  bert4keras 0.11.5, TensorFlow 2.15.1  float32 14/14; float64 14/14 by …
///       export  encoder-tensorflow  tensorflow  bert4keras 0.11.5, TensorFlow 1.15.5; …
extension Evidence {
  /// Reads a page.
  ///
  /// - Parameter file: The name under which messages speak of it.
  /// - Throws: `Problem`, *damaged*, for the first line that is not of this form.
  public static func all(parsing text: String, file: String) throws(Problem) -> [Evidence] {
    var all: [Evidence] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      let columns = line.columns
      if !line.hasPrefix(" "), let naming = Evidence(columns) {
        all.append(naming)
      } else if line.hasPrefix(" "), !all.isEmpty, let file = SavedFile(columns) {
        all[all.count - 1].files.append(file)
      } else if line.hasPrefix(" "), !all.isEmpty, let export = LoadedExport(columns) {
        all[all.count - 1].exports.append(export)
      } else {
        throw Problem(
          .damaged, file: "\(file):\(number + 1)", found: "\"\(line)\"", expected: "a naming, a file or an export")
      }
    }
    return all
  }

  /// Reads `bert google`, `of google-research/bert`.
  private init?(_ columns: [String]) {
    guard columns.count == 2, columns[1].hasPrefix("of ") else { return nil }
    let names = columns[0].split(separator: " ").map(String.init)
    guard names.count == 2 else { return nil }
    self.init(architecture: names[0], naming: names[1], program: String(columns[1].dropFirst(3)))
  }
}

extension Evidence.SavedFile {
  /// Reads `file`, the fixture, the writer, and perhaps the checks.
  fileprivate init?(_ columns: [String]) {
    guard columns.first == "file", (3...4).contains(columns.count) else { return nil }
    var checks: [Evidence.Check] = []
    for text in columns.count == 4 ? columns[3].split(separator: "; ") : [] {
      guard let check = Evidence.Check(text, writer: columns[2]) else { return nil }
      checks.append(check)
    }
    self.init(fixture: columns[1], writer: columns[2], checks: checks)
  }
}

extension Evidence.LoadedExport {
  /// Reads `export`, the line of `exports.tsv`, the kind of folder, and the programs.
  fileprivate init?(_ columns: [String]) {
    guard columns.first == "export", columns.count == 4 else { return nil }
    self.init(
      name: columns[1], destination: columns[2], programs: columns[3].split(separator: "; ").map(String.init))
  }
}

extension Evidence.Check {
  /// Reads `float32 14/14`, or `float32 4/12 by transformers 4.38.2` where another program recorded than the one that saved.
  fileprivate init?(_ text: Substring, writer: String) {
    guard let match = text.wholeMatch(of: /(float32|float64) ([0-9]{1,4})\/([0-9]{1,4})(?: by (.+))?/),
      let recorded = Int(match.2), let points = Int(match.3)
    else { return nil }
    self.init(
      precision: String(match.1), recorded: recorded, points: points, recorder: match.4.map(String.init) ?? writer)
  }
}

extension Evidence: CustomStringConvertible {
  /// The lines of the page that state it.
  public var description: String {
    let files = files.map { file in
      let checks = file.checks.map { check in
        "\(check.precision) \(check.recorded)/\(check.points)"
          + (check.recorder == file.writer ? "" : " by \(check.recorder)")
      }
      return (["file", file.fixture, file.writer] + (checks.isEmpty ? [] : [checks.joined(separator: "; ")]))
    }
    let exports = exports.map { ["export", $0.name, $0.destination, $0.programs.joined(separator: "; ")] }
    return (["\(architecture) \(naming)  of \(program)"] + (files + exports).map { "  " + $0.joined(separator: "  ") })
      .joined(separator: "\n")
  }
}

extension Substring {
  /// The texts between two spaces or more.
  fileprivate var columns: [String] {
    split(separator: "  ").map { String($0.drop { $0 == " " }) }.filter { !$0.isEmpty }
  }
}
