import Bytes
import Checkpoints
import Foundation
import JSON
import ModelFiles
import Tensors

/// What a file holds, ready to be printed for a person or a program.
struct Listing {
  private let checkpoint: Checkpoint
  private let model: ModelFile?
  private let ledger: JSON?
  /// The tensors to be shown.
  private(set) var tensors: [CheckpointTensor]
  private var summaries: [TensorSummary] = []

  init(_ checkpoint: Checkpoint, model: ModelFile?) throws {
    self.checkpoint = checkpoint
    self.model = model
    ledger = try model?.ledger()
    tensors = model.map { model in checkpoint.tensors.filter { model.tensor($0.name) != nil } } ?? checkpoint.tensors
  }

  /// Restricts the listing to one tensor, by its name or its path in the file.
  mutating func keep(only name: String) throws {
    tensors = tensors.filter { $0.name == name || $0.path == name || $0.path == "/" + name }
    guard !tensors.isEmpty else {
      throw Problem(
        .mismatched, file: checkpoint.file, found: "no tensor \(name)",
        expected: "one of the names that \"ingot inspect \(checkpoint.file)\" lists")
    }
    tensors = [tensors[0]]
  }

  /// Reads every tensor for its statistics.
  mutating func measure() throws {
    let progress = ProgressLine("Reading", total: tensors.reduce(0) { $0 + $1.source.byteCount })
    defer { progress.finish() }
    summaries = try tensors.map { tensor in
      defer { progress.advance(by: tensor.source.byteCount) }
      return try TensorSummary(of: tensor.source, intervals: 16)
    }
  }
}

extension Listing {
  /// The whole listing in words.
  var lines: [String] {
    heading + [""] + rows + [""] + totals
  }

  private var heading: [String] {
    let kind = model == nil ? checkpoint.container.rawValue : "Ingot model file"
    var lines = ["\(checkpoint.file): \(kind)"]
    var table = TextTable(.left, .left)
    if let model {
      table.add("architecture", model.architecture)
      table.add("settings", (model.settings.members ?? []).map { "\($0.name) = \($0.value.compact)" }.joined(separator: ", "))
      let source = ledger?["source"]
      if let file = source?["file"]?.string, let container = source?["container"]?.string {
        table.add("made from", "\(file), \(container)")
      }
      if !model.attachments.isEmpty {
        table.add(
          "files", model.attachments.map { "\($0.name) (\(Wording.size($0.bytes.count)))" }.joined(separator: ", "))
      }
      table.add("probes", model.probes.isEmpty ? "none" : Wording.count(model.probes.count, "sealed reference"))
    } else {
      for fact in checkpoint.facts { table.add(fact.name, fact.value) }
    }
    lines += table.lines()
    lines += checkpoint.remarks.map { "  \($0)" }
    return lines
  }

  /// One row for each tensor, with its statistics where they were asked for.
  var rows: [String] {
    var table =
      summaries.isEmpty
      ? TextTable(.left, .left, .left, .right, .left)
      : TextTable(.left, .left, .left, .right, .right, .right, .right, .left, .left)
    if !summaries.isEmpty { table.add("", "", "", "minimum", "maximum", "mean", "deviation", "spread", "") }
    for (index, tensor) in tensors.enumerated() {
      let source = tensor.source
      if summaries.isEmpty {
        table.add(
          tensor.name, source.shape.description, source.elementType.rawValue, Wording.size(source.byteCount),
          tensor.storage == "contiguous" ? "" : tensor.storage)
      } else {
        let statistics = summaries[index].statistics
        table.add(
          tensor.name, source.shape.description, source.elementType.rawValue, Wording.number(statistics.minimum),
          Wording.number(statistics.maximum), Wording.number(statistics.mean), Wording.number(statistics.deviation),
          summaries[index].histogram?.bars ?? "", statistics.peculiarities)
      }
    }
    return table.lines()
  }

  private var totals: [String] {
    var groups: [(name: String, tensors: Int, elements: Int, bytes: Int)] = []
    for tensor in tensors {
      let name = Listing.group(of: tensor.name)
      let place = groups.firstIndex { $0.name == name } ?? groups.count
      if place == groups.count { groups.append((name, 0, 0, 0)) }
      groups[place].tensors += 1
      groups[place].elements += tensor.source.shape.elementCount
      groups[place].bytes += tensor.source.byteCount
    }
    if groups.count > 1 {
      groups.append(
        groups.reduce(("total", 0, 0, 0)) { ($0.0, $0.1 + $1.tensors, $0.2 + $1.elements, $0.3 + $1.bytes) })
    }
    var table = TextTable(.left, .right, .right, .right)
    for group in groups {
      table.add(
        group.name, Wording.count(group.tensors, "tensor"), "\(Wording.grouped(group.elements)) values",
        Wording.size(group.bytes))
    }
    return table.lines()
  }

  /// The part of a name under which tensors are added up: to its first number, else its first word.
  private static func group(of name: String) -> String {
    var end = name.startIndex
    var first: String.Index?
    while end < name.endIndex {
      let next = name[end...].firstIndex { "./-[".contains($0) } ?? name.endIndex
      if first == nil { first = next }
      if name[end..<next].contains(where: \.isNumber) { return String(name[..<next]) }
      end = next == name.endIndex || name[next] == "[" ? name.endIndex : name.index(after: next)
    }
    return String(name[..<(first ?? name.endIndex)])
  }

  /// The listing as a program reads it.
  var json: JSON {
    let rows = tensors.enumerated().map { index, tensor in
      var members: [JSON.Member] = [
        JSON.Member("name", .string(tensor.name)),
        JSON.Member("path", .string(tensor.path)),
        JSON.Member("shape", .array(tensor.source.shape.dimensions.map(JSON.integer))),
        JSON.Member("type", .string(tensor.source.elementType.rawValue)),
        JSON.Member("bytes", .integer(tensor.source.byteCount)),
      ]
      if summaries.indices.contains(index) { members += summaries[index].members }
      return JSON.object(members)
    }
    return [
      "file": .string(checkpoint.file),
      "kind": .string(model == nil ? checkpoint.container.rawValue : "Ingot model file"),
      "facts": .object(checkpoint.facts.map { JSON.Member($0.name, .string($0.value)) }),
      "tensors": .array(rows),
    ]
  }
}

extension TensorSummary {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("minimum", .double(statistics.minimum)),
      JSON.Member("maximum", .double(statistics.maximum)),
      JSON.Member("mean", .double(statistics.mean)),
      JSON.Member("deviation", .double(statistics.deviation)),
      JSON.Member("zeros", .integer(statistics.zeros)),
      JSON.Member("nan", .integer(statistics.notANumber)),
      JSON.Member("infinite", .integer(statistics.infinite)),
      JSON.Member("histogram", .array((histogram?.counts ?? []).map(JSON.integer))),
    ]
  }
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
    let largest = counts.max() ?? 0
    return String(
      counts.map { $0 == 0 ? " " : heights[min(heights.count - 1, $0 * heights.count / max(1, largest))] })
  }
}
