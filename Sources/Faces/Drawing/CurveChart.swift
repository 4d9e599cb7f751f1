/// Numbers against a number, one curve for each series.
public struct CurveChart: Sendable {
  /// One curve: a value for each place on the horizontal axis.
  public struct Curve: Sendable {
    /// What stands in the legend.
    public var name: String
    /// The values; those that are no numbers are left out.
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
  /// What stands along the horizontal axis.
  public var horizontal: String
  /// What stands along the vertical axis.
  public var vertical: String
  /// The place of every curve's first value; the others follow at 1.
  public var first: Int
  /// Curves of equal length; at least one.
  public var curves: [Curve]

  /// Gathers curves and what they are.
  public init(
    title: String, subtitle: String, horizontal: String, vertical: String, first: Int, curves: [Curve]
  ) {
    self.title = title
    self.subtitle = subtitle
    self.horizontal = horizontal
    self.vertical = vertical
    self.first = first
    self.curves = curves
  }

  /// The drawing, 880 by 560 pixels.
  public var scene: Scene {
    var scene = Scene(width: 880, height: 560)
    let frame = Scene.Frame(x: 92, y: 84, width: 620, height: 400)
    let (right, bottom) = (frame.x + frame.width, frame.y + frame.height)
    scene.text(title, at: .init(x: 92, y: 38), size: 20)
    scene.text(subtitle, at: .init(x: 92, y: 62), size: 13, .start, .faint)

    let values = curves.flatMap(\.values).filter(\.isFinite)
    let (least, most) = (values.min() ?? 0, values.max() ?? 0)
    let margin = (most - least) * 0.04
    let y = Axis(least - margin...most + margin, from: bottom, to: frame.y)
    let x = Axis(Double(first)...Double(first + max(1, curves[0].values.count - 1)), from: frame.x, to: right)
    for tick in y.ticks(about: 7) {
      let place = y.place(of: tick.value)
      scene.line(from: .init(x: frame.x, y: place), to: .init(x: right, y: place), tick.value == 0 ? .faint : .grid)
      scene.text(tick.label, at: .init(x: frame.x - 9, y: place + 4), .end)
    }
    for tick in x.ticks(about: 9) where tick.value == tick.value.rounded() {
      let place = x.place(of: tick.value)
      scene.line(from: .init(x: place, y: frame.y), to: .init(x: place, y: bottom), .grid)
      scene.line(from: .init(x: place, y: bottom), to: .init(x: place, y: bottom + 5))
      scene.text(tick.label, at: .init(x: place, y: bottom + 20), .middle)
    }
    for (index, curve) in curves.enumerated() {
      let places = curve.values.indices.filter { curve.values[$0].isFinite }.map {
        Scene.Place(x: x.place(of: Double(first + $0)), y: y.place(of: curve.values[$0]))
      }
      scene.line(places, ColorMap.series(index, of: curves.count), width: 2)
    }
    scene.outline(frame)
    scene.text(horizontal, at: .init(x: frame.x + frame.width / 2, y: bottom + 48), size: 14, .middle)
    scene.text(vertical, at: .init(x: 28, y: frame.y + frame.height / 2), size: 14, .middle, isTurned: true)
    addLegend(to: &scene)
    return scene
  }

  /// The curves' names beside the frame, closer where they are many.
  private func addLegend(to scene: inout Scene) {
    let step = min(20, 400 / Double(curves.count))
    for (index, curve) in curves.enumerated() {
      let y = 92 + step * Double(index)
      scene.line(from: .init(x: 728, y: y), to: .init(x: 752, y: y), ColorMap.series(index, of: curves.count), width: 2)
      scene.text(curve.name, at: .init(x: 760, y: y + min(step, 12) * 0.35), size: min(13, step))
    }
  }
}
