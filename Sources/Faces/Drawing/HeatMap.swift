/// A matrix of numbers as a field of colours, with a bar that says which colour is which number.
public struct HeatMap: Sendable {
  /// What is shown.
  public var title: String
  /// Under which conditions.
  public var subtitle: String
  /// What stands along the horizontal axis.
  public var horizontal: String
  /// What stands along the vertical axis.
  public var vertical: String
  /// What the numbers are, beside the bar of colours.
  public var quantity: String
  /// Rows of equal length, from the top; none is empty.
  public var rows: [[Double]]
  /// Whether numbers have two signs, and zero stands in the middle.
  public var isSigned: Bool

  /// Gathers numbers and what they are.
  public init(
    title: String, subtitle: String, horizontal: String, vertical: String, quantity: String, rows: [[Double]],
    isSigned: Bool
  ) {
    self.title = title
    self.subtitle = subtitle
    self.horizontal = horizontal
    self.vertical = vertical
    self.quantity = quantity
    self.rows = rows
    self.isSigned = isSigned
  }

  /// The drawing, 760 by 680 pixels.
  public var scene: Scene {
    var scene = Scene(width: 760, height: 680)
    let frame = Scene.Frame(x: 84, y: 84, width: 520, height: 520)
    scene.text(title, at: .init(x: 84, y: 38), size: 20)
    scene.text(subtitle, at: .init(x: 84, y: 62), size: 13, .start, .faint)
    let scale = scale
    scene.cells(frame, rows.map { row in row.map { color(of: $0, scale) } })
    scene.outline(frame)
    addAxes(to: &scene, frame)
    addBar(to: &scene, scale)
    return scene
  }

  private var map: ColorMap { isSigned ? .diverging : .sequential }

  /// The numbers from the first colour to the last.
  private var scale: ClosedRange<Double> {
    let values = rows.joined().filter(\.isFinite)
    let (least, most) = (values.min() ?? 0, values.max() ?? 0)
    guard isSigned else { return least...most }
    let reach = max(abs(least), abs(most))
    return -reach...reach
  }

  private func color(of value: Double, _ scale: ClosedRange<Double>) -> Color {
    let extent = scale.upperBound - scale.lowerBound
    return value.isFinite ? map.color(at: extent > 0 ? (value - scale.lowerBound) / extent : 0.5) : .faint
  }

  private func addAxes(to scene: inout Scene, _ frame: Scene.Frame) {
    let (bottom, columns) = (frame.y + frame.height, rows[0].count)
    // Ticks stand below the middles of cells.
    let x = Axis(-0.5...Double(columns) - 0.5, from: frame.x, to: frame.x + frame.width)
    let y = Axis(-0.5...Double(rows.count) - 0.5, from: frame.y, to: bottom)
    for tick in x.ticks(about: 8) where tick.value == tick.value.rounded() {
      let place = x.place(of: tick.value)
      scene.line(from: .init(x: place, y: bottom), to: .init(x: place, y: bottom + 5))
      scene.text(tick.label, at: .init(x: place, y: bottom + 20), .middle)
    }
    for tick in y.ticks(about: 8) where tick.value == tick.value.rounded() {
      let place = y.place(of: tick.value)
      scene.line(from: .init(x: frame.x - 5, y: place), to: .init(x: frame.x, y: place))
      scene.text(tick.label, at: .init(x: frame.x - 9, y: place + 4), .end)
    }
    scene.text(horizontal, at: .init(x: frame.x + frame.width / 2, y: bottom + 48), size: 14, .middle)
    scene.text(vertical, at: .init(x: 28, y: frame.y + frame.height / 2), size: 14, .middle, isTurned: true)
  }

  private func addBar(to scene: inout Scene, _ scale: ClosedRange<Double>) {
    let frame = Scene.Frame(x: 632, y: 84, width: 18, height: 520)
    let steps = 260
    scene.cells(frame, (0..<steps).map { [map.color(at: 1 - (Double($0) + 0.5) / Double(steps))] })
    scene.outline(frame)
    let axis = Axis(scale, from: frame.y + frame.height, to: frame.y)
    for tick in axis.ticks(about: 8) {
      let place = axis.place(of: tick.value)
      scene.line(from: .init(x: 650, y: place), to: .init(x: 655, y: place))
      scene.text(tick.label, at: .init(x: 660, y: place + 4))
    }
    scene.text(quantity, at: .init(x: 736, y: 344), size: 14, .middle, isTurned: true)
  }
}
