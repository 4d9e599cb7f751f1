import Tensors

/// How a dataset is cut into chunks; chunks are numbered row-major, and those at the edges are stored whole.
struct ChunkGrid: Sendable {
  /// The extents of the dataset, all positive.
  let shape: [Int]
  /// The extents of a chunk.
  let extents: [Int]
  /// The number of chunks along each dimension.
  let counts: [Int]
  /// The same at the dataset's maximum extents, nil where nothing limits it.
  let maximumCounts: [Int?]
  /// The size of an element in bytes.
  let elementSize: Int
  /// The size of a chunk in bytes.
  let chunkSize: Int

  /// Cuts a dataset that is not empty; nil when a chunk's size overflows.
  init?(_ dataspace: Dataspace, extents: [Int], elementSize: Int) {
    var size = elementSize
    for extent in extents {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      size = product
    }
    shape = dataspace.shape.dimensions
    self.extents = extents
    self.elementSize = elementSize
    chunkSize = size
    func chunks(_ length: Int, _ extent: Int) -> Int { (length - 1) / extent + 1 }
    counts = zip(shape, extents).map(chunks)
    maximumCounts = zip(dataspace.maximum, extents).map { length, extent in length.map { chunks(max(1, $0), extent) } }
    folded = Self.fold(shape: shape, extents: extents, counts: counts, elementSize: elementSize)
  }

  /// The number of chunks.
  var count: Int { counts.reduce(1, *) }

  /// The size in bytes of the chunks that a row of the dataset passes through; nil when it overflows.
  var rowSize: Int? {
    let (size, overflow) = chunkSize.multipliedReportingOverflow(by: chunksPerRow)
    return overflow ? nil : size
  }

  /// How many chunks share a position along the first dimension.
  var chunksPerRow: Int { counts.dropFirst().reduce(1, *) }

  /// Numbers the chunk at a position counted in chunks; nil when it is outside of the dataset.
  func ordinal(of position: [Int]) -> Int? {
    var ordinal = 0
    for (index, count) in zip(position, counts) {
      guard index >= 0, index < count else { return nil }
      ordinal = ordinal * count + index
    }
    return ordinal
  }

  /// A stretch of the dataset's bytes that lies in one chunk without a break.
  struct Run {
    /// The chunk.
    let ordinal: Int
    /// Where the stretch begins in the chunk, in bytes.
    let offset: Int
    /// Its length in bytes.
    let count: Int
  }

  /// Finds the stretch that begins at an offset into the dataset's row-major bytes.
  func run(at offset: Int) -> Run {
    var rest = offset / folded.unit
    let within = offset % folded.unit
    var ordinal = 0
    var ordinalStride = 1
    var inside = 0
    var insideStride = 1
    var length = 0
    for dimension in stride(from: folded.shape.count - 1, through: 0, by: -1) {
      let (next, index) = rest.quotientAndRemainder(dividingBy: folded.shape[dimension])
      let (chunk, inner) = index.quotientAndRemainder(dividingBy: folded.extents[dimension])
      if length == 0 { length = min(folded.extents[dimension] - inner, folded.shape[dimension] - index) }
      ordinal += chunk * ordinalStride
      ordinalStride *= folded.counts[dimension]
      inside += inner * insideStride
      insideStride *= folded.extents[dimension]
      rest = next
    }
    return Run(ordinal: ordinal, offset: inside * folded.unit + within, count: length * folded.unit - within)
  }

  /// The same grid with its last dimensions joined as far as chunks span them, so that runs are as long as they can be.
  private struct Folded {
    var shape: [Int]
    var extents: [Int]
    var counts: [Int]
    var unit: Int
  }

  private let folded: Folded

  private static func fold(shape: [Int], extents: [Int], counts: [Int], elementSize: Int) -> Folded {
    var folded = Folded(shape: shape, extents: extents, counts: counts, unit: elementSize)
    while folded.shape.count > 1, folded.shape.last == folded.extents.last {
      folded.unit *= folded.shape.removeLast()
      folded.extents.removeLast()
      folded.counts.removeLast()
    }
    return folded
  }
}
