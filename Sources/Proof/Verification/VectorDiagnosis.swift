import Inference
import SentenceVectors
import Tasks
import Tensors

/// What else could have made recorded vectors: the mistakes that people make between the tokens' vectors and the text's, each tried.
struct VectorDiagnosis {
  private let exact: TokenVectors
  private let rounded: TokenVectors

  /// Runs a batch as it was recorded, padding included.
  init(of model: Model, _ batch: Reference.Batch, _ pooler: OtherPooler?, threads: Int?) throws {
    exact = try TokenVectors(of: model, Input(batch), .float64, pooler, threads)
    rounded = try TokenVectors(of: model, Input(batch), .roundedFloat64, pooler, threads)
  }

  /// Of which other procedure the recorded vectors are, as a phrase behind "those"; nil when it is none that is known.
  func explanation(of recorded: Tensor, by settings: VectorSettings) -> String? {
    VectorAlternative.all(to: settings).first { agrees(recorded, with: $0) }?.name
  }

  /// The pooling and the normalisation that the recorded vectors have; nil when more was done to them.
  func plainSettings(of recorded: Tensor) -> VectorSettings? {
    for normalizes in [false, true] {
      for pooling in Pooling.allCases {
        let settings = VectorSettings(pooling: pooling, normalizes: normalizes)
        if agrees(recorded, with: VectorAlternative(settings)) { return settings }
      }
    }
    return nil
  }

  /// Whether recorded vectors are, but for rounding, those of a procedure.
  private func agrees(_ recorded: Tensor, with alternative: VectorAlternative) -> Bool {
    guard let exact = alternative.vectors(of: exact),
      let rounded = alternative.vectors(of: rounded, storing: rounded(_:)),
      let width = exact.first?.count, recorded.shape == [exact.count, width]
    else { return false }
    func tensor(_ vectors: [[Double]]) -> Tensor { Tensor(Array(vectors.joined()), shape: recorded.shape)! }
    let fast = exact.map { $0.map { Double(Float($0)) } }
    let computed = ComputedPoint(fast: tensor(fast), exact: tensor(exact), rounded: tensor(rounded))
    return (try? PointComparison(batch: 0, point: "", recorded: recorded, computed: computed).agrees) ?? false
  }

  private func rounded(_ vector: [Double]) -> [Double] { vector.map { Double(Float($0)) } }
}

/// The vectors of a batch's tokens where poolings find them, padding included.
struct TokenVectors {
  let batch: Int
  let length: Int
  let width: Int
  /// Whether a token only fills up the batch, [B T].
  private let isPadding: [Bool]
  /// The last block's output, the first one's and the embedding, [B, T, H]; the embedding may have another width, and is then nil.
  let last, first, embedding: [Double]?
  /// The pooler, [B, H].
  let pooler: [Double]?
  /// The same with the activation that the model does not have, [B, H].
  let otherPooler: [Double]?

  init(of model: Model, _ input: Input, _ precision: Precision, _ other: OtherPooler?, _ threads: Int?) throws {
    let embedding = model.points.last { $0.name.hasPrefix("embedding.") }
    let wanted = [model.output, model.firstBlockOutput, embedding, .pooler].compactMap(\.self)
      .filter(model.points.contains)
    let values = try model.run(input, computing: Set(wanted), precision: precision, threads: threads)
    func numbers(_ point: Point?) throws -> [Double]? { try point.flatMap { values[$0] }?.doubles() }
    batch = input.batch
    length = input.tokenIDs.count / input.batch
    width = model.sizes.width
    isPadding = model.isPadding(in: input)
    last = try numbers(model.output)
    first = try numbers(model.firstBlockOutput)
    let embedded = try numbers(embedding)
    self.embedding = embedded?.count == last?.count ? embedded : nil
    pooler = try numbers(.pooler)
    let states = last ?? []
    let size = length * width
    let starts = stride(from: 0, to: states.count, by: size)
    otherPooler = try other?.apply(to: starts.map { Array(states[$0..<$0 + size].prefix(model.sizes.width)) })
  }

  /// Whether a token counts: it is none of those that fill up a batch.
  func counts(_ token: Int, ofRow row: Int) -> Bool { !isPadding[row * length + token] }

  /// The number of tokens of a row that are no padding.
  func count(ofRow row: Int) -> Int { (0..<length).count { counts($0, ofRow: row) } }
}
