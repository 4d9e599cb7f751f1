/// A colour on a screen: sRGB, 8 bits each.
public struct Color: Equatable, Sendable {
  /// The share of red.
  public var red: UInt8
  /// The share of green.
  public var green: UInt8
  /// The share of blue.
  public var blue: UInt8

  /// Takes a colour as designers write it: `0x440154`.
  public init(_ code: UInt32) {
    red = UInt8(code >> 16 & 0xff)
    green = UInt8(code >> 8 & 0xff)
    blue = UInt8(code & 0xff)
  }

  /// The colour as SVG writes it: `#440154`.
  var code: String {
    "#"
      + [red, green, blue].map { value in
        let digits = String(value, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
      }.joined()
  }

  /// The colour between two others: 0 is the first, 1 the second.
  func mixed(with other: Color, _ share: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded()) }
    var result = self
    (result.red, result.green, result.blue) = (mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    return result
  }

  static let ink = Color(0x22_2222)
  static let faint = Color(0x77_7777)
  static let grid = Color(0xdd_dddd)
  static let paper = Color(0xff_ffff)
}

/// Colours for numbers, equally far apart to the eye where the numbers are, also for the colour-blind.
public struct ColorMap: Sendable {
  /// Equally spaced colours; what lies between is mixed.
  private let anchors: [Color]

  /// From dark violet by green to yellow: for values of one sign (viridis; Smith and van der Walt 2015).
  public static let sequential = ColorMap(
    0x440154, 0x472d7b, 0x3b528b, 0x2c728e, 0x21918c, 0x28ae80, 0x5ec962, 0xaddc30, 0xfde725)

  /// From blue by white to red: for values of both signs, white being zero (RdBu; Brewer 2002).
  public static let diverging = ColorMap(
    0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b)

  private init(_ codes: UInt32...) {
    anchors = codes.map { Color($0) }
  }

  /// The colour of a share of the way, from 0 to 1; what lies beyond has the colour of the end.
  public func color(at share: Double) -> Color {
    let place = min(max(share, 0), 1) * Double(anchors.count - 1)
    let first = min(Int(place), anchors.count - 2)
    return anchors[first].mixed(with: anchors[first + 1], place - Double(first))
  }

  /// The colour of one of several series, violet to green: the yellow end is too pale for a line on white.
  static func series(_ index: Int, of count: Int) -> Color {
    sequential.color(at: count > 1 ? 0.85 * Double(index) / Double(count - 1) : 0.3)
  }
}
