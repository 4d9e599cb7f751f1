import Bytes

extension Tensor {
  /// The elements as binary64, row-major; `int64` and `uint64` are rounded to nearest even, all others exact.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the elements are complex.
  public func doubles() throws -> [Double] {
    try numbers()
  }

  /// The elements as binary32, row-major; `float64` and integers beyond 24 bits are rounded to nearest even.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the elements are complex.
  public func floats() throws -> [Float] {
    try numbers()
  }

  private func numbers<Number: TensorElement>() throws -> [Number] {
    guard let conversion = ElementConversion(from: elementType, to: Number.elementType) else {
      throw Problem(
        .unsupported, file: bytes.file, byte: bytes.start, found: "elements of type \(elementType)",
        expected: "real numbers")
    }
    return [Number](unsafeUninitializedCapacity: shape.elementCount) { buffer, count in
      count = shape.elementCount
      let output = UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: count * MemoryLayout<Number>.stride)
      bytes.withUnsafeBytes { _ = conversion.convert($0, into: output) }
    }
  }
}
