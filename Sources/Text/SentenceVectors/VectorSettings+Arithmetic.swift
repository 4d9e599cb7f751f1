import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension VectorSettings {
  /// Makes the vector of a text of what its pooling gave; sums are taken in double precision, each in the order of its terms.
  ///
  /// - Parameters:
  ///   - pooled: The pooled vector, of the width for which ``width(after:of:)`` has a value.
  ///   - store: What becomes of each vector on the way; rounding them all shows what rounding is to be expected.
  public func vector(ofPooled pooled: [Double], storing store: ([Double]) -> [Double] = { $0 }) -> [Double] {
    var vector = store(pooled)
    for layer in layers { vector = store(layer.apply(to: vector)) }
    if let whitening { vector = store(whitening.apply(to: vector)) }
    if let components { vector = Array(vector.prefix(components)) }
    return normalizes ? store(VectorSettings.normalized(vector)) : vector
  }

  /// The number of components of a vector.
  ///
  /// - Parameters:
  ///   - width: The number of features that the model gives for each token.
  ///   - file: The model's file, for messages.
  /// - Throws: `Problem` of kind *mismatched* when a layer, the whitening or the number of components does not fit.
  public func width(after width: Int, of file: String) throws -> Int {
    func check(_ found: Int, _ width: Int, _ what: String) throws {
      guard found == width else {
        throw Problem(.mismatched, file: file, object: what, found: "\(found) components", expected: "\(width)")
      }
    }
    var width = width
    for (index, layer) in layers.enumerated() {
      try check(layer.inputWidth, width, "layer \(index) of the vectors")
      width = layer.width
    }
    if let whitening {
      try check(whitening.inputWidth, width, "whitening")
      width = whitening.width
    }
    guard let components else { return width }
    guard (1...width).contains(components) else {
      throw Problem(
        .mismatched, file: file, object: "components", found: "\(components)",
        expected: "1 to \(width), as the vectors have")
    }
    return components
  }

  /// A vector divided by its length; the length counts as 1e-12 where it is less, as in `torch.nn.functional.normalize`.
  public static func normalized(_ vector: [Double]) -> [Double] {
    let length = Swift.max(vector.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
    return vector.map { $0 / length }
  }
}

extension VectorLayer {
  /// activation(weight · x + bias).
  func apply(to vector: [Double]) -> [Double] {
    bias.indices.map { row in
      var sum = 0.0
      for (column, value) in vector.enumerated() { sum += Double(weight[row * vector.count + column]) * value }
      let value = sum + Double(bias[row])
      return activation == .tanh ? tanh(value) : value
    }
  }
}

extension Whitening {
  /// (x − mean) · matrix.
  public func apply(to vector: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: width)
    for (row, value) in vector.enumerated() {
      let difference = value - mean[row]
      for column in 0..<width { result[column] += difference * matrix[row * width + column] }
    }
    return result
  }
}
