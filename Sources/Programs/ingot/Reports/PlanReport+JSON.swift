import Architectures
import Checkpoints
import Conversion
import JSON
import Tensors

extension PlanReport {
  /// The plan as a program reads it.
  static func json(_ conversion: Conversion) -> JSON {
    let (release, plan) = (conversion.release, conversion.plan)
    let checkpoint = release.checkpoint
    return [
      "checkpoint": [
        "file": .string(checkpoint.file), "container": .string(checkpoint.container.rawValue),
        "facts": .object(checkpoint.facts.map { JSON.Member($0.name, .string($0.value)) }),
      ],
      "configuration": conversion.configurationPath.map(JSON.string) ?? .null,
      "export": conversion.recordPath.map(JSON.string) ?? .null,
      "vocabulary": release.vocabularyPath.map(JSON.string) ?? .null,
      "tokenizer": .array(release.tokenizerPaths.map(JSON.string)),
      "architecture": .string(plan.architecture),
      "revision": .string(plan.revision),
      "naming": .string(plan.naming),
      "prefix": .string(plan.prefix),
      "parts": .array(
        plan.parts.map { part in
          [
            "prefix": .string(part.prefix), "tensors": .integer(part.tensorCount),
            "fits": .array(part.titles.map(JSON.string)),
          ]
        }),
      "sizes": .object(plan.sizes.map { JSON.Member($0.name, .integer($0.value)) }),
      "head": plan.head.map { head in
        [
          "kind": .string(head.kind), "labels": head.labels.map(JSON.integer) ?? .null,
          "tensors": .object(head.parts.map { JSON.Member($0.tensor, .string($0.source)) }),
        ]
      } ?? .null,
      "settings": .object(
        conversion.settings.entries.map { entry in
          JSON.Member(entry.name, ["value": entry.value.json, "origin": .string(entry.origin.description)])
        }),
      "assumed": .object(
        conversion.settings.assumed.map { JSON.Member($0.name, .string($0.assumption ?? "")) }),
      "texts": conversion.texts.map { texts in
        .object(
          texts.names.map { name in
            JSON.Member(
              name.rawValue,
              [
                "value": texts.json[name.rawValue] ?? .null,
                "origin": .string(texts.origins[name]?.description ?? ""),
              ])
          })
      } ?? .null,
      "vectors": conversion.vectors.map { vectors in
        .object(
          vectors.entries.map { JSON.Member($0.name, ["value": .string($0.value), "origin": .string($0.origin)]) })
      } ?? .null,
      "headSettings": conversion.head.map { head in
        .object(head.entries.map { JSON.Member($0.name, ["value": .string($0.value), "origin": .string($0.origin)]) })
      } ?? .null,
      "warnings": .array(conversion.warnings.map(JSON.string)),
      "remarks": .array((checkpoint.remarks + conversion.remarks).map(JSON.string)),
      "tensors": .array(
        plan.steps.map { step in
          [
            "tensor": .string(step.tensor), "source": .string(step.source),
            "shape": .array(step.shape.dimensions.map(JSON.integer)), "type": .string(step.elementType.rawValue),
            "transforms": .array(step.transforms.map { .string($0.description) }),
          ]
        }),
      "extras": .array(
        plan.extras.map { extra in
          [
            "tensor": .string(extra.tensor), "source": .string(extra.source),
            "shape": .array(extra.shape.dimensions.map(JSON.integer)), "type": .string(extra.elementType.rawValue),
          ]
        }),
      "dropped": .array(
        plan.dropped.map { ["source": .string($0.source), "reason": .string($0.reason)] }),
    ]
  }
}
