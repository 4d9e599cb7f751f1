import Checkpoints
import JSON
import Tensors

extension Listing {
  /// The whole listing in words.
  var lines: [String] {
    heading + [""] + rows + [""] + totalRows + (salvage.map { [""] + $0.lines } ?? [])
  }

  private var heading: [String] {
    var table = TextTable(.left, .left)
    if let model {
      table.add("architecture", model.architecture)
      table.add("settings", wrapping: (model.settings.members ?? []).map { "\($0.name) = \($0.value.bare)" })
      if let head = model.head {
        table.add(
          "head", wrapping: (head.members ?? []).filter { $0.name != "layers" }.map { "\($0.name) = \($0.value.bare)" })
      }
      if let ledger { table.add("made from", "\(ledger.file): \(ledger.container), \(ledger.naming) names") }
      if !model.attachments.isEmpty {
        table.add(
          "files", model.attachments.map { "\($0.name) (\(Wording.size($0.bytes.count)))" }.joined(separator: ", "))
      }
      table.add("probes", model.probes.isEmpty ? "none" : "\(model.probes.count) sealed")
    } else {
      for fact in checkpoint.facts { table.add(fact.name, fact.value) }
    }
    return ["\(checkpoint.file): \(kind)"] + table.lines() + remarks.map { "  \($0)" }
      + (model.map { AssumptionReport.lines($0, naming: ledger?.naming) } ?? [])
  }

  /// What is said below the file's name; what is lost has rows of its own.
  private var remarks: [String] { salvage == nil ? checkpoint.remarks : [] }

  /// One row for each tensor, and one with its statistics below it where they were asked for.
  var rows: [String] {
    guard !measurements.isEmpty else { return plainRows }
    let measured = measuredRows
    return [measured[0]] + zip(plainRows, measured.dropFirst()).flatMap { [$0, $1] }
  }

  private var plainRows: [String] {
    var table = TextTable(.left, .left, .left, .right, .left)
    for tensor in tensors {
      table.add(
        tensor.name, "\(tensor.source.shape)", tensor.source.elementType.rawValue,
        Wording.size(tensor.source.byteCount), tensor.storage == "contiguous" ? "" : tensor.storage)
    }
    return table.lines()
  }

  private var measuredRows: [String] {
    var table = TextTable(.right, .right, .right, .right, .left, .left)
    table.add("minimum", "maximum", "mean", "deviation", "spread", "")
    for measurement in measurements {
      switch measurement {
      case .summary(let summary):
        let statistics = summary.statistics
        let numbers = [statistics.minimum, statistics.maximum, statistics.mean, statistics.deviation].map {
          summary.histogram == nil ? "-" : Wording.number($0)
        }
        table.add(
          numbers[0], numbers[1], numbers[2], numbers[3], summary.histogram?.bars ?? "", statistics.peculiarities)
      case .none: table.add("-", "-", "-", "-", "", "")
      case .unreadable(let problem):
        table.add("-", "-", "-", "-", "", "\(problem.kind.rawValue): \(problem.found)")
      }
    }
    return table.lines(indent: 4)
  }

  private var totalRows: [String] {
    var table = TextTable(.left, .right, .right, .right)
    for total in totals {
      table.add(
        total.name, Wording.count(total.tensors, "tensor"), Wording.count(total.elements, "value"),
        Wording.size(total.bytes))
    }
    return table.lines()
  }
}

extension JSON {
  /// The value as a person reads it: text without quotes.
  fileprivate var bare: String { string ?? compact }
}

extension Statistics {
  /// What a healthy weight does not have: zeros, NaN, infinities, each with its count.
  fileprivate var peculiarities: String {
    [(zeros, "zero"), (notANumber, "NaN"), (infinite, "infinite")]
      .filter { $0.0 > 0 }.map { "\(Wording.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
  }
}

extension Histogram {
  /// One bar a count, the highest for the largest.
  fileprivate var bars: String {
    let heights = Array("▁▂▃▄▅▆▇█")
    let largest = Double(max(1, counts.max() ?? 0))
    return String(counts.map { $0 == 0 ? " " : heights[min(7, Int(Double($0) / largest * 8))] })
  }
}

extension Salvage {
  /// What is lost, and where the file ends.
  var lines: [String] {
    var table = TextTable(.left, .left)
    for tensor in lost { table.add(tensor.name, "\(tensor.problem.found)") }
    let survivors = checkpoint.tensors.count
    let count =
      "\(Wording.count(survivors, "tensor")) \(Wording.verb("survive", for: survivors)) whole, \(lost.count) "
      + "\(lost.count == 1 ? "is" : "are") lost."
    return (lost.isEmpty ? [] : ["lost"] + table.lines() + [""]) + [count]
      + (isListWhole ? [] : ["What else the file held, its lost end does not tell."])
  }
}
