/// Steps one below the other, in frames where they belong together, with lines from what each reads.
public struct StepChart: Sendable {
  /// One step.
  public struct Step: Sendable {
    /// Its number, which others refer to.
    public var number: Int
    /// What stands in its row, from left to right.
    public var columns: [String]
    /// The numbers of the steps that it reads.
    public var reads: [Int]

    /// Gathers what is known of a step.
    public init(number: Int, columns: [String], reads: [Int]) {
      (self.number, self.columns, self.reads) = (number, columns, reads)
    }
  }

  /// Steps in a frame, or without one where they have no title.
  public struct Group: Sendable {
    /// What stands above the steps.
    public var title: String?
    /// The steps, in order.
    public var steps: [Step]

    /// Joins steps under a title.
    public init(title: String?, steps: [Step]) { (self.title, self.steps) = (title, steps) }
  }

  /// What is shown.
  public var title: String
  /// The groups, in order.
  public var groups: [Group]

  /// Gathers groups under a title.
  public init(title: String, groups: [Group]) { (self.title, self.groups) = (title, groups) }

  private static let rowHeight = 24.0
  private static let left = 150.0
  private static let widths = [330.0, 300, 300]

  /// The drawing, as high as the steps need.
  public var scene: Scene {
    var rows: [Int: Double] = [:]
    var y = 84.0
    var frames: [(title: String, from: Double, to: Double)] = []
    for group in groups {
      if group.title != nil { y += StepChart.rowHeight }
      let top = y
      for step in group.steps {
        rows[step.number] = y
        y += StepChart.rowHeight
      }
      if let title = group.title {
        frames.append((title, top, y))
        y += StepChart.rowHeight / 2
      }
    }
    let width = StepChart.left + StepChart.widths.reduce(0, +) + 20
    var scene = Scene(width: Int(width), height: Int(y) + 24)
    scene.text(title, at: .init(x: 24, y: 38), size: 20)
    for frame in frames {
      scene.outline(
        .init(
          x: StepChart.left - 40, y: frame.from - 17, width: width - StepChart.left + 28, height: frame.to - frame.from)
      )
      scene.text(frame.title, at: .init(x: StepChart.left - 40, y: frame.from - 22), size: 12, .start, .faint)
    }
    for step in groups.flatMap(\.steps) { draw(step, rows, in: &scene) }
    return scene
  }

  private func draw(_ step: Step, _ rows: [Int: Double], in scene: inout Scene) {
    let y = rows[step.number]!
    scene.text("\(step.number)", at: .init(x: StepChart.left - 8, y: y), size: 12, .end, .faint)
    var x = StepChart.left
    for (column, width) in zip(step.columns, StepChart.widths) {
      scene.text(column, at: .init(x: x, y: y), size: 12)
      x += width
    }
    // A line on the left for each value that does not come from the step just above.
    for read in step.reads where read != step.number - 1 {
      guard let from = rows[read] else { continue }
      let depth = min(90, 6 + 6 * Double(step.number - read))
      let edge = StepChart.left - 28
      scene.line(
        [
          .init(x: edge, y: from - 4), .init(x: edge - depth, y: from - 4), .init(x: edge - depth, y: y - 4),
          .init(x: edge, y: y - 4),
        ], .grid)
    }
  }
}
