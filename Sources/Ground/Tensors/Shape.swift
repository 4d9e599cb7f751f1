/// The extents of a tensor, outermost first; a scalar has none.
public struct Shape: Hashable, Sendable {
  /// The extents, outermost first.
  public let dimensions: [Int]
  /// The product of the extents: 1 for a scalar, 0 when any extent is 0.
  public let elementCount: Int

  /// Checks and keeps extents; nil when one is negative or their product overflows.
  ///
  /// The product is checked over the non-zero extents, so that `[2^40, 2^40, 0]` is refused and not called empty.
  public init?(_ dimensions: [Int]) {
    var product = 1
    for extent in dimensions where extent != 0 {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow else { return nil }
      product = next
    }
    self.dimensions = dimensions
    elementCount = dimensions.contains(0) ? 0 : product
  }

  /// The number of extents.
  public var rank: Int { dimensions.count }

  /// The index along each extent of the element at a row-major position.
  public func index(of position: Int) -> [Int] {
    var rest = position
    var index: [Int] = []
    for extent in dimensions.reversed() {
      index.append(extent == 0 ? 0 : rest % extent)
      rest /= max(1, extent)
    }
    return index.reversed()
  }

  /// The size in bytes of a tensor of this shape; nil when it overflows.
  public func byteCount(of type: ElementType) -> Int? {
    let (count, overflow) = elementCount.multipliedReportingOverflow(by: type.byteCount)
    return overflow ? nil : count
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Writes a shape in code: `[768, 768]`.
  public init(arrayLiteral dimensions: Int...) {
    self.init(dimensions)!
  }
}

extension Shape: CustomStringConvertible {
  /// The extents in brackets: `[768, 768]`; `[]` for a scalar.
  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
