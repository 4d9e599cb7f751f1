/// A drawing before it is a file: marks on white paper, in pixels from the upper left.
public struct Scene: Sendable {
  /// A place on the paper.
  struct Place: Equatable, Sendable {
    var x: Double
    var y: Double
  }

  /// A rectangle on the paper.
  struct Frame: Equatable, Sendable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  /// Which end of a text stands at its place.
  enum Anchor: String, Sendable {
    case start
    case middle
    case end
  }

  /// One thing that is drawn.
  enum Mark: Sendable {
    case line([Place], Color, width: Double)
    /// A rectangle full of cells of equal size, row by row from the top.
    case cells(Frame, [[Color]])
    /// A text whose base line begins, has its middle or ends at a place; turned, it is read from below.
    case text(String, Place, size: Double, Anchor, Color, isTurned: Bool)
  }

  let width: Int
  let height: Int
  private(set) var marks: [Mark] = []

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  mutating func line(_ places: [Place], _ color: Color = .ink, width: Double = 1) {
    marks.append(.line(places, color, width: width))
  }

  mutating func line(from start: Place, to end: Place, _ color: Color = .ink, width: Double = 1) {
    line([start, end], color, width: width)
  }

  mutating func outline(_ frame: Frame) {
    let (right, bottom) = (frame.x + frame.width, frame.y + frame.height)
    line([
      Place(x: frame.x, y: frame.y), Place(x: right, y: frame.y), Place(x: right, y: bottom),
      Place(x: frame.x, y: bottom), Place(x: frame.x, y: frame.y),
    ])
  }

  mutating func cells(_ frame: Frame, _ colors: [[Color]]) {
    marks.append(.cells(frame, colors))
  }

  mutating func text(
    _ text: String, at place: Place, size: Double = 13, _ anchor: Anchor = .start, _ color: Color = .ink,
    isTurned: Bool = false
  ) {
    marks.append(.text(text, place, size: size, anchor, color, isTurned: isTurned))
  }
}
