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
    /// The longest sequence, P; nil when there is no longest.
    public var positions: Int?
    /// The number of segments, S; nil when the model knows none.
    public var segments: Int?
    /// The number of features of a token's embedding, E.
    public var embedding: Int
    /// The number of features between blocks, H.
    public var width: Int
    /// The number of features inside the feed-forward layers, F; 0 where there are none.
    public var feedForward: Int
    /// The number of blocks, L, of both stacks where there are two.
    public var blocks: Int
    /// The number of features of the vector that conditional normalisations depend on, C; nil when there are none.
    public var condition: Int?
  }

  /// How the weights compute.
  public let configuration: Configuration
  /// The sizes of the model.
  public let sizes: Sizes
  /// Every point that can be observed, in the order in which a pass reaches them.
  public let points: [Point]
  /// Where the weights lie.
  let store: any WeightStore
  let network: Network

  /// Takes the weights of a BERT by their canonical names.
  ///
  /// - Throws: `Problem` of kind *mismatched* that lists every weight that is missing, misshapen or left over; or says
  ///   that the heads do not divide the width, or that epsilon is not a positive number.
  public init(weights: some WeightStore, configuration: Configuration) throws {
    try self.init(weights: weights, blueprint: .bert, configuration: configuration)
  }

  /// Takes the weights of an architecture by their canonical names.
  init(weights: some WeightStore, blueprint: Blueprint, configuration: Configuration) throws {
    var assembly = Assembly(weights, blueprint, configuration)
    network = try assembly.network()
    try assembly.claims.finish()
    let known = assembly.claims.sizes
    let width = known[.width]!
    try configuration.check(
      heads: configuration.heads ?? known[.heads] ?? 1, width: known[.attention] ?? width, of: weights.file)
    sizes = Sizes(
      vocabulary: known[.vocabulary]!, positions: network.stack.embedding.positions.limit,
      segments: configuration.sharesSegments ? known[.vocabulary] : known[.segments],
      embedding: network.stack.embedding.features, width: width, feedForward: known[.feedForward] ?? 0,
      blocks: (network.reader?.blocks.count ?? 0) + network.stack.blocks.count,
      condition: known[.condition])
    self.configuration = configuration
    store = weights
    points = network.points
  }

  /// Runs a batch and hands over the values at the wanted points as soon as they are computed.
  ///
  /// Values are float32 or float64 as the precision says, token by token: [B, T, features], or [B, features]
  /// for the heads of whole sequences. Heads of which no point is wanted are not computed. Values are handed over as the weights make
  /// them, NaN too: ``checkNumbers(_:of:at:threads:)`` tells a value from an answer.
  ///
  /// - Parameters:
  ///   - input: The batch.
  ///   - wanted: The points to observe, of ``points``.
  ///   - positions: The tokens for which the masked language model is computed, whose points then have the shape
  ///     [positions, features]; nil computes it for all.
  ///   - precision: The arithmetic.
  ///   - threads: How many threads share the work; by default, as many as there are processors.
  ///   - memory: What the model has seen before; the tokens follow it, and are added to it. Points then show the new tokens.
  ///   - observe: Receives each point once, in the order of ``points``.
  /// - Throws: `Problem` of kind *mismatched* when an id, a length, a position or a point is none of this model, and
  ///   whatever `observe` throws.
  public func run(
    _ input: Input, computing wanted: Set<Point>, at positions: [TokenPosition]? = nil,
    precision: Precision = .float32, threads: Int? = nil, continuing memory: Memory? = nil,
    observing observe: (Point, Tensor) throws -> Void
  ) throws {
    try check(input, wanted, positions, precision, after: memory)
    let threads = Threads(count: max(1, threads ?? Threads.available))
    try withoutActuallyEscaping(observe) { observe in
      func pass<K: Kernels>(_ kernels: K) throws {
        try network.run(
          input, at: positions,
          ForwardPass(
            kernels, threads: threads, memory: memory,
            condition: input.condition.map { Matrix(tokens: $0.values, features: $0.width) }, points: wanted,
            observe: observe))
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
  /// The parameters and problems are those of ``run(_:computing:at:precision:threads:continuing:observing:)``.
  public func run(
    _ input: Input, computing wanted: Set<Point>, at positions: [TokenPosition]? = nil,
    precision: Precision = .float32, threads: Int? = nil, continuing memory: Memory? = nil
  ) throws -> [Point: Tensor] {
    var values: [Point: Tensor] = [:]
    try run(
      input, computing: wanted, at: positions, precision: precision, threads: threads, continuing: memory
    ) { values[$0] = $1 }
    return values
  }

  private func check(
    _ input: Input, _ wanted: Set<Point>, _ positions: [TokenPosition]?, _ precision: Precision,
    after memory: Memory?
  ) throws {
    try input.check(sizes, network, after: memory)
    try memory?.check(
      batch: input.batch, segmentIDs: input.segmentIDs, mask: network.mask, precision: precision, of: store.file)
    let unknown = wanted.subtracting(points).map(\.name).sorted()
    guard unknown.isEmpty else {
      throw Problem(
        .mismatched, file: store.file, found: "no point \(unknown.joined(separator: ", "))",
        expected: "points of this model: \(points.map(\.name).joined(separator: ", "))")
    }
    let length = input.mainLength(in: network)
    let strays = (positions ?? []).filter {
      !(0..<input.batch).contains($0.row) || !(0..<length).contains($0.position)
    }
    if let stray = strays.first {
      throw Problem(
        .mismatched, file: "input", object: "positions",
        found: "row \(stray.row), position \(stray.position)",
        expected: "a token of \(input.batch) rows of \(length) tokens")
    }
    if let positions, positions.isEmpty {
      throw Problem(.mismatched, file: "input", object: "positions", found: "none", expected: "at least one")
    }
  }
}
