import Drawing
import PositionStudies

/// The formats that pictures are written in, by the ends of files' names.
enum PictureFormat: String {
  case svg
  case png

  /// The format of a file's name; nil when it is none of these.
  init?(of path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// The picture of a figure.
  func bytes(of figure: PositionFigure) throws -> [UInt8] {
    switch self {
    case .svg: try figure.scene.svg()
    case .png: try figure.scene.png()
    }
  }
}

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
