import Bytes
import Inference
import Tensors

extension Model {
  /// The names of the position schemes that the model uses, as ``PositionEncoding/all`` lists them.
  public var positionEncodings: [String] {
    var names: [String] = []
    for name in graph.stacks.compactMap({ graph.positions(of: $0) }).map(PositionEncoding.name)
    where !names.contains(name) { names.append(name) }
    return names
  }

  /// Looks at what the model's own weights say of positions: one figure for each stack that knows them.
  ///
  /// - Parameter length: How many positions to look at; fewer, where the model has fewer.
  /// - Throws: `Problem` of kind *damaged* when a figure has values that are no numbers, because weights are none.
  public func positionFigures(length: Int) throws -> [PositionFigure] {
    let figures = drawnPositions(length: length)
    guard figures.contains(where: { !$0.isFinite }), case let sick = try weightsOfNoNumbers(), !sick.isEmpty else {
      return figures
    }
    throw Problem(
      .damaged, file: store.file, object: sick[0].name, found: "\(sick[0].count)", expected: "numbers",
      advice: "Take a checkpoint that was saved before its training broke down")
  }

  private func drawnPositions(length: Int) -> [PositionFigure] {
    graph.stacks.compactMap { stack in
      guard let scheme = graph.positions(of: stack), let (attend, width) = graph.attention(of: stack) else {
        return nil
      }
      let study = PositionStudy(
        length: min(length, scheme.limit ?? length), width: sizes.embedding, heads: attend.heads,
        headWidth: width / attend.heads)
      let title = graph.stacks.count == 1 ? "" : stack.name + " "
      return study.figure(
        of: scheme, title: title + PositionEncoding.name(of: scheme), weights: ", as the model has them")
    }
  }
}

extension Graph {
  /// The attention of a stack's first block, and how many features its queries have.
  fileprivate func attention(of stack: Stack) -> (attend: Attend, width: Int)? {
    for node in nodes where node.inputs.first?.axis == .tokens(stack.source) {
      if case .attend(let attend) = node.operation { return (attend, count(node.inputs[0].features)) }
    }
    return nil
  }

  /// The scheme by which a stack knows positions, wherever it acts; nil when it knows none.
  package func positions(of stack: Stack) -> (any PositionScheme)? {
    for node in nodes {
      switch node.operation {
      case .embed(let embed) where embed.source == stack.source:
        for table in embed.tables {
          switch table.index {
          case .position: return LearnedPositions(table: table.weight.tensor)
          case .hierarchicalPosition(let coarseness):
            return HierarchicalPositions(table: table.weight.tensor, coarseness: coarseness)
          case .token, .segment, .first: continue
          }
        }
      case .angles(let angles) where angles.source == stack.source: return RotaryPositions(base: angles.base)
      case .attend(let attend) where node.inputs[0].axis == .tokens(stack.source):
        return scheme(of: attend.terms, reading: node.inputs.dropFirst(3).map { $0 })
      default: continue
      }
    }
    return nil
  }

  /// The scheme that terms of distance are, with the tables that the values are made of which they read.
  private func scheme(of terms: DistanceTerms, reading inputs: [Value]) -> (any PositionScheme)? {
    switch terms {
    case .none: return nil
    case .clipped: return table(behind: inputs[0]).map { RelativePositions(table: $0.tensor) }
    case .buckets(let terms):
      return table(behind: inputs[0]).map { BucketPositions(table: $0.tensor, buckets: terms.buckets) }
    case .waves(let terms):
      guard case .linear(let projection)? = maker(of: inputs[0])?.operation,
        case .waves(let waves)? = maker(of: inputs[0])?.inputs.first.flatMap(maker)?.operation
      else { return nil }
      return XLNetPositions(projection: projection, waves: waves, terms: terms)
    case .disentangled(let terms):
      let layers = inputs.compactMap { input -> Linear? in
        if case .linear(let layer)? = maker(of: input)?.operation { layer } else { nil }
      }
      guard let rows = inputs.first.flatMap(maker)?.inputs.first, let table = table(behind: rows) else { return nil }
      var norm: Normalize?
      if case .normalize(let found)? = maker(of: rows)?.operation { norm = found }
      return DisentangledPositions(
        table: table.tensor, norm: norm, key: terms.hasKeys ? layers.first : nil,
        query: terms.hasQueries ? layers.last : nil, buckets: terms.buckets)
    }
  }

  /// The step that makes a value.
  private func maker(of value: Value) -> Node? { nodes.first { $0.outputs.contains(value) } }

  /// The stored table that a value is, or the normalisation of one.
  private func table(behind value: Value) -> Weight? {
    switch maker(of: value)?.operation {
    case .widen(let widen): widen.table
    case .normalize: maker(of: value)?.inputs.first.flatMap(table)
    default: nil
    }
  }
}
