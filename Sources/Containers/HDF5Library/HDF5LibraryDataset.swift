import Bytes
import CHDF5
import Tensors

/// A dataset of an open file, read through libhdf5 and converted to little-endian while it is read.
public final class HDF5LibraryDataset: TensorSource {
  /// The type of the elements.
  public let elementType: ElementType
  /// The extents.
  public let shape: Shape
  /// The dataset's path inside the file.
  public let object: String
  private let reader: HDF5LibraryReader
  private let id: hid_t

  init(elementType: ElementType, shape: Shape, object: String, reader: HDF5LibraryReader, id: hid_t) {
    self.elementType = elementType
    self.shape = shape
    self.object = object
    self.reader = reader
    self.id = id
  }

  deinit { Library.locked { _ = H5Dclose(id) } }

  /// None: libhdf5 gives elements, not their place in the file.
  public var contiguousBytes: ByteView? { nil }

  /// Copies bytes of the contents; whole elements are read straight into the buffer.
  ///
  /// Never-written elements read as the dataset's fill value, as everywhere in libhdf5.
  ///
  /// - Throws: `Problem` of kind *damaged* when the range leaves the contents or libhdf5 cannot read them.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= byteCount, buffer.count <= byteCount - offset else {
      throw Problem(
        .damaged, file: reader.path, object: object, found: "\(buffer.count) bytes at offset \(offset)",
        expected: "a range inside the \(byteCount) bytes of the dataset")
    }
    guard buffer.count > 0 else { return }
    let size = elementType.byteCount
    let first = offset / size
    let end = (offset + buffer.count - 1) / size + 1
    if offset % size == 0 && buffer.count % size == 0 {
      try read(elements: first..<end, into: buffer)
    } else {
      let elements = try ByteView(count: (end - first) * size) { try read(elements: first..<end, into: $0) }
      try elements.read(at: offset - first * size, into: buffer)
    }
  }

  private func read(elements: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    try Library.locked { () throws(Problem) in
      let stored = try Handle(H5Dget_type(id), closedBy: H5Tclose, orThrow: reader.failure(object))
      let memory = try elementType.memoryDatatype(for: stored.id)
      let space = try Handle(H5Dget_space(id), closedBy: H5Sclose, orThrow: reader.failure(object))
      var position = 0
      for box in shape.boxes(covering: elements) {
        let line = try box.line(orThrow: reader.failure(object))
        guard box.select(in: space.id),
          H5Dread(id, memory.id, line.id, space.id, defaultID, buffer.baseAddress! + position) >= 0
        else { throw reader.failure(object, expected: "the elements of the dataset") }
        position += box.elementCount * elementType.byteCount
      }
    }
  }
}
