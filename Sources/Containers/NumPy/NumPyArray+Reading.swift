import Bytes
import Tensors

extension NumPyArray {
  /// Copies `buffer.count` bytes of the contents, beginning `offset` bytes into them, row-major and little-endian.
  ///
  /// Read a deflated member forwards: going back inflates it again from its beginning. The memory used does not grow
  /// with the array; a deflated array in Fortran order takes 16 MB and is inflated once for each 16 MB.
  ///
  /// - Throws: ``Problem`` of kind *damaged* when the range leaves the contents, and as the reading of the file does.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= byteCount, buffer.count <= byteCount - offset else {
      throw Problem(
        .damaged, file: source.file, byte: dataOffset, found: "\(buffer.count) bytes at offset \(offset) of the data",
        expected: "a range inside their \(byteCount) bytes")
    }
    guard !isStoredRowMajor || needsSwapping else {
      return try source.read(at: dataOffset + offset, into: buffer)
    }
    let size = elementType.byteCount
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let (element, skipped) = (offset + filled).quotientAndRemainder(dividingBy: size)
      if skipped == 0 && rest.count >= size {
        let count = rest.count / size
        try readElements(element..<(element + count), into: .init(rebasing: rest[..<(count * size)]))
        filled += count * size
      } else {
        filled += try readPart(of: element, from: skipped, into: rest)
      }
    }
  }

  /// Copies the bytes of one element from `skipped` on, as far as the buffer reaches, and returns their number.
  private func readPart(of element: Int, from skipped: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try withUnsafeTemporaryAllocation(byteCount: elementType.byteCount, alignment: 16) { whole in
      try readElements(element..<(element + 1), into: whole)
      let part = UnsafeRawBufferPointer(rebasing: whole[skipped...].prefix(buffer.count))
      buffer.copyMemory(from: part)
      return part.count
    }
  }

  /// Copies whole elements, given by their row-major numbers.
  private func readElements(_ elements: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) throws {
    if isStoredRowMajor {
      try source.read(at: dataOffset + elements.lowerBound * elementType.byteCount, into: buffer)
    } else if let stretch {
      try stretch.read(elements, of: self, into: buffer)
    } else {
      try gather(elements, into: buffer)
    }
    guard needsSwapping else { return }
    switch elementType.swapUnit {
    case 2: swapBytes(of: UInt16.self, in: buffer)
    case 4: swapBytes(of: UInt32.self, in: buffer)
    default: swapBytes(of: UInt64.self, in: buffer)
    }
  }

  private func swapBytes<Unit: FixedWidthInteger & BitwiseCopyable>(
    of type: Unit.Type, in buffer: UnsafeMutableRawBufferPointer
  ) {
    for offset in stride(from: 0, to: buffer.count, by: MemoryLayout<Unit>.size) {
      let unit = buffer.loadUnaligned(fromByteOffset: offset, as: Unit.self)
      buffer.storeBytes(of: unit.byteSwapped, toByteOffset: offset, as: Unit.self)
    }
  }
}
