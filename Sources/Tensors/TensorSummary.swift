import Bytes

/// The statistics of a whole tensor and how its values are spread.
public struct TensorSummary: Sendable {
  /// Counts, extremes, mean and deviation.
  public let statistics: Statistics
  /// The spread of the finite values between their extremes; nil when there is none.
  public let histogram: Histogram?

  /// Reads a tensor twice, tile by tile: for the statistics, and for the spread between the extremes found.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the elements are complex, and whatever reading throws.
  public init(of source: any TensorSource, intervals: Int) throws {
    guard let conversion = ElementConversion(from: source.elementType, to: .float64) else {
      throw Problem(
        .unsupported, file: source.contiguousBytes?.file ?? "tensor", found: "elements of type \(source.elementType)",
        expected: "real numbers")
    }
    func forEachTile(_ body: (UnsafeBufferPointer<Double>) -> Void) throws {
      try source.forEachTile { _, tile in
        let count = tile.count / source.elementType.byteCount
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { values in
          _ = conversion.convert(tile, into: UnsafeMutableRawBufferPointer(values))
          body(UnsafeBufferPointer(values))
        }
      }
    }
    var statistics = Statistics()
    try forEachTile { statistics.add($0) }
    self.statistics = statistics
    guard statistics.minimum <= statistics.maximum else {
      histogram = nil
      return
    }
    var histogram = Histogram(from: statistics.minimum, to: statistics.maximum, intervals: intervals)
    try forEachTile { histogram.add($0) }
    self.histogram = histogram
  }
}
