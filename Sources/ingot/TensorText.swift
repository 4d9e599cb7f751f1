import Tensors

/// The values of a tensor as text, abbreviated like NumPy's where there are many.
enum TensorText {
  /// At most three values at either end of each extent.
  private static let edge = 3

  /// The values, one row of the innermost extent a line.
  static func lines(of source: any TensorSource) throws -> [String] {
    guard let conversion = ElementConversion(from: source.elementType, to: .float64) else {
      return ["(complex values are not shown)"]
    }
    func value(at index: Int) throws -> String {
      let size = source.elementType.byteCount
      return try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { raw in
        try source.read(at: index * size, into: raw)
        var number = 0.0
        withUnsafeMutableBytes(of: &number) { _ = conversion.convert(UnsafeRawBufferPointer(raw), into: $0) }
        return source.elementType.isFloatingPoint ? Wording.number(number) : "\(Int(number))"
      }
    }
    func text(_ dimensions: ArraySlice<Int>, at start: Int, indent: String) throws -> [String] {
      guard let extent = dimensions.first else { return [try value(at: start)] }
      let inner = dimensions.dropFirst()
      let stride = inner.reduce(1, *)
      let shown = extent <= 2 * edge ? Array(0..<extent) : Array(0..<edge) + Array((extent - edge)..<extent)
      let gap = extent > 2 * edge ? edge : nil
      if inner.isEmpty {
        var values = try shown.map { try value(at: start + $0) }
        if let gap { values.insert("…", at: gap) }
        return [indent + "[" + values.joined(separator: " ") + "]"]
      }
      var lines: [String] = []
      for (place, index) in shown.enumerated() {
        if place == gap { lines.append(indent + "…") }
        lines += try text(inner, at: start + index * stride, indent: indent + (inner.count > 1 ? "  " : ""))
      }
      return lines
    }
    return try text(source.shape.dimensions[...], at: 0, indent: "  ")
  }
}
