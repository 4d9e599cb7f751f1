import Architectures
import JSON
import Tensors
import Verification

/// Two files of weights compared, in words.
struct WeightsReport {
  private let comparison: Comparison
  /// The pairs that are not the same, the worst first; of those of other shapes or values nothing can be worse.
  private let differing: [Comparison.Pair]
  /// How many of them are listed.
  private let shown: Int

  /// - Parameter top: How many of the tensors that differ are listed; nil for all.
  init(_ comparison: Comparison, top: Int? = nil) {
    self.comparison = comparison
    let differing = comparison.pairs.filter { !$0.result.isEqual }
    func error(_ pair: Comparison.Pair) -> Double {
      pair.result.differing == 0 ? 0 : pair.result.relativeError ?? .infinity
    }
    self.differing = differing.indices.sorted { one, other in
      (error(differing[other]), one) < (error(differing[one]), other)
    }.map { differing[$0] }
    shown = min(top ?? differing.count, differing.count)
  }

  /// How the tensors were paired, a row for each that is not the same, and the verdict.
  var lines: [String] {
    var lines = [pairing]
    let equal = comparison.pairs.filter { $0.result.isEqual && !$0.isByContents }
    let byContents = comparison.pairs.count(where: \.isByContents)
    let transformed = equal.count { $0.transforms[0] != $0.transforms[1] }
    if comparison.pairing == .contents {
      lines.append("\(Wording.count(byContents, "tensor")) equal under other names, which --json lists")
    } else {
      lines.append(
        "\(Wording.count(equal.count - transformed, "tensor")) equal, \(transformed) equal after the declared transform"
      )
      if byContents > 0 {
        lines.append(
          "\(Wording.count(byContents, "tensor")) more equal in type, shape and contents under other names, which --json lists"
        )
      }
    }
    var table = TextTable(.left, .left)
    for pair in differing.prefix(shown) {
      table.add(pair.name, Self.difference(pair.result))
      if let error = Self.error(pair.result) { table.add("", error) }
    }
    if shown < differing.count {
      table.add(
        "…",
        "\(Wording.grouped(differing.count - shown)) more \(Wording.verb("differ", for: differing.count - shown)) less")
    }
    for (names, file) in zip([comparison.onlyInFirst, comparison.onlyInSecond], comparison.files) {
      // What training left stands in one line.
      let left = Set(names.filter(TrainingState.known.names))
      for name in names where !left.contains(name) { table.add(name, "only in \(file)") }
      if let first = names.first(where: left.contains) {
        let others = left.count - 1
        table.add(
          first + (others == 0 ? "" : " and \(Wording.count(others, "other")), which --json lists"),
          "only in \(file): what training left")
      }
    }
    lines += table.lines()
    if let leftOut { lines.append(leftOut) }
    lines += comparison.computed.map { "\($0) alone, the sines and cosines that are computed where no file holds them" }
    let alone = zip([comparison.onlyInFirst, comparison.onlyInSecond], comparison.files).filter { !$0.0.isEmpty }
    if !alone.isEmpty {
      lines.append(alone.map { "\(Wording.count($0.count, "tensor")) only in \($1)" }.joined(separator: ", "))
    }
    return lines + [comparison.agrees ? "The same weights." : "DIFFERENT weights."]
  }

  /// The tensors that are not compared, in one line; nil for none.
  private var leftOut: String? {
    let names = comparison.leftOut
    guard let first = names.first else { return nil }
    let others = names.count - 1
    return "not compared, for no weight of the model: \(first)"
      + (others == 0 ? "" : " and \(Wording.count(others, "other")), which --json lists")
  }

  private var pairing: String {
    switch comparison.pairing {
    case .names: "paired by name"
    case .tables(let architecture, let namings):
      "paired by the tables: \(architecture), \(namings.joined(separator: " and "))"
    case .contents: "paired by type, shape and contents: no name is in both, no table accounts for both"
    }
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
      let count = "\(Wording.count(differing, "value")) of \(Wording.grouped(result.shapes[0].elementCount))"
      parts.append(
        "\(count) \(Wording.verb("differ", for: differing)), by at most \(Wording.number(result.maximumDifference)), "
          + "first at \(first)")
    } else {
      parts.append("the same values")
    }
    return parts.joined(separator: ": ")
  }

  /// How large the difference is beside the tensors; nil where that is no number.
  private static func error(_ result: TensorComparison) -> String? {
    let parts = [
      result.relativeError.map { "relative error \(Wording.number($0))" },
      result.cosine.map { "cosine \(Wording.value($0))" },
    ].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// The comparison as a program reads it: tensors that differ first, the worst before the others.
  var json: JSON {
    let pairing: JSON =
      switch comparison.pairing {
      case .names: ["by": "names"]
      case .tables(let architecture, let namings):
        ["by": "tables", "architecture": .string(architecture), "namings": .array(namings.map(JSON.string))]
      case .contents: ["by": "contents"]
      }
    let pairs = differing.prefix(shown) + comparison.pairs.filter(\.result.isEqual)
    return [
      "files": .array(comparison.files.map(JSON.string)),
      "paired": pairing,
      "equal": .bool(comparison.agrees),
      "differing": .integer(differing.count),
      "tensors": .array(pairs.map(Self.json)),
      "onlyInFirst": .array(comparison.onlyInFirst.map(JSON.string)),
      "onlyInSecond": .array(comparison.onlyInSecond.map(JSON.string)),
      "notCompared": .array(comparison.leftOut.map(JSON.string)),
      "computed": .array(comparison.computed.map(JSON.string)),
    ]
  }

  private static func json(_ pair: Comparison.Pair) -> JSON {
    let result = pair.result
    return [
      "name": .string(pair.name), "sources": .array(pair.sources.map(JSON.string)),
      "byContents": .bool(pair.isByContents),
      "transforms": .array(pair.transforms.map { .array($0.map { .string($0.description) }) }),
      "types": .array(result.elementTypes.map { .string($0.rawValue) }),
      "shapes": .array(result.shapes.map { .array($0.dimensions.map(JSON.integer)) }),
      "equal": .bool(result.isEqual),
      "differing": result.differing.map(JSON.integer) ?? .null,
      "maximumDifference": .double(result.maximumDifference),
      "relativeError": result.relativeError.map(JSON.double) ?? .null,
      "cosine": result.cosine.map(JSON.double) ?? .null,
      "first": result.first.map { .array($0.map(JSON.integer)) } ?? .null,
    ]
  }
}
