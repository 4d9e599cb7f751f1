import Tensors

/// The values of a tensor as text, abbreviated like NumPy's where there are many.
enum TensorText {
  /// At most three values at either end of each extent.
  private static let edge = 3

  /// The values, one row of the innermost extent a line.
  static func lines(of source: any TensorSource) throws -> [String] {
    try lines(of: source, source.shape.dimensions[...], at: 0, indent: "  ")
  }

  /// The values of the part of a tensor that begins at an element and has these extents.
  private static func lines(
    of source: any TensorSource, _ dimensions: ArraySlice<Int>, at start: Int, indent: String
  ) throws -> [String] {
    guard let extent = dimensions.first else { return [indent + (try value(of: source, at: start))] }
    let inner = dimensions.dropFirst()
    let stride = inner.reduce(1, *)
    let isWhole = extent <= 2 * edge
    let shown = isWhole ? Array(0..<extent) : Array(0..<edge) + Array((extent - edge)..<extent)
    if inner.isEmpty {
      var values = try shown.map { try value(of: source, at: start + $0) }
      if !isWhole { values.insert("…", at: edge) }
      return [indent + "[" + values.joined(separator: " ") + "]"]
    }
    var lines: [String] = []
    for (place, index) in shown.enumerated() {
      if place == edge && !isWhole { lines.append(indent + "…") }
      lines += try self.lines(
        of: source, inner, at: start + index * stride, indent: indent + (inner.count > 1 ? "  " : ""))
    }
    return lines
  }

  /// One element: integers exactly, others in four digits.
  private static func value(of source: any TensorSource, at index: Int) throws -> String {
    let type = source.elementType
    return try withUnsafeTemporaryAllocation(byteCount: type.byteCount, alignment: 16) { raw in
      try source.read(at: index * type.byteCount, into: raw)
      func number(at offset: Int, _ type: ElementType) -> String {
        var number = 0.0
        let bytes = UnsafeRawBufferPointer(rebasing: raw[offset..<(offset + type.byteCount)])
        withUnsafeMutableBytes(of: &number) {
          _ = ElementConversion(from: type, to: .float64)?.convert(bytes, into: $0)
        }
        return Wording.number(number)
      }
      return switch type {
      case .bool: raw[0] == 0 ? "false" : "true"
      case .int8: "\(raw.load(as: Int8.self))"
      case .uint8: "\(raw.load(as: UInt8.self))"
      case .int16: "\(raw.load(as: Int16.self))"
      case .uint16: "\(raw.load(as: UInt16.self))"
      case .int32: "\(raw.load(as: Int32.self))"
      case .uint32: "\(raw.load(as: UInt32.self))"
      case .int64: "\(raw.load(as: Int64.self))"
      case .uint64: "\(raw.load(as: UInt64.self))"
      case .float16, .bfloat16, .float32, .float64: number(at: 0, type)
      case .complex64: complex(number(at: 0, .float32), number(at: 4, .float32))
      case .complex128: complex(number(at: 0, .float64), number(at: 8, .float64))
      }
    }
  }

  private static func complex(_ real: String, _ imaginary: String) -> String {
    real + (imaginary.hasPrefix("-") ? "" : "+") + imaginary + "i"
  }
}
