import Bytes
import Tensors

/// A model that runs: weights that stay where they lie, and the settings that say how they compute.
///
/// Making one looks at names, shapes and types only; weights are read when the first pass needs them.
public struct Model: Sendable {
  /// The sizes that the weights' shapes reveal.
  public struct Sizes: Equatable, Sendable {
    /// The number of tokens that the model knows, V.
    public var vocabulary: Int
    /// The longest sequence, P.
    public var positions: Int
    /// The number of segments, S; nil when the model knows none.
    public var segments: Int?
    /// The number of features of a token's embedding, E.
    public var embedding: Int
    /// The number of features between blocks, H.
    public var width: Int
    /// The number of features inside the feed-forward layers, F.
    public var feedForward: Int
    /// The number of blocks, L.
    public var blocks: Int
  }

  /// How the weights compute.
  public let settings: Settings
  /// The sizes of the model.
  public let sizes: Sizes
  /// Every point that can be observed, in the order in which a pass reaches them.
  public let points: [Point]
  private let file: String
  private let bert: BERT

  /// Takes the weights of a BERT by their canonical names.
  ///
  /// - Throws: `Problem` of kind *mismatched* that lists every weight that is missing, misshapen or left over; or says
  ///   that the heads do not divide the width, or that epsilon is not a positive number.
  public init(weights: some WeightStore, settings: Settings) throws {
    var claims = WeightClaims(weights)
    bert = BERT(&claims, settings: settings)
    try claims.finish()
    let width = claims.sizes[.width]!
    sizes = Sizes(
      vocabulary: claims.sizes[.vocabulary]!, positions: claims.sizes[.positions]!, segments: claims.sizes[.segments],
      embedding: bert.embedding.features, width: width, feedForward: claims.sizes[.feedForward]!,
      blocks: bert.blocks.count)
    guard settings.heads > 0, width.isMultiple(of: settings.heads) else {
      throw Problem(
        .mismatched, file: weights.file, object: "the setting heads", found: "\(settings.heads)",
        expected: "a number that divides the width \(width)",
        advice: "Give the number of attention heads that the model was trained with")
    }
    guard settings.epsilon > 0, settings.epsilon.isFinite else {
      throw Problem(
        .mismatched, file: weights.file, object: "the setting epsilon", found: "\(settings.epsilon)",
        expected: "a positive number")
    }
    self.settings = settings
    file = weights.file
    points = bert.points
  }

  /// Runs a batch and hands over the values at the wanted points as soon as they are computed.
  ///
  /// Values are float32 or float64 as the precision says, token by token: [B, T, features], or [B, features]
  /// for the heads of whole sequences. Heads of which no point is wanted are not computed.
  ///
  /// - Parameters:
  ///   - input: The batch.
  ///   - wanted: The points to observe, of ``points``.
  ///   - positions: The tokens for which the masked language model is computed, whose points then have the shape
  ///     [positions, features]; nil computes it for all.
  ///   - precision: The arithmetic.
  ///   - threads: How many threads share the work; by default, as many as there are processors.
  ///   - observe: Receives each point once, in the order of ``points``.
  /// - Throws: `Problem` of kind *mismatched* when an id, a length, a position or a point is none of this model, and
  ///   whatever `observe` throws.
  public func run(
    _ input: Input, computing wanted: Set<Point>, at positions: [TokenPosition]? = nil,
    precision: Precision = .float32, threads: Int? = nil, observing observe: (Point, Tensor) throws -> Void
  ) throws {
    try check(input, wanted, positions)
    let threads = Threads(count: max(1, threads ?? Threads.available))
    try withoutActuallyEscaping(observe) { observe in
      func pass<K: Kernels>(_ kernels: K) throws {
        try bert.run(
          at: positions,
          ForwardPass(
            kernels, threads: threads, input: input, mask: settings.mask, points: wanted, observe: observe))
      }
      switch precision {
      case .float32: try pass(Float32Kernels())
      case .float64: try pass(Float64Kernels())
      case .roundedFloat64: try pass(RoundingKernels())
      }
    }
  }

  /// Runs a batch and returns the values at the wanted points.
  ///
  /// The parameters and problems are those of ``run(_:computing:at:precision:threads:observing:)``.
  public func run(
    _ input: Input, computing wanted: Set<Point>, at positions: [TokenPosition]? = nil,
    precision: Precision = .float32, threads: Int? = nil
  ) throws -> [Point: Tensor] {
    var values: [Point: Tensor] = [:]
    try run(input, computing: wanted, at: positions, precision: precision, threads: threads) { values[$0] = $1 }
    return values
  }

  private func check(_ input: Input, _ wanted: Set<Point>, _ positions: [TokenPosition]?) throws {
    try input.check(
      vocabulary: sizes.vocabulary, positions: sizes.positions, segments: sizes.segments, mask: settings.mask)
    let unknown = wanted.subtracting(points).map(\.name).sorted()
    guard unknown.isEmpty else {
      throw Problem(
        .mismatched, file: file, found: "no point \(unknown.joined(separator: ", "))",
        expected: "points of this model: \(points.map(\.name).joined(separator: ", "))")
    }
    let strays = (positions ?? []).filter {
      !(0..<input.batch).contains($0.row) || !(0..<input.length).contains($0.position)
    }
    if let stray = strays.first {
      throw Problem(
        .mismatched, file: "input", object: "positions",
        found: "row \(stray.row), position \(stray.position)",
        expected: "a token of \(input.batch) rows of \(input.length) tokens")
    }
    if let positions, positions.isEmpty {
      throw Problem(.mismatched, file: "input", object: "positions", found: "none", expected: "at least one")
    }
  }
}
