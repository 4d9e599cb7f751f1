import Bytes
import Inference
import SentenceVectors
import Tensors

extension Session {
  /// Makes the vector of every text.
  ///
  /// A vector does not depend on company: it is bit for bit the same alone, in any batch and in any order, on any number of threads.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - settings: How vectors are made; by default as the model file says.
  ///   - truncating: Whether texts that are too long are cut; otherwise they are refused.
  ///   - name: What messages call the text with an index.
  /// - Returns: The vectors, in the order of the texts.
  /// - Throws: `Problem` of kind *mismatched* when neither the file nor the caller says how to pool, a text is empty or too long, or the
  ///   model lacks what the pooling reads; *damaged* when a vector has NaN, because weights have.
  public func embed(
    _ texts: [String], as settings: VectorSettings? = nil, truncating: Bool = false,
    calling name: (Int) -> String = { "text \($0 + 1)" }
  ) throws -> Vectors {
    let settings = try settings ?? vectorSettings(pooling: nil)
    let encoded = try texts.enumerated().map {
      try encode($1, for: settings, truncating: truncating, calling: name($0))
    }
    return try embed(encoded, as: settings)
  }

  /// Makes the vectors of texts that are tokens already.
  ///
  /// - Throws: `Problem` as ``embed(_:as:truncating:calling:)`` does.
  public func embed(_ texts: [EncodedText], as settings: VectorSettings) throws -> Vectors {
    try embed(texts, asEachOf: [settings])[0]
  }

  /// Makes the vectors of texts in several ways, in one pass through the model for all of them.
  ///
  /// - Returns: The vectors that each of the settings makes, in the order of the settings.
  /// - Throws: `Problem` as ``embed(_:as:truncating:calling:)`` does.
  public func embed(_ texts: [EncodedText], asEachOf settings: [VectorSettings]) throws -> [Vectors] {
    let points = try settings.map { try PoolingPoints($0.pooling, of: model, file: file.path) }
    let widths = try settings.map { try $0.width(after: model.sizes.width, of: file.path) }
    var values = widths.map { [Float](repeating: 0, count: texts.count * $0) }
    try PoolingPoints.pool(texts, inEach: points, by: model, threads: threads) { way, index, pooled in
      let vector = settings[way].vector(ofPooled: pooled).map { Float($0) }
      guard vector.allSatisfy(\.isFinite) else { throw try noNumbers(in: texts[index]) }
      values[way].replaceSubrange(index * widths[way]..<(index + 1) * widths[way], with: vector)
    }
    return zip(widths, values).map { Vectors(count: texts.count, width: $0, values: $1) }
  }

  /// Why the vector of a text is none.
  private func noNumbers(in text: EncodedText) throws -> Problem {
    let input = try Input(tokenIDs: [text.ids], segmentIDs: [text.segments])
    if var problem = try model.breakdown(of: input, threads: threads)?.problem(of: file.path) {
      problem.found += ", for \(text.name)"
      return problem
    }
    return Problem(
      .unsupported, file: file.path, object: "vector of \(text.name)", found: "values that are no numbers",
      expected: "numbers",
      advice: "Every point of the forward pass has numbers: the layers or the whitening behind it have none")
  }
}
