/// Numbers side by side: a group of bars for each subject, and in it one bar for each series.
public struct BarChart: Sendable {
  /// One series: a value for each group.
  public struct Series: Sendable {
    /// What stands in the legend.
    public var name: String
    /// The values, as many as there are groups; those that are no numbers are left out.
    public var values: [Double]

    /// Gathers values under a name.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// What is shown.
  public var title: String
  /// Under which conditions.
  public var subtitle: String
  /// What stands along the vertical axis.
  public var vertical: String
  /// What stands under each group.
  public var groups: [String]
  /// The series; at least one.
  public var series: [Series]

  /// Gathers groups and series and what they are.
  public init(title: String, subtitle: String, vertical: String, groups: [String], series: [Series]) {
    self.title = title
    self.subtitle = subtitle
    self.vertical = vertical
    self.groups = groups
    self.series = series
  }

  /// The drawing: 560 pixels high, and as wide as its bars and its legend need.
  public var scene: Scene {
    let bar = 12.0
    let gap = 24.0
    let groupWidth = max(96, Double(series.count) * bar + gap)
    let frame = Scene.Frame(x: 92, y: 84, width: max(420, Double(groups.count) * groupWidth), height: 400)
    var scene = Scene(width: Int(frame.x + frame.width) + 230, height: 560)
    let (right, bottom) = (frame.x + frame.width, frame.y + frame.height)
    scene.text(title, at: .init(x: frame.x, y: 38), size: 20)
    scene.text(subtitle, at: .init(x: frame.x, y: 62), size: 13, .start, .faint)

    let values = series.flatMap(\.values).filter(\.isFinite)
    let (least, most) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
    let y = Axis(least...most + (most - least) * 0.04, from: bottom, to: frame.y)
    for tick in y.ticks(about: 7) {
      let place = y.place(of: tick.value)
      scene.line(from: .init(x: frame.x, y: place), to: .init(x: right, y: place), tick.value == 0 ? .faint : .grid)
      scene.text(tick.label, at: .init(x: frame.x - 8, y: place + 4), size: 12, .end)
    }
    let zero = y.place(of: 0)
    for (number, group) in groups.enumerated() {
      let middle = frame.x + (Double(number) + 0.5) * frame.width / Double(groups.count)
      let first = middle - Double(series.count) * bar / 2
      for (index, series) in series.enumerated() where series.values[number].isFinite {
        let place = y.place(of: series.values[number])
        let height = abs(place - zero)
        guard height > 0 else { continue }
        scene.cells(
          .init(x: first + Double(index) * bar + 1, y: min(place, zero), width: bar - 2, height: height),
          [[ColorMap.series(index, of: self.series.count)]])
      }
      scene.text(group, at: .init(x: middle, y: bottom + 20), size: 12, .middle)
    }
    scene.outline(frame)
    scene.text(vertical, at: .init(x: 24, y: frame.y + frame.height / 2), size: 13, .middle, .ink, isTurned: true)
    for (index, series) in series.enumerated() {
      let height = frame.y + 8 + Double(index) * 20
      scene.cells(
        .init(x: right + 16, y: height - 9, width: 12, height: 10), [[ColorMap.series(index, of: self.series.count)]])
      scene.text(series.name, at: .init(x: right + 36, y: height), size: 12)
    }
    return scene
  }
}
