import Bytes

/// The statistics of a whole tensor and how its values are spread.
public struct TensorSummary: Hashable, Sendable {
  /// Counts, extremes, mean and deviation.
  public let statistics: Statistics
  /// The spread of the finite values between their extremes; nil when there is none.
  public let histogram: Histogram?

  /// Reads a tensor twice, on all processors where it lies contiguous: for the statistics, and for the spread between the
  /// extremes found.
  ///
  /// The result does not depend on the number of processors.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the elements are complex, and whatever reading throws.
  public init(of source: any TensorSource, intervals: Int) throws {
    guard let numbers = Numbers(of: source.elementType) else {
      throw Problem(
        .unsupported, file: source.contiguousBytes?.file ?? "tensor", found: "elements of type \(source.elementType)",
        expected: "real numbers")
    }
    var statistics = Statistics()
    for part in try source.mapTiles(of: tileByteCount, { numbers.statistics(of: $0) }) { statistics += part }
    self.statistics = statistics
    guard statistics.minimum <= statistics.maximum else {
      histogram = nil
      return
    }
    var histogram = Histogram(from: statistics.minimum, to: statistics.maximum, intervals: intervals)
    let empty = histogram
    for part in try source.mapTiles(of: tileByteCount, { numbers.histogram(of: $0, like: empty) }) { histogram += part }
    self.histogram = histogram
  }
}

/// How much is measured at a time: it fits into the second-level cache of a small processor.
private let tileByteCount = 1 << 18

/// Elements of one type as binary32 where that holds them all exactly, else as binary64.
private struct Numbers: Sendable {
  private let toFloat: ElementConversion?
  private let toDouble: ElementConversion

  /// Nil for types whose elements are no real numbers.
  init?(of type: ElementType) {
    guard let toDouble = ElementConversion(from: type, to: .float64) else { return nil }
    self.toDouble = toDouble
    toFloat = ElementConversion(from: type, to: .float32).flatMap { $0.isExact ? $0 : nil }
  }

  func statistics(of tile: UnsafeRawBufferPointer) -> Statistics {
    var total = Statistics()
    if let toFloat {
      forEachBlock(of: tile, by: toFloat) { (block: UnsafeBufferPointer<Float>) in total += Statistics(of: block) }
    } else {
      forEachBlock(of: tile, by: toDouble) { (block: UnsafeBufferPointer<Double>) in total += Statistics(of: block) }
    }
    return total
  }

  func histogram(of tile: UnsafeRawBufferPointer, like bounds: Histogram) -> Histogram {
    var histogram = bounds
    if let toFloat {
      forEachBlock(of: tile, by: toFloat) { (block: UnsafeBufferPointer<Float>) in histogram.add(block) }
    } else {
      forEachBlock(of: tile, by: toDouble) { (block: UnsafeBufferPointer<Double>) in histogram.add(block) }
    }
    return histogram
  }

  /// Converts a tile in blocks that stay in the first-level cache.
  @inline(__always)
  private func forEachBlock<Number>(
    of tile: UnsafeRawBufferPointer, by conversion: ElementConversion, _ body: (UnsafeBufferPointer<Number>) -> Void
  ) {
    let size = conversion.source.byteCount
    let count = tile.count / size
    withUnsafeTemporaryAllocation(of: Number.self, capacity: 2_048) { block in
      for first in stride(from: 0, to: count, by: block.count) {
        let part = UnsafeMutableBufferPointer(rebasing: block.prefix(count - first))
        conversion.convert(
          UnsafeRawBufferPointer(rebasing: tile[(first * size)..<((first + part.count) * size)]),
          into: UnsafeMutableRawBufferPointer(part))
        body(UnsafeBufferPointer(part))
      }
    }
  }
}
