import Bytes
import JSON
import Synchronization
import Tensors

/// A dataset of an HDF5 file that libhdf5 reads in a process of its own, so that its crash is a `Problem` here.
///
/// The bytes are streamed: reading at increasing offsets runs the program once, whatever lies between is passed over.
/// Reading at an offset before the last one runs it again from the start. Nothing is kept but one piece of 64 KiB, so
/// memory is bounded, and a reader that jumps back pays in time.
public final class IsolatedDataset: TensorSource {
  /// The type of the elements, as the caller knows it.
  public let elementType: ElementType
  /// The extents, as the caller knows them.
  public let shape: Shape
  private let question: IsolatedRun.Question
  private let stream = Mutex(Stream())

  /// The run under way and the offset that it has come to.
  private struct Stream: Sendable {
    var run: IsolatedRun?
    var offset = 0
  }

  init(elementType: ElementType, shape: Shape, question: IsolatedRun.Question) {
    self.elementType = elementType
    self.shape = shape
    self.question = question
  }

  /// None: the bytes come through a pipe.
  public var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents, beginning `offset` bytes into them.
  ///
  /// - Throws: `Problem`: what libhdf5 finds wrong with the file; of kind *damaged* when it crashes; *refused* when it
  ///   exceeds its limits of time and memory; *mismatched* when type or shape are not those that the caller knows;
  ///   *unavailable* when the program is missing or is another one.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= byteCount, buffer.count <= byteCount - offset else {
      throw Problem(
        .damaged, file: question.file, object: question.object, found: "\(buffer.count) bytes at offset \(offset)",
        expected: "a range inside the \(byteCount) bytes of the dataset")
    }
    guard buffer.count > 0 else { return }
    // The lock is held while reading: two threads that share a stream would only make each other start over.
    try stream.withLock { stream in
      do {
        try read(at: offset, into: buffer, from: &stream)
      } catch {
        stream = Stream()
        throw error
      }
    }
  }

  private func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer, from stream: inout Stream) throws {
    if stream.run == nil || offset < stream.offset { stream = Stream(run: try start(), offset: 0) }
    guard let run = stream.run else { return }
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { scratch in
      while stream.offset < offset {
        let count = min(scratch.count, offset - stream.offset)
        try run.read(into: UnsafeMutableRawBufferPointer(rebasing: scratch[..<count]))
        stream.offset += count
      }
    }
    try run.read(into: buffer)
    stream.offset += buffer.count
    if stream.offset == byteCount {
      try run.finishDataset()
      stream = Stream()
    }
  }

  private func start() throws -> IsolatedRun {
    let run = try IsolatedRun(question)
    let header = try run.header()
    let found = (
      type: header["elementType"]?.string ?? "", shape: header["shape"]?.elements?.compactMap(\.integer) ?? []
    )
    guard found.type == elementType.rawValue, found.shape == shape.dimensions else {
      throw Problem(
        .mismatched, file: question.file, object: question.object,
        found: "what libhdf5 reads as \(found.type) \(found.shape)", expected: "\(elementType) \(shape)",
        advice: "The two readers of HDF5 disagree about this file; please report it")
    }
    return run
  }
}
