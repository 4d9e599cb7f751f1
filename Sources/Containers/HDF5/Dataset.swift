import Bytes
import Tensors

/// A dataset of numbers, read in pieces.
///
/// Its contents are given row-major and little-endian, whatever the file's byte order, chunks and filters.
public struct Dataset: TensorSource {
  /// How the file keeps the data.
  public enum Storage: Sendable, Equatable {
    /// In one piece.
    case contiguous
    /// In the object header.
    case compact
    /// In pieces of the given extents that went through the filters named, in that order.
    case chunked(extents: [Int], filters: [String])
    /// In other files, as raw bytes.
    case external
    /// In datasets of other files.
    case virtual
    /// In a way that this reader does not know; ``Dataset/unreadable`` says which.
    case unknown
  }

  /// The path from the root: `/dense/dense/kernel:0`.
  public let path: String
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents; `[0]` where the file says that there are no elements at all (a null dataspace).
  public let shape: Shape
  /// Whether the file calls the elements two opaque bytes, which is taken for bfloat16 because Keras writes it so.
  public let isOpaque: Bool
  /// How the file keeps the data.
  public let storage: Storage
  /// Why the data cannot be read, though the dataset can be listed: *unsupported* when another reader might, *refused* when
  /// none should.
  public let unreadable: Problem?

  private let header: ObjectHeader
  private let contents: Contents

  init(
    path: String, datatype: Datatype, elementType: ElementType, shape: Shape, storage: Storage, header: ObjectHeader,
    contents: Contents
  ) {
    self.path = path
    self.elementType = elementType
    self.shape = shape
    if case .opaquePair = datatype { isOpaque = true } else { isOpaque = false }
    self.storage = storage
    self.header = header
    self.contents = contents
    if case .unreadable(let problem) = contents { unreadable = problem } else { unreadable = nil }
  }

  /// The bytes as they lie in the file, when they are contiguous or compact and little-endian; else nil.
  ///
  /// They may be unaligned.
  public var contiguousBytes: ByteView? {
    if case .bytes(let view, .plain) = contents { view } else { nil }
  }

  /// Copies bytes of the contents.
  ///
  /// - Throws: ``unreadable`` when there is such a problem; `Problem` of kind *damaged* when a chunk or its index contradicts
  ///   itself, *mismatched* when the range is not inside the contents.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    try naming(path) {
      if let unreadable { throw unreadable }
      guard offset >= 0, offset <= byteCount, buffer.count <= byteCount - offset else {
        throw header.space.problem(
          .mismatched, found: "a read of \(buffer.count) bytes at offset \(offset)",
          expected: "a range inside the \(byteCount) bytes")
      }
      try contents.read(at: offset, into: buffer)
    }
  }

  /// Returns the names of the attributes, sorted by their UTF-8 bytes.
  ///
  /// - Throws: `Problem` when they cannot be read.
  public func attributeNames() throws -> [String] { try header.attributeNames(of: path) }

  /// Returns the attribute of a name; nil when there is none.
  ///
  /// - Throws: `Problem` when it cannot be read.
  public func attribute(_ name: String) throws -> Attribute? { try header.attribute(name, of: path) }
}

extension Dataset {
  /// How many bytes all datasets of a file may have together: unfolded ones can be far more than what is stored, and several can share
  /// one place.
  public static func mostBytes(in fileByteCount: Int) -> Int {
    let (scaled, overflow) = fileByteCount.multipliedReportingOverflow(by: Limits.expansion)
    return (overflow ? Int.max - (1 << 30) : min(scaled, Int.max - (1 << 30))) + (1 << 30)
  }
}

/// Where a dataset's bytes come from.
enum Contents: Sendable {
  /// Bytes in one piece.
  case bytes(ByteView, ElementForm)
  case chunked(ChunkedData)
  case unreadable(Problem)

  /// Copies bytes; the range has been checked.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    switch self {
    case .bytes(let view, .plain): try view.read(at: offset, into: buffer)
    case .bytes(let view, let form): try Self.read(view, of: form, at: offset, into: buffer)
    case .chunked(let data): try data.read(at: offset, into: buffer)
    case .unreadable(let problem): throw problem
    }
  }

  private static func read(
    _ view: ByteView, of form: ElementForm, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    let unit = form.unit
    if offset.isMultiple(of: unit), buffer.count.isMultiple(of: unit) {
      try view.read(at: offset, into: buffer)
      return form.makePlain(buffer)
    }
    // The range begins or ends within an element: whole elements are read beside it.
    let start = offset - offset % unit
    let end = (offset + buffer.count + unit - 1) / unit * unit
    var whole = [UInt8](repeating: 0, count: end - start)
    try whole.withUnsafeMutableBytes { whole in
      try view.read(at: start, into: whole)
      form.makePlain(whole)
      let wanted = (offset - start)..<(offset - start + buffer.count)
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[wanted]))
    }
  }
}
