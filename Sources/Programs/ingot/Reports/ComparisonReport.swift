import JSON
import Verification

/// A comparison with a reference, in words.
enum ComparisonReport {
  /// Who recorded the reference, and a table for each batch with a row for each point.
  static func lines(_ comparison: ReferenceComparison, with reference: Reference) -> [String] {
    var table = TextTable(.left, .right, .left, .right, .right, .right, .right, .right, .left)
    var batch: Int?
    for point in comparison.points {
      if point.batch != batch {
        batch = point.batch
        table.add(
          "batch \(point.batch)", "max error", "at", "recorded", "ingot", "units", "recorded–exact", "ingot–exact", "")
      }
      table.add(
        point.point, Wording.number(point.maximumError), "[\(point.place.map(String.init).joined(separator: ","))]",
        Wording.value(point.recorded), Wording.value(point.computed), Wording.ratio(point.unitsOfError),
        Wording.number(point.recordedFromExact), Wording.number(point.computedFromExact),
        point.agrees ? "" : point.withoutNumbers.isEmpty ? "differs" : "no numbers")
    }
    return ["\(comparison.file), point by point; \"exact\" is the result in float64"] + origin(of: reference)
      + table.lines()
  }

  private static func origin(of reference: Reference) -> [String] {
    guard let versions = reference.about?["versions"]?.members, !versions.isEmpty else { return [] }
    return [
      "  recorded with "
        + versions.map { "\($0.name) \($0.value.string ?? $0.value.compact)" }.joined(separator: ", ")
    ]
  }

  /// The answer in one line.
  static func verdict(_ comparison: ReferenceComparison) -> String {
    if let first = comparison.firstDivergence, !first.withoutNumbers.isEmpty {
      let sides = PointComparison.Side.allCases.filter(first.withoutNumbers.contains).map(\.wording)
      return "NO NUMBERS, first at \(first.point) in batch \(first.batch): \(sides.joined(separator: " and ")) NaN or "
        + "infinities there; what comes later inherits them"
    }
    if let first = comparison.firstDivergence {
      return "DIFFERENT, first at \(first.point) in batch \(first.batch); "
        + (first.explanation.map { "the recorded vectors are those \($0)" } ?? "what comes later inherits it")
    }
    let worst = comparison.points.map(\.unitsOfError).max() ?? 0
    return
      "\(Wording.count(comparison.points.count, "point")) \(Wording.verb("agree", for: comparison.points.count)); the largest error is "
      + "\(Wording.ratio(worst)) rounding units, \(Wording.number(PointComparison.tolerance)) are allowed"
  }

  /// The comparison as a program reads it.
  static func json(_ comparison: ReferenceComparison) -> JSON {
    [
      "reference": .string(comparison.file),
      "agrees": .bool(comparison.agrees),
      "firstDivergence": comparison.firstDivergence.map { ["batch": .integer($0.batch), "point": .string($0.point)] }
        ?? .null,
      "points": .array(
        comparison.points.map { point in
          [
            "batch": .integer(point.batch), "point": .string(point.point), "agrees": .bool(point.agrees),
            "withoutNumbers": .array(
              PointComparison.Side.allCases.filter(point.withoutNumbers.contains).map { .string($0.rawValue) }),
            "maximumError": .double(point.maximumError), "at": .array(point.place.map(JSON.integer)),
            "recorded": .double(point.recorded), "computed": .double(point.computed),
            "roundingUnit": .double(point.roundingUnit), "recordedFromExact": .double(point.recordedFromExact),
            "computedFromExact": .double(point.computedFromExact),
            "explanation": point.explanation.map(JSON.string) ?? .null,
          ]
        }),
    ]
  }
}

extension PointComparison.Side {
  fileprivate var wording: String {
    switch self {
    case .recorded: "the reference records"
    case .computed: "Ingot computes"
    }
  }
}
