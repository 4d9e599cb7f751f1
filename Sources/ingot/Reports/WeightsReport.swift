import JSON
import Tensors
import Verification

/// Two files of weights compared, in words.
enum WeightsReport {
  /// How the tensors were paired, a row for each that is not the same, and the verdict.
  static func lines(_ comparison: Comparison) -> [String] {
    var lines: [String] = []
    switch comparison.pairing {
    case .names: lines.append("paired by name")
    case .tables(let architecture, let namings):
      lines.append("paired by the tables: \(architecture), \(namings.joined(separator: " and "))")
    }
    let transformed = comparison.pairs.filter { $0.result.isEqual && $0.transforms[0] != $0.transforms[1] }.count
    let equal = comparison.pairs.filter(\.result.isEqual).count - transformed
    lines.append("\(Wording.count(equal, "tensor")) equal, \(transformed) equal after the declared transform")
    var table = TextTable(.left, .left)
    for pair in comparison.pairs where !pair.result.isEqual { table.add(pair.name, difference(pair.result)) }
    for name in comparison.onlyInFirst { table.add(name, "only in \(comparison.files[0])") }
    for name in comparison.onlyInSecond { table.add(name, "only in \(comparison.files[1])") }
    for name in comparison.leftOut { table.add(name, "not compared: no weight of the model") }
    lines += table.lines()
    lines.append(comparison.agrees ? "The same weights." : "DIFFERENT weights.")
    return lines
  }

  private static func difference(_ result: TensorComparison) -> String {
    guard let differing = result.differing else {
      return result.shapes[0] == result.shapes[1]
        ? "\(result.elementTypes[0]) and \(result.elementTypes[1])" : "\(result.shapes[0]) and \(result.shapes[1])"
    }
    var parts: [String] = []
    if result.elementTypes[0] != result.elementTypes[1] {
      parts.append("\(result.elementTypes[0]) and \(result.elementTypes[1])")
    }
    if let first = result.first {
      parts.append(
        "\(Wording.count(differing, "value")) of \(Wording.grouped(result.shapes[0].elementCount)) differ, by at most "
          + "\(Wording.number(result.maximumDifference)), first at \(first)")
    } else {
      parts.append("the same values")
    }
    return parts.joined(separator: ": ")
  }

  /// The comparison as a program reads it.
  static func json(_ comparison: Comparison) -> JSON {
    let pairing: JSON =
      switch comparison.pairing {
      case .names: ["by": "names"]
      case .tables(let architecture, let namings):
        ["by": "tables", "architecture": .string(architecture), "namings": .array(namings.map(JSON.string))]
      }
    return [
      "files": .array(comparison.files.map(JSON.string)),
      "paired": pairing,
      "equal": .bool(comparison.agrees),
      "tensors": .array(
        comparison.pairs.map { pair in
          [
            "name": .string(pair.name), "sources": .array(pair.sources.map(JSON.string)),
            "transforms": .array(pair.transforms.map { .array($0.map { .string($0.description) }) }),
            "types": .array(pair.result.elementTypes.map { .string($0.rawValue) }),
            "shapes": .array(pair.result.shapes.map { .array($0.dimensions.map(JSON.integer)) }),
            "equal": .bool(pair.result.isEqual),
            "differing": pair.result.differing.map(JSON.integer) ?? .null,
            "maximumDifference": .double(pair.result.maximumDifference),
            "first": pair.result.first.map { .array($0.map(JSON.integer)) } ?? .null,
          ]
        }),
      "onlyInFirst": .array(comparison.onlyInFirst.map(JSON.string)),
      "onlyInSecond": .array(comparison.onlyInSecond.map(JSON.string)),
      "notCompared": .array(comparison.leftOut.map(JSON.string)),
    ]
  }
}
