import Bytes
import Synchronization

/// The data of a chunked dataset, decoded chunk by chunk.
///
/// The chunks that one row of the dataset passes through are kept, so that a read from front to back in pieces of any size
/// decodes every chunk once.
final class ChunkedData: Sendable {
  private let space: AddressSpace
  private let grid: ChunkGrid
  private let pipeline: FilterPipeline
  private let chunks: Layout.Chunks
  /// What must be done to elements to make little-endian numbers of them.
  private let form: ElementForm
  /// One little-endian element.
  private let fill: [UInt8]
  private let state = Mutex(State())

  private struct State {
    var table: ChunkTable?
    var decoded: [Int: [UInt8]] = [:]
    /// The numbers of the decoded chunks, a ring in which the oldest makes room for the next.
    var ring: [Int] = []
    var oldest = 0

    mutating func keep(_ bytes: [UInt8], of ordinal: Int, capacity: Int) {
      decoded[ordinal] = bytes
      if ring.count < capacity {
        ring.append(ordinal)
      } else {
        decoded[ring[oldest]] = nil
        ring[oldest] = ordinal
        oldest = (oldest + 1) % capacity
      }
    }
  }

  init(
    _ space: AddressSpace, chunks: Layout.Chunks, grid: ChunkGrid, pipeline: FilterPipeline, form: ElementForm,
    fill: ByteView?
  ) {
    self.space = space
    self.grid = grid
    self.pipeline = pipeline
    self.chunks = chunks
    self.form = form
    var element = fill?.array() ?? [UInt8](repeating: 0, count: grid.elementSize)
    element.withUnsafeMutableBytes { form.makePlain($0) }
    self.fill = element
  }

  /// Copies bytes of the dataset; the range has been checked.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    var current: (ordinal: Int, bytes: [UInt8]?)?
    while done < buffer.count {
      let run = grid.run(at: offset + done)
      let count = min(run.count, buffer.count - done)
      if current?.ordinal != run.ordinal { current = (run.ordinal, try chunk(run.ordinal)) }
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)])
      if let bytes = current?.bytes {
        bytes.withUnsafeBytes {
          target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[run.offset..<(run.offset + count)]))
        }
      } else {
        copyFill(from: run.offset, into: target)
      }
      done += count
    }
  }

  /// Copies what an unwritten chunk has from an offset on.
  private func copyFill(from offset: Int, into target: UnsafeMutableRawBufferPointer) {
    if fill.allSatisfy({ $0 == 0 }) {
      target.initializeMemory(as: UInt8.self, repeating: 0)
    } else {
      for index in target.indices { target[index] = fill[(offset + index) % fill.count] }
    }
  }

  /// Returns a chunk decoded and little-endian; nil when it was never written.
  private func chunk(_ ordinal: Int) throws -> [UInt8]? {
    try state.withLock { state in
      if let bytes = state.decoded[ordinal] { return bytes }
      let table =
        try state.table ?? ChunkTable(space, chunks: chunks, grid: grid, isFiltered: !pipeline.filters.isEmpty)
      state.table = table
      guard let chunk = table.chunks[ordinal] else { return nil }
      let stored = try space.slice(at: chunk.address, count: chunk.size, of: "a chunk")
      var bytes = try pipeline.decode(stored, mask: chunk.mask, size: grid.chunkSize)
      bytes.withUnsafeMutableBytes { form.makePlain($0) }
      state.keep(bytes, of: ordinal, capacity: grid.chunksPerRow)
      return bytes
    }
  }
}
