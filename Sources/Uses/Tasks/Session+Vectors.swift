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
    let observed = points.reduce(into: Set()) { $0.formUnion($1.all) }
    for batch in Session.batches(ofLengths: texts.map(\.ids.count)) {
      let input = try Input(tokenIDs: batch.map { texts[$0].ids }, segmentIDs: batch.map { texts[$0].segments })
      let found = try model.run(input, computing: observed, threads: threads)
      var first = 0
      for (row, index) in batch.enumerated() {
        let tokens = first..<first + texts[index].ids.count
        first = tokens.upperBound
        for (way, width) in widths.enumerated() {
          let pooled = points[way].pooled(found, row: row, tokens: tokens, width: model.sizes.width)
          let vector = settings[way].vector(ofPooled: pooled).map { Float($0) }
          guard vector.allSatisfy(\.isFinite) else { throw try noNumbers(in: texts[index]) }
          values[way].replaceSubrange(index * width..<(index + 1) * width, with: vector)
        }
      }
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
