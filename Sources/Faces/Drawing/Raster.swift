/// A rectangle of pixels, row by row from the top.
struct Raster {
  let width: Int
  let height: Int
  /// Red, green, blue of every pixel.
  private(set) var bytes: [UInt8]

  /// White paper.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    bytes = Array(repeating: 0xff, count: 3 * width * height)
  }

  /// One pixel for each colour.
  init(_ colors: [[Color]]) {
    self.init(width: colors.first?.count ?? 0, height: colors.count)
    bytes = colors.flatMap { row in row.flatMap { [$0.red, $0.green, $0.blue] } }
  }

  /// Fills a rectangle; what lies outside is left out.
  mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ color: Color) {
    for row in rows.clamped(to: 0..<height) {
      for column in columns.clamped(to: 0..<width) {
        let place = 3 * (row * width + column)
        bytes[place] = color.red
        bytes[place + 1] = color.green
        bytes[place + 2] = color.blue
      }
    }
  }

  /// Draws a straight stroke with round ends; pixels that it covers in part are mixed with what was there.
  mutating func stroke(
    from a: (x: Double, y: Double), to b: (x: Double, y: Double), width stroke: Double, _ color: Color
  ) {
    let reach = stroke / 2 + 1
    let rows = bounded(min(a.y, b.y) - reach)..<bounded(max(a.y, b.y) + reach + 1)
    let columns = bounded(min(a.x, b.x) - reach)..<bounded(max(a.x, b.x) + reach + 1)
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let square = dx * dx + dy * dy
    for row in rows.clamped(to: 0..<height) {
      for column in columns.clamped(to: 0..<width) {
        let (x, y) = (Double(column) + 0.5 - a.x, Double(row) + 0.5 - a.y)
        let share = square > 0 ? min(max((x * dx + y * dy) / square, 0), 1) : 0
        let (ox, oy) = (x - share * dx, y - share * dy)
        let coverage = stroke / 2 + 0.5 - (ox * ox + oy * oy).squareRoot()
        if coverage > 0 { mix(column, row, color, min(coverage, 1)) }
      }
    }
  }

  /// A pixel's number, for places however far outside.
  private func bounded(_ place: Double) -> Int {
    Int(min(max(place, -1), Double(max(width, height)) + 1).rounded(.down))
  }

  private mutating func mix(_ column: Int, _ row: Int, _ color: Color, _ coverage: Double) {
    let place = 3 * (row * width + column)
    for (index, value) in [color.red, color.green, color.blue].enumerated() {
      let old = Double(bytes[place + index])
      bytes[place + index] = UInt8((old + (Double(value) - old) * coverage).rounded())
    }
  }
}
