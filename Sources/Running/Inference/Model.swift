import Bytes
import Heads
import JSON
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

  /// The sizes of the model.
  public let sizes: Sizes
  /// Every point that can be observed, in the order in which a pass reaches them.
  public let points: [Point]
  /// What it computes.
  package let graph: Graph
  /// Where the weights lie.
  package let store: any WeightStore
  /// The memory that passes compute in.
  private let workspaces = Workspaces()

  /// Takes the weights of an architecture by their canonical names.
  ///
  /// - Parameters:
  ///   - architecture: One of ``architectures``.
  ///   - settings: What no shape reveals, by the names of the architecture's name table.
  ///   - head: What fine-tuning put on top, its tensors among the weights.
  /// - Throws: `Problem` of kind *unsupported* for an architecture that this runtime does not compute; of kind *mismatched* that lists every
  ///   weight that is missing, misshapen or left over, or says that a setting is missing, makes no sense, or is none of this architecture.
  public init(weights: some WeightStore, architecture: String, settings: JSON, head: HeadSettings? = nil) throws {
    guard let design = Design(named: architecture) else {
      throw Problem(
        .unsupported, file: weights.file, found: "the architecture \(architecture)",
        expected: Model.architectures.joined(separator: ", "),
        advice: "Its tensors can be inspected and verified against their source, but not run")
    }
    try self.init(weights: weights, design: design, settings: settings, head: head)
  }

  /// Takes the weights that a design asks for.
  ///
  /// - Parameter change: Rewrites the graph.
  init(
    weights: some WeightStore, design: Design, settings: JSON, head: HeadSettings? = nil,
    rewriting change: (inout Graph) -> Void = { _ in }
  ) throws {
    let settings = try Settings(settings, readBy: design.reads, of: weights.file)
    var draft = Draft(weights, of: design.name, settings)
    try design.draw(&draft)
    if let head { try draft.head(head) }
    try draft.claims.finish()
    draft.graph.sizes = draft.claims.sizes
    try draft.checkHeads()
    change(&draft.graph)
    graph = draft.graph
    store = weights
    points = graph.points
    let known = draft.claims.sizes
    sizes = Sizes(
      vocabulary: known[.vocabulary]!, positions: graph.longestSequence,
      segments: try settings.value(of: .sharesSegments) ? known[.vocabulary] : known[.segments],
      embedding: known[.embedding] ?? known[.width]!, width: known[.width]!, feedForward: known[.feedForward] ?? 0,
      blocks: graph.stacks.reduce(0) { $0 + $1.blocks }, condition: known[.condition])
  }

  /// Runs a batch and hands over the values at the wanted points as soon as they are computed.
  ///
  /// Values are float32 or float64 as the precision says, token by token: [B, T, features], or [tokens, features] where sequences
  /// differ in length, one behind the other; [B, features] for the heads of whole sequences. Heads of which no point is wanted are not computed. Values are handed over as the weights make
  /// them, NaN too: ``checkNumbers(_:of:at:threads:)`` tells a value from an answer.
  ///
  /// - Parameters:
  ///   - input: The batch.
  ///   - wanted: The points to observe, of ``points``.
  ///   - positions: The tokens for which the masked language model is computed, whose points then have the shape
  ///     [positions, features]; nil computes it for all.
  ///   - precision: The arithmetic.
  ///   - threads: How many threads share the work; by default, as many as there are processors.
  ///   - cache: What the model has seen before; the tokens follow it, and are added to it. Points then show the new tokens.
  ///   - observe: Receives each point once, in the order of ``points``.
  /// - Throws: `Problem` of kind *mismatched* when an id, a length, a position or a point is none of this model, and
  ///   whatever `observe` throws.
  public func run(
    _ input: Input, computing wanted: Set<Point>, at positions: [TokenPosition]? = nil,
    precision: Precision = .float32, threads: Int? = nil, continuing cache: Cache? = nil,
    observing observe: (Point, Tensor) throws -> Void
  ) throws {
    let threads = Threads(count: max(1, threads ?? Threads.available))
    switch precision {
    case .float32: try run(input, wanted, at: positions, Float32Kernels(), threads, cache, observe)
    case .float64: try run(input, wanted, at: positions, Float64Kernels(), threads, cache, observe)
    case .roundedFloat64: try run(input, wanted, at: positions, RoundingKernels(), threads, cache, observe)
    }
  }

  /// Runs a batch and returns the values at the wanted points.
  ///
  /// The parameters and problems are those of ``run(_:computing:at:precision:threads:continuing:observing:)``.
  public func run(
    _ input: Input, computing wanted: Set<Point>, at positions: [TokenPosition]? = nil,
    precision: Precision = .float32, threads: Int? = nil, continuing cache: Cache? = nil
  ) throws -> [Point: Tensor] {
    var values: [Point: Tensor] = [:]
    try run(
      input, computing: wanted, at: positions, precision: precision, threads: threads, continuing: cache
    ) { values[$0] = $1 }
    return values
  }

  /// Runs a batch by some kernels.
  func run<K: Kernels>(
    _ input: Input, _ wanted: Set<Point>, at positions: [TokenPosition]? = nil, _ kernels: K, _ threads: Threads,
    _ cache: Cache? = nil, _ observe: (Point, Tensor) throws -> Void
  ) throws {
    try check(input, wanted, positions, K.precision, after: cache)
    let batch = Batch(input, of: graph, at: positions, after: cache)
    let keys = cache?.keys(for: kernels)
    let key = ScheduleKey(
      points: wanted, choosesAll: positions == nil, isCaching: cache != nil, cached: keys?.filled ?? [])
    let schedule = workspaces.schedule(for: key) { Schedule(for: graph, key) }
    try workspaces.with { workspace in
      let pass = Pass(kernels, threads: threads, batch: batch, workspace: workspace, cache: keys)
      var execution = Execution(of: graph, by: schedule, pass, in: workspace)
      try execution.run(reporting: wanted, to: observe)
    }
    cache?.append(batch, precision: K.precision)
  }

  /// How many multiplications a pass takes in products, a multiplication and an addition counted as one.
  ///
  /// - Parameter points: The points that are wanted; what none of them needs is not counted.
  public func multiplications(for input: Input, computing points: Set<Point>) -> Int {
    graph.multiplications(in: Batch(input, of: graph), for: points)
  }

  private func check(
    _ input: Input, _ wanted: Set<Point>, _ positions: [TokenPosition]?, _ precision: Precision,
    after cache: Cache?
  ) throws {
    try input.check(sizes, graph, after: cache)
    try cache?.check(
      batch: input.batch, segmentIDs: input.segmentIDs, mask: graph.main.mask, precision: precision, of: store.file)
    let unknown = wanted.subtracting(points).map(\.name).sorted()
    guard unknown.isEmpty else {
      throw Problem(
        .mismatched, file: store.file, found: "no point \(unknown.joined(separator: ", "))",
        expected: "points of this model: \(points.map(\.name).joined(separator: ", "))")
    }
    let lengths = input.mainLengths(in: graph)
    let strays = (positions ?? []).filter {
      !lengths.indices.contains($0.row) || !(0..<lengths[$0.row]).contains($0.position)
    }
    if let stray = strays.first {
      throw Problem(
        .mismatched, file: "input", object: "positions",
        found: "row \(stray.row), position \(stray.position)",
        expected: "a token of \(input.batch) rows of \(Input.spelling(of: lengths)) tokens")
    }
    if let positions, positions.isEmpty {
      throw Problem(.mismatched, file: "input", object: "positions", found: "none", expected: "at least one")
    }
  }
}
