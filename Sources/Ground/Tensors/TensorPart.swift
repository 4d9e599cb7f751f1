/// A part of a tensor, and its address.
///
/// Frameworks that compute several products at once keep their matrices side by side in one tensor, and some keep the weights
/// of all blocks behind one another.
public struct TensorPart: Hashable, Sendable {
  /// How the whole is shared out.
  public enum Sharing: Hashable, Sendable {
    /// Into so many equal stretches of the last extent: `c_attn.weight[1/3]` is the first third of the columns.
    case stretches(Int)
    /// Into the elements of the first extent: `r_w_bias[0,...]` is the first of them, of a rank less by one.
    case slices
  }

  /// The name of the whole.
  public let whole: String
  /// Which part, from 0.
  public let index: Int
  /// Of what kind it is.
  public let sharing: Sharing

  /// More stretches than any framework fuses.
  public static let largestCount = 16
  /// More slices than any model has blocks.
  public static let largestSliceCount = 1_000
  /// How the addresses of slices end.
  private static let sliceEnding = ",...]"

  /// Names a part.
  public init(of whole: String, index: Int, sharing: Sharing) {
    (self.whole, self.index, self.sharing) = (whole, index, sharing)
  }

  /// Reads an address; nil for a name that is none.
  public init?(addressedAs name: String) {
    guard name.utf8.last == UInt8(ascii: "]"), let bracket = name.utf8.lastIndex(of: UInt8(ascii: "[")) else {
      return nil
    }
    let (whole, inside) = (String(name[..<bracket]), name[bracket...].dropFirst())
    if inside.hasSuffix(TensorPart.sliceEnding) {
      let digits = inside.dropLast(TensorPart.sliceEnding.count)
      guard let index = Int(digits), 0..<TensorPart.largestSliceCount ~= index, "\(index)" == digits else { return nil }
      self.init(of: whole, index: index, sharing: .slices)
      return
    }
    let numbers = inside.dropLast().split(separator: "/", omittingEmptySubsequences: false)
    guard numbers.count == 2, let ordinal = Int(numbers[0]), let count = Int(numbers[1]),
      2...TensorPart.largestCount ~= count, 1...count ~= ordinal,
      "\(ordinal)/\(count)" == numbers.joined(separator: "/")
    else { return nil }
    self.init(of: whole, index: ordinal - 1, sharing: .stretches(count))
  }

  /// Whether a table's spelling of a name, with a counter for the index, is that of slices.
  public static func namesSlices(_ spelling: String) -> Bool { spelling.hasSuffix("}" + sliceEnding) }

  /// The address.
  public var address: String {
    switch sharing {
    case .stretches(let count): "\(whole)[\(index + 1)/\(count)]"
    case .slices: "\(whole)[\(index)\(TensorPart.sliceEnding)"
    }
  }

  /// The addresses of all parts of a whole; nil where only its shape tells how many there are.
  public static func addresses(of whole: String, _ sharing: Sharing, in shape: Shape?) -> [String]? {
    let count: Int? =
      switch sharing {
      case .stretches(let count): count
      case .slices: shape?.dimensions.first
      }
    return count.map { count in
      (0..<min(count, largestSliceCount)).map { TensorPart(of: whole, index: $0, sharing: sharing).address }
    }
  }

  /// The shape of a part; nil for a whole that is not shared out so.
  public static func shape(of whole: Shape, _ sharing: Sharing) -> Shape? {
    switch sharing {
    case .stretches(let count):
      guard let width = whole.dimensions.last, width > 0, width.isMultiple(of: count) else { return nil }
      return Shape(whole.dimensions.dropLast() + [width / count])
    case .slices:
      guard whole.rank > 1, 1...largestSliceCount ~= whole.dimensions[0] else { return nil }
      return Shape(Array(whole.dimensions.dropFirst()))
    }
  }
}
