import Bytes
import JSON
import Verification

/// The answers of a reference held against those of a model file's head, in words.
struct AnswerReport {
  /// What was compared.
  let comparison: AnswerComparison

  init(_ comparison: AnswerComparison) { self.comparison = comparison }

  /// The answer, the reason of a difference behind it.
  var lines: [String] {
    let ties =
      comparison.ties == 0
      ? "" : ", of which \(comparison.ties) \(comparison.ties == 1 ? "is a tie" : "are ties") within rounding"
    guard let difference = comparison.difference else {
      return [
        "\(Wording.count(comparison.count, "answer")) \(comparison.count == 1 ? "is" : "are") the recorded ones\(ties)"
      ]
    }
    let second = difference.text.second.map { " and \"\(printable($0))\"" } ?? ""
    return [
      "DIFFERENT ANSWERS: \(comparison.differing) of \(Wording.grouped(comparison.count))\(ties), "
        + "first \"\(printable(difference.text.first))\"\(second)",
      "(batch \(difference.batch), row \(difference.row)): \(difference.recorded) recorded, \(difference.computed) by Ingot",
    ] + [comparison.diagnosis].compactMap(\.self)
  }

  /// The comparison as a program reads it.
  var json: JSON {
    [
      "agrees": .bool(comparison.agrees), "compared": .integer(comparison.count),
      "differing": .integer(comparison.differing), "ties": .integer(comparison.ties),
      "diagnosis": comparison.diagnosis.map(JSON.string) ?? .null,
      "first": comparison.difference.map { difference in
        [
          "batch": .integer(difference.batch), "row": .integer(difference.row), "text": .string(difference.text.first),
          "recorded": .string(difference.recorded), "computed": .string(difference.computed),
        ]
      } ?? .null,
    ]
  }
}
