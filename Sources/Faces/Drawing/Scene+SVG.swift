import Bytes

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Scene {
  /// The drawing as SVG 1.1, in UTF-8; fields of cells are PNG images inside.
  public func svg() throws -> [UInt8] {
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"\(width)\" "
        + "height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" font-family=\"Helvetica, Arial, sans-serif\">",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"\(Color.paper.code)\"/>",
    ]
    lines += try marks.map(element)
    lines.append("</svg>\n")
    return Array(lines.joined(separator: "\n").utf8)
  }

  private func element(_ mark: Mark) throws -> String {
    switch mark {
    case .line(let places, let color, let width):
      let points = places.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
      return "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(color.code)\" stroke-width=\"\(number(width))\" "
        + "stroke-linejoin=\"round\"/>"
    case .cells(let frame, let colors):
      let image = Data(try PNG.bytes(of: Raster(colors))).base64EncodedString()
      return "<image x=\"\(number(frame.x))\" y=\"\(number(frame.y))\" width=\"\(number(frame.width))\" "
        + "height=\"\(number(frame.height))\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" "
        + "xlink:href=\"data:image/png;base64,\(image)\"/>"
    case .text(let text, let place, let size, let anchor, let color, let isTurned):
      let (x, y) = (number(place.x), number(place.y))
      let turn = isTurned ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
      return "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(size))\" text-anchor=\"\(anchor.rawValue)\" "
        + "fill=\"\(color.code)\"\(turn)>\(escaped(text))</text>"
    }
  }

  /// A number of pixels in at most two decimals.
  private func number(_ value: Double) -> String {
    let text = String(value, format: "%.2f")
    return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
  }

  /// Text in which nothing is markup; what XML does not allow is replaced.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
