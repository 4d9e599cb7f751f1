import Drawing
import PositionStudies

extension PositionFigure {
  /// The figure as a drawing.
  var scene: Scene {
    switch content {
    case .similarity(let rows):
      HeatMap(
        title: title, subtitle: subtitle, horizontal: horizontal, vertical: horizontal, quantity: quantity, rows: rows,
        isSigned: rows.joined().contains { $0 < 0 }
      ).scene
    case .curves(let curves, let first):
      CurveChart(
        title: title, subtitle: subtitle, horizontal: horizontal, vertical: quantity, first: first,
        curves: curves.map { CurveChart.Curve(name: $0.name, values: $0.values) }
      ).scene
    }
  }
}
