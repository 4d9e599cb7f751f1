import Architectures
import Bytes
import Checkpoints
import Conversion
import Inference
import Tensors

/// A planned conversion in words.
enum PlanReport {
  /// The whole plan: what was found, sizes and settings with their origins, and a row for every tensor.
  static func lines(_ conversion: Conversion) -> [String] {
    summary(conversion) + [""] + tensors(conversion) + ["", verdict(conversion.plan)]
  }

  /// What was found, and what follows from it.
  static func summary(_ conversion: Conversion) -> [String] {
    let release = conversion.release
    let checkpoint = release.checkpoint
    var found = TextTable(.left, .left)
    found.add(
      "checkpoint",
      "\(checkpoint.file): \(checkpoint.container.rawValue), \(Wording.count(checkpoint.tensors.count, "tensor")), "
        + Wording.size(checkpoint.tensors.withoutShared.byteCount))
    for fact in checkpoint.facts { found.add("", "\(fact.name) \(fact.value)") }
    found.add("configuration", conversion.configurationPath ?? "none found")
    if let path = conversion.recordPath { found.add("export", path) }
    found.add("vocabulary", release.vocabularyPath ?? "none found")
    let tokenizer = release.tokenizerPaths.map { Path($0).name }
    if !tokenizer.isEmpty { found.add("tokenizer", tokenizer.joined(separator: ", ")) }
    found.add("architecture", "\(conversion.plan.architecture): \(conversion.architecture.title)")
    let prefix = conversion.plan.prefix
    found.add("naming", conversion.plan.naming + (prefix.isEmpty ? "" : ", with \(prefix) before the names"))
    for (index, part) in conversion.plan.parts.enumerated() {
      found.add(index == 0 ? "parts" : "", part.description)
    }
    found.add("sizes", wrapping: conversion.plan.sizes.map { "\($0.name) \($0.value)" })
    if let head = conversion.plan.head, conversion.head == nil, conversion.toldHead == nil {
      found.add("head", words(for: head))
    }
    for (index, entry) in conversion.settings.entries.enumerated() {
      let overruled = entry.overruled.map { ", overruling \($0.value) (\($0.origin))" }.joined()
      // An export keeps what was assumed apart from what was told.
      let isAssumed = entry.origin == .export && entry.assumption != nil
      let origin = isAssumed ? "assumed before the export: \(entry.origin)" : "\(entry.origin)"
      found.add(index == 0 ? "settings" : "", "\(entry.name) = \(entry.value) (\(origin))\(overruled)")
    }
    for (index, member) in (conversion.toldVectors?.settings.members ?? []).enumerated() {
      found.add(
        index == 0 ? "vectors" : "", "\(member.name) = \(member.value.string ?? member.value.compact) (ingot.json)")
    }
    if let texts = conversion.texts {
      // The kind shows the file where the files decided it.
      for (index, name) in texts.names.filter({ $0 != .file || texts.origins[.kind] == .given }).enumerated() {
        let origin = texts.origins[name].map { " (\($0))" } ?? ""
        found.add(index == 0 ? "texts" : "", "\(name.rawValue) = \(texts.text(of: name))\(origin)")
      }
    }
    for (index, entry) in (conversion.vectors?.entries ?? []).enumerated() {
      found.add(index == 0 ? "vectors" : "", "\(entry.name) = \(entry.value) (\(entry.origin))")
    }
    for (index, member) in (conversion.toldHead?.members ?? []).enumerated() {
      found.add(
        index == 0 ? "head" : "", "\(member.name) = \(member.value.string ?? member.value.compact) (ingot.json)")
    }
    for (index, entry) in (conversion.head?.entries ?? []).enumerated() {
      // Labels may be many.
      let words = "\(entry.name) = \(entry.value) (\(entry.origin))"
      found.add(index == 0 ? "head" : "", wrapping: words.split(separator: ", ").map(String.init))
    }
    return found.lines(indent: 0) + conversion.warnings.map { "Warning: \($0)" } + AssumptionReport.lines(conversion)
      + (checkpoint.remarks + conversion.remarks + uncomputed(conversion.plan.architecture)).map { "Note: \($0)" }
  }

  /// That an architecture of the user's own is not computed, if so.
  private static func uncomputed(_ architecture: String) -> [String] {
    Model.architectures.contains(architecture)
      ? []
      : ["Ingot does not compute the architecture \(architecture): its model files are proven by their bytes alone."]
  }

  /// What fine-tuning put on top, and who says so.
  static func words(for head: Plan.Head) -> String {
    let origin =
      switch head.origin {
      case .given: "given"
      case .export: "ingot.json"
      case .configuration(let name): "configuration: architectures = [\"\(name)\"]"
      case .names: "its names"
      }
    let labels = head.labels.map { ", \(Wording.count($0, "label"))" } ?? ""
    return "\(head.kind)\(labels) (\(origin)); kept, and not computed"
  }

  private static func tensors(_ conversion: Conversion) -> [String] {
    let plan = conversion.plan
    // A type is worth a column only where there are several.
    let types = Set(plan.steps.map(\.elementType) + plan.extras.map(\.elementType))
    func text(_ shape: Shape, _ type: ElementType) -> String {
      types.count > 1 ? "\(shape) \(type.rawValue)" : "\(shape)"
    }
    var table = TextTable(.left, .left, .left, .left)
    for step in plan.steps {
      table.add(
        step.tensor, text(step.shape, step.elementType), step.source,
        step.transforms.map(\.description).joined(separator: ", "))
    }
    for extra in plan.extras {
      let part = plan.head?.parts.first { $0.source == extra.source }
      let isHead = conversion.head?.settings.tensors.contains(extra.tensor) == true
      table.add(
        extra.tensor, text(extra.shape, extra.elementType), extra.source,
        part.map { "head, kept as it is: \($0.tensor)" } ?? "\(isHead ? "head" : "extra"), kept as it is")
    }
    for group in groups(of: plan.dropped) {
      let others = group.count - 1
      let rest = others == 0 ? "" : " and \(Wording.count(others, "other")), which --json lists"
      table.add("-", "", group[0].source + rest, "dropped: \(group[0].reason)")
    }
    return table.lines(indent: 0)
  }

  /// The most tensors dropped for one reason that are listed one by one.
  private static let largestGroup = 3

  /// What is dropped, tensors that are many for one reason together, in the place of the first of them.
  private static func groups(of dropped: [Plan.Dropped]) -> [[Plan.Dropped]] {
    let reasons = Dictionary(grouping: dropped, by: \.reason)
    var seen: Set<String> = []
    return dropped.flatMap { one -> [[Plan.Dropped]] in
      let same = reasons[one.reason] ?? []
      guard same.count > largestGroup else { return [[one]] }
      return seen.insert(one.reason).inserted ? [same] : []
    }
  }

  private static func verdict(_ plan: Plan) -> String {
    var parts = ["\(Wording.count(plan.steps.count, "tensor")) of the architecture"]
    if !plan.extras.isEmpty { parts.append("\(Wording.count(plan.extras.count, "extra tensor")) kept") }
    if !plan.dropped.isEmpty { parts.append("\(Wording.count(plan.dropped.count, "tensor")) dropped") }
    return "Every tensor is accounted for: \(parts.joined(separator: ", "))."
  }
}
