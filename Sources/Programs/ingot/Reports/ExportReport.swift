import Conversion

/// A planned export in words.
enum ExportReport {
  /// What is written, and what the files cannot say or hold.
  static func lines(_ export: Export) -> [String] {
    var found = TextTable(.left, .left)
    found.add("model", "\(export.model.path): \(export.architecture.name)")
    found.add("to", "\(export.destination.rawValue), names of \(export.plan.naming)")
    if let name = export.configuration["architectures"]?.elements?.first?.string { found.add("class", name) }
    if let head = export.keptHead {
      found.add("head", "\(head.kind)\(head.labels.map { ", \(Wording.count($0, "label"))" } ?? "")")
    }
    var tensors = Wording.count(export.plan.steps.count, "tensor")
    if !export.plan.extras.isEmpty { tensors += " and \(Wording.count(export.plan.extras.count, "extra"))" }
    found.add("tensors", tensors)
    return found.lines(indent: 0) + export.remarks.map { "Note: \($0)" }
  }
}
