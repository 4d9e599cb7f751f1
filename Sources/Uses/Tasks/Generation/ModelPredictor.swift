import Bytes
import Generation
import Inference
import Tensors

/// A model that goes on with tokens, each at the cost of one: the keys and values of earlier ones are kept.
struct ModelPredictor: NextTokenPredictor {
  /// What the model goes on with.
  enum Prompt: Equatable, Sendable {
    /// Tokens that it goes on from, with their segments, and the segment of what follows.
    case tokens([Int32], segments: [Int32], next: Int32)
    /// Tokens that an encoder reads.
    case encoder([Int32])
  }

  private let model: Model
  private let prompt: Prompt
  private let point: Point
  private let threads: Int?
  private let cache = Cache()

  /// Begins with nothing computed.
  init(_ model: Model, going point: Point, on prompt: Prompt, threads: Int? = nil) {
    (self.model, self.point, self.prompt, self.threads) = (model, point, prompt, threads)
  }

  var vocabularySize: Int { model.sizes.vocabulary }

  mutating func probabilities(after rows: [[Int32]], continuing origins: [Int]) throws -> [Float] {
    let isFirst = cache.lengths.isEmpty
    if !isFirst, origins != Array(cache.lengths.indices) { cache.select(rows: origins) }
    let (input, length) = try input(rows, isFirst: isFirst)
    let last = rows.indices.map { TokenPosition(row: $0, position: length - 1) }
    let values = try model.run(input, computing: [point], at: last, threads: threads, continuing: cache)
    return values[point]!.withElements(of: Float.self, Array.init)
  }

  /// What the model has not seen yet of rows, and how many tokens of each that are.
  private func input(_ rows: [[Int32]], isFirst: Bool) throws -> (Input, length: Int) {
    let new = isFirst ? rows : rows.map { $0.suffix(1) }
    switch prompt {
    case .tokens(let tokens, let segments, let next):
      let before = isFirst ? (tokens, segments) : ([], [])
      return (
        try Input(
          tokenIDs: new.map { before.0 + $0 }, segmentIDs: new.map { before.1 + $0.map { _ in next } }),
        before.0.count + new[0].count
      )
    case .encoder(let tokens):
      return (
        try Input(tokenIDs: Array(repeating: tokens, count: rows.count), decoderTokenIDs: new.map { Array($0) }),
        new[0].count
      )
    }
  }
}
