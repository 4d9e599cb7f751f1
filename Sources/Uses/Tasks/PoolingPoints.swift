import Bytes
import Inference
import SentenceVectors
import Tensors

/// Where in a forward pass a pooling finds what it reads.
package struct PoolingPoints {
  private let pooling: Pooling
  private let last: Point
  private let first: Point?

  /// Finds the points of a model.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the model has no pooler, or no blocks whose output could be observed.
  package init(_ pooling: Pooling, of model: Model, file: String) throws {
    self.pooling = pooling
    if pooling == .pooler {
      guard model.points.contains(.pooler) else {
        throw Problem(
          .mismatched, file: file, found: "no pooler", expected: "the tensors pooler.weight and pooler.bias",
          advice: "Take another --pooling, or a checkpoint that was saved with its pooler")
      }
      (last, first) = (.pooler, nil)
      return
    }
    guard let last = model.output, let first = model.firstBlockOutput else {
      throw Problem(
        .unsupported, file: file, found: "a model whose tokens' vectors cannot be observed",
        expected: "the output of an encoder's blocks")
    }
    (self.last, self.first) = (last, pooling.readsFirstBlock ? first : nil)
  }

  /// The points to observe.
  var all: Set<Point> { Set([last, first].compactMap(\.self)) }

  /// Runs texts through a model and pools each one.
  ///
  /// - Parameter observe: Takes the index of a text and its pooled vector, in any order.
  package func pool(
    _ texts: [EncodedText], by model: Model, precision: Precision = .float32, threads: Int? = nil,
    observing observe: (Int, [Double]) throws -> Void
  ) throws {
    try Self.pool(texts, inEach: [self], by: model, precision: precision, threads: threads) { try observe($1, $2) }
  }

  /// Runs texts through a model once and pools each one in several ways.
  ///
  /// Nothing is padded, and no text sees another.
  ///
  /// - Parameters:
  ///   - precision: The arithmetic of the model; pooling is always in double precision.
  ///   - observe: Takes the index of a way, that of a text and its pooled vector, in any order.
  static func pool(
    _ texts: [EncodedText], inEach ways: [PoolingPoints], by model: Model, precision: Precision = .float32,
    threads: Int? = nil, observing observe: (Int, Int, [Double]) throws -> Void
  ) throws {
    let observed = ways.reduce(into: Set()) { $0.formUnion($1.all) }
    for batch in Session.batches(ofLengths: texts.map(\.ids.count)) {
      let input = try Input(tokenIDs: batch.map { texts[$0].ids }, segmentIDs: batch.map { texts[$0].segments })
      let found = try model.run(input, computing: observed, precision: precision, threads: threads)
      var start = 0
      for (row, index) in batch.enumerated() {
        let places = start..<start + texts[index].ids.count
        start = places.upperBound
        for (number, way) in ways.enumerated() {
          let pooled =
            precision == .float32
            ? way.pooled(found, row: row, places: places, width: model.sizes.width, way.pooling.pooled)
            : way.pooled(found, row: row, places: places, width: model.sizes.width, way.pooling.pooledExactly)
          try observe(number, index, pooled)
        }
      }
    }
  }

  /// Pools one row of a batch.
  ///
  /// - Parameter places: Those of its tokens among the tokens of all rows.
  private func pooled<Scalar: TensorElement>(
    _ values: [Point: Tensor], row: Int, places: Range<Int>, width: Int,
    _ pool: (UnsafeBufferPointer<Scalar>, UnsafeBufferPointer<Scalar>?, Int) -> [Double]
  ) -> [Double] {
    values[last]!.withElements(of: Scalar.self) { last in
      let places = pooling == .pooler ? row..<row + 1 : places
      let range = places.lowerBound * width..<places.upperBound * width
      let tokens = UnsafeBufferPointer(rebasing: last[range])
      guard let first else { return pool(tokens, nil, width) }
      return values[first]!.withElements(of: Scalar.self) {
        pool(tokens, UnsafeBufferPointer(rebasing: $0[range]), width)
      }
    }
  }
}

extension Model {
  /// The last point that has the features of every token, [B, T, H], before the heads.
  package var output: Point? {
    let norm = Point("norm")
    return points.contains(norm) ? norm : lastPoint(ofBlock: sizes.blocks - 1)
  }

  /// The output of the first block.
  package var firstBlockOutput: Point? { lastPoint(ofBlock: 0) }

  private func lastPoint(ofBlock block: Int) -> Point? {
    points.last { $0.name.hasPrefix("block.\(block).") }
  }
}
