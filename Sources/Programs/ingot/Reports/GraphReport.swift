import Bytes
import Drawing
import Inference
import JSON

/// What a model computes, as text, JSON and a drawing.
struct GraphReport {
  let outline: GraphOutline
  let title: String

  /// The steps in rows, each block that is repeated once.
  var lines: [String] {
    outline.groups.flatMap { group in
      var table = TextTable(.right, .left, .left, .left, .left)
      for step in group.steps {
        table.add(
          "\(step.number)", step.operation, step.shape, step.name,
          step.reads.isEmpty ? "" : "of \(step.reads.map(String.init).joined(separator: ", "))")
      }
      return (group.title.map { ["\($0):"] } ?? []) + table.lines()
    }
  }

  var json: JSON {
    .array(
      outline.groups.map { group in
        [
          "blocks": group.title.map(JSON.string) ?? .null,
          "steps": .array(
            group.steps.map { step in
              [
                "number": .integer(step.number), "operation": .string(step.operation), "shape": .string(step.shape),
                "name": .string(step.name), "reads": .array(step.reads.map(JSON.integer)),
              ]
            }),
        ]
      })
  }

  /// The drawing.
  func bytes(as format: PictureFormat) throws -> [UInt8] {
    let chart = StepChart(
      title: title,
      groups: outline.groups.map { group in
        StepChart.Group(
          title: group.title,
          steps: group.steps.map { step in
            StepChart.Step(number: step.number, columns: [step.operation, step.shape, step.name], reads: step.reads)
          })
      })
    return try format.bytes(of: chart.scene)
  }
}
