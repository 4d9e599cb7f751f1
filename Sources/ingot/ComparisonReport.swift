import JSON
import Verification

/// A comparison with a reference, in words.
enum ComparisonReport {
  /// A row for each batch and point, and the verdict.
  static func lines(_ comparison: ReferenceComparison) -> [String] {
    var table = TextTable(.left, .left, .right, .left, .right, .right, .right, .right, .right, .left)
    table.add("batch", "point", "max error", "at", "recorded", "ingot", "units", "recorded–exact", "ingot–exact", "")
    for point in comparison.points {
      table.add(
        "\(point.batch)", point.point, Wording.number(point.maximumError),
        "[" + point.place.map(String.init).joined(separator: ",") + "]", Wording.number(point.recorded),
        Wording.number(point.computed), Wording.number(point.unitsOfError), Wording.number(point.recordedFromExact),
        Wording.number(point.computedFromExact), point.agrees ? "" : "differs")
    }
    return ["\(comparison.file): each point against the recorded values and the exact result"] + table.lines()
      + [verdict(comparison)]
  }

  private static func verdict(_ comparison: ReferenceComparison) -> String {
    if let first = comparison.firstDivergence {
      return
        "DIFFERENT: first at \(first.point) in batch \(first.batch); what comes before it agrees, what follows inherits it."
    }
    let worst = comparison.points.max { $0.unitsOfError < $1.unitsOfError }
    return
      "The same model: \(Wording.count(comparison.points.count, "point")) agree, the largest error is "
      + "\(Wording.number(worst?.unitsOfError ?? 0)) rounding units of \(Wording.number(PointComparison.tolerance)) allowed."
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
            "maximumError": .double(point.maximumError), "at": .array(point.place.map(JSON.integer)),
            "recorded": .double(point.recorded), "computed": .double(point.computed),
            "roundingUnit": .double(point.roundingUnit), "recordedFromExact": .double(point.recordedFromExact),
            "computedFromExact": .double(point.computedFromExact),
          ]
        }),
    ]
  }
}
