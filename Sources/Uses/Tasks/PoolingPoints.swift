import Bytes
import Inference
import SentenceVectors
import Tensors

/// Where in a forward pass a pooling finds what it reads.
struct PoolingPoints {
  private let pooling: Pooling
  private let last: Point
  private let first: Point?

  /// Finds the points of a model.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the model has no pooler, or no blocks whose output could be observed.
  init(_ pooling: Pooling, of model: Model, file: String) throws {
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

  /// Pools one row of a batch.
  ///
  /// - Parameter tokens: The places of its tokens among those of all rows.
  func pooled(_ values: [Point: Tensor], row: Int, tokens: Range<Int>, width: Int) -> [Double] {
    values[last]!.withElements(of: Float.self) { last in
      let places = pooling == .pooler ? row..<row + 1 : tokens
      let range = places.lowerBound * width..<places.upperBound * width
      let tokens = UnsafeBufferPointer(rebasing: last[range])
      guard let first else { return pooling.pooled(tokens, width: width) }
      return values[first]!.withElements(of: Float.self) {
        pooling.pooled(tokens, first: UnsafeBufferPointer(rebasing: $0[range]), width: width)
      }
    }
  }
}

extension Model {
  /// The last point that has the features of every token, [B, T, H], before the heads.
  var output: Point? {
    let norm = Point("norm")
    return points.contains(norm) ? norm : lastPoint(ofBlock: sizes.blocks - 1)
  }

  /// The output of the first block.
  var firstBlockOutput: Point? { lastPoint(ofBlock: 0) }

  private func lastPoint(ofBlock block: Int) -> Point? {
    points.last { $0.name.hasPrefix("block.\(block).") }
  }
}
