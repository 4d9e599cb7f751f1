extension Scene {
  /// The drawing as PNG, in two pixels for each of the scene's.
  public func png() throws -> [UInt8] {
    try PNG.bytes(of: raster(scale: 2))
  }

  /// Draws every mark, with so many pixels for each of the scene's.
  func raster(scale: Int) -> Raster {
    let factor = Double(scale)
    var raster = Raster(width: width * scale, height: height * scale)
    for mark in marks {
      switch mark {
      case .line(let places, let color, let width):
        for (a, b) in zip(places, places.dropFirst()) {
          raster.stroke(
            from: (a.x * factor, a.y * factor), to: (b.x * factor, b.y * factor), width: width * factor, color)
        }
      case .cells(let frame, let colors):
        for (row, line) in colors.enumerated() {
          let top = (frame.y + frame.height * Double(row) / Double(colors.count)) * factor
          let bottom = (frame.y + frame.height * Double(row + 1) / Double(colors.count)) * factor
          for (column, color) in line.enumerated() {
            let left = (frame.x + frame.width * Double(column) / Double(line.count)) * factor
            let right = (frame.x + frame.width * Double(column + 1) / Double(line.count)) * factor
            raster.fill(
              Int(left.rounded())..<Int(right.rounded()), Int(top.rounded())..<Int(bottom.rounded()), color)
          }
        }
      case .text(let text, let place, let size, let anchor, let color, let isTurned):
        for stroke in Lettering.strokes(of: text, at: place, size: size, anchor, isTurned: isTurned) {
          raster.stroke(
            from: (stroke.from.x * factor, stroke.from.y * factor), to: (stroke.to.x * factor, stroke.to.y * factor),
            width: size * 0.09 * factor, color)
        }
      }
    }
    return raster
  }
}
