import Architectures
import ArgumentParser
import Bytes
import Checkpoints
import Conversion
import JSON

/// `ingot plan`: where every tensor of a checkpoint would go, without reading one.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows where every tensor of a checkpoint would go.",
    discussion: """
      No weights are read and nothing is written.

        ingot plan chinese_roberta_wwm_ext_L-12_H-768_A-12/
        ingot plan best_model.weights --config bert_config.json --extra keep
      """)

  @OptionGroup var source: SourceOptions

  @Flag(help: "Print the plan as JSON.")
  var json = false

  func run() throws {
    try reporting {
      let conversion = try Conversion(planning: source.release(), options: source.options)
      if json {
        print(conversion.json.indented)
      } else {
        for line in PlanReport.lines(conversion) { print(printable(line)) }
      }
    }
  }
}

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
    let bytes = checkpoint.tensors.reduce(0) { $0 + $1.source.byteCount }
    var found = TextTable(.left, .left)
    found.add(
      "checkpoint",
      "\(checkpoint.file): \(checkpoint.container.rawValue), \(Wording.count(checkpoint.tensors.count, "tensor")), "
        + Wording.size(bytes))
    for fact in checkpoint.facts { found.add("", "\(fact.name) \(fact.value)") }
    found.add("configuration", release.configurationPath ?? "none found")
    found.add("vocabulary", release.vocabularyPath ?? "none found")
    found.add("architecture", "\(conversion.plan.architecture): \(conversion.architecture.title)")
    found.add("naming", conversion.plan.naming)
    found.add("sizes", conversion.plan.sizes.map { "\($0.letter) \($0.name) \($0.value)" }.joined(separator: ", "))
    for (index, entry) in conversion.settings.entries.enumerated() {
      let overruled = entry.overruled.map { ", overruling \($0.value) (\($0.origin))" }.joined()
      found.add(index == 0 ? "settings" : "", "\(entry.name) = \(entry.value) (\(entry.origin))\(overruled)")
    }
    return found.lines(indent: 0) + checkpoint.remarks
  }

  private static func tensors(_ conversion: Conversion) -> [String] {
    let plan = conversion.plan
    var table = TextTable(.left, .left, .left, .left, .left)
    for step in plan.steps {
      table.add(
        step.tensor, step.shape.description, step.elementType.rawValue, step.source,
        step.transforms.map(\.description).joined(separator: ", "))
    }
    for extra in plan.extras {
      table.add(extra.tensor, extra.shape.description, extra.elementType.rawValue, extra.source, "extra, kept as it is")
    }
    for dropped in plan.dropped { table.add("-", "", "", dropped.source, "dropped: \(dropped.reason)") }
    return table.lines(indent: 0)
  }

  private static func verdict(_ plan: Plan) -> String {
    var parts = ["\(Wording.count(plan.steps.count, "tensor")) of the architecture"]
    if !plan.extras.isEmpty { parts.append("\(Wording.count(plan.extras.count, "extra tensor")) kept") }
    if !plan.dropped.isEmpty { parts.append("\(Wording.count(plan.dropped.count, "tensor")) dropped") }
    return "Every tensor is accounted for: \(parts.joined(separator: ", "))."
  }
}

extension Conversion {
  /// The plan as a program reads it.
  fileprivate var json: JSON {
    let checkpoint = release.checkpoint
    return [
      "checkpoint": [
        "file": .string(checkpoint.file), "container": .string(checkpoint.container.rawValue),
        "facts": .object(checkpoint.facts.map { JSON.Member($0.name, .string($0.value)) }),
      ],
      "configuration": release.configurationPath.map(JSON.string) ?? .null,
      "vocabulary": release.vocabularyPath.map(JSON.string) ?? .null,
      "architecture": .string(plan.architecture),
      "revision": .string(plan.revision),
      "naming": .string(plan.naming),
      "sizes": .object(plan.sizes.map { JSON.Member($0.name, .integer($0.value)) }),
      "settings": .object(
        settings.entries.map { entry in
          JSON.Member(entry.name, ["value": entry.value.json, "origin": .string(entry.origin.description)])
        }),
      "tensors": .array(
        plan.steps.map { step in
          [
            "tensor": .string(step.tensor), "source": .string(step.source),
            "shape": .array(step.shape.dimensions.map(JSON.integer)), "type": .string(step.elementType.rawValue),
            "transforms": .array(step.transforms.map { .string($0.description) }),
          ]
        }),
      "extras": .array(
        plan.extras.map { ["tensor": .string($0.tensor), "source": .string($0.source)] }),
      "dropped": .array(
        plan.dropped.map { ["source": .string($0.source), "reason": .string($0.reason)] }),
    ]
  }
}
