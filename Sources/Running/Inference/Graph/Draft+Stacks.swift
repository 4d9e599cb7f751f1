import Bytes

// What stands at the beginning of a stack, and its blocks by name.

extension Draft {
  /// Begins a stack.
  ///
  /// - Parameters:
  ///   - mask: What its tokens see of each other; nil where a setting says it.
  ///   - positions: Where its tokens stand.
  mutating func beginStack(
    _ name: String = "", of source: TokenSource = .input, mask: AttentionMask? = nil, padding: Padding = Padding(),
    positions: PositionRule = .fromZero
  ) throws {
    var padding = try changed(padding)
    if positions == .behindPadding { padding.token = Int32(clamping: try value(of: .positionPadding)) }
    graph.stacks.append(
      Stack(
        name: name, source: source, mask: try mask ?? value(of: .mask), padding: padding, positions: positions))
  }

  /// What is padding, by the architecture or a setting.
  private func changed(_ padding: Padding) throws -> Padding {
    var padding = padding
    if let token = try settings.valueIfSaid(of: .padding) { padding.token = Int32(clamping: token) }
    // No token has a negative id: nothing is padding then.
    if try !value(of: .zeroIsPadding) { padding.token = -1 }
    if try value(of: .sharesSegments) { padding.segment = 0 }
    return padding
  }

  /// The tokens of the stack that was begun last.
  var tokens: Axis { .tokens(graph.main.source) }

  /// The names of the blocks of a stack, one for each number that weights show.
  mutating func blocks(_ stack: String = "") -> [Part] {
    var parts: [Part] = []
    repeat {
      parts.append(Part(weights: "\(stack)block.\(parts.count)", block: parts.count))
    } while has("\(stack)block.\(parts.count).")
    graph.stacks[graph.stacks.count - 1].blocks = parts.count
    return parts
  }

  /// The names of blocks that share the weights of one, as many as a setting says.
  mutating func sharedBlocks() throws -> [Part] {
    let count = try value(of: .blocks)
    graph.stacks[graph.stacks.count - 1].blocks = count
    return (0..<count).map { Part(weights: "block", point: "block.\($0)", block: $0) }
  }

  /// The tables of tokens and, where they are known, of segments: those of their own, or that of the tokens.
  mutating func tokenAndSegmentTables() throws -> [Embed.Table] {
    let token = Embed.Table(tokenTable(), by: .token)
    if try value(of: .sharesSegments) { return [token, Embed.Table(token.weight, by: .segment)] }
    guard has("embedding.segment.") else { return [token] }
    return [
      token, Embed.Table(claims.claim("embedding.segment.weight", .size(.segments), embeddingWidth), by: .segment),
    ]
  }

  /// The table of positions, a vector for each, or for each two where a setting stretches them.
  mutating func positionTable() throws -> Embed.Table {
    let weight = claims.claim("embedding.position.weight", .size(.positions), embeddingWidth)
    try checkFirstPosition()
    let coarseness = try value(of: .hierarchical)
    return Embed.Table(weight, by: coarseness == 0 ? .position : .hierarchicalPosition(coarseness: coarseness))
  }

  /// Checks that the table has a position for the padding token and one behind it, where positions begin there.
  private func checkFirstPosition() throws {
    let first = graph.main.positions.first(graph.main.padding)
    guard first > 0, let rows = claims.sizes[.positions], first >= rows else { return }
    throw Problem(
      .mismatched, file: file, object: "the setting position.padding", found: "\(first - 1)",
      expected: "at most \(rows - 2), for positions begin behind it and embedding.position.weight has \(rows) rows")
  }

  /// The sum of tables, observed where nothing follows.
  mutating func embedded(_ tables: [Embed.Table], point: Point? = nil) -> Value {
    append(
      .embed(Embed(tables, of: graph.main.source)), [], along: tokens, features: embeddingWidth, point: point)
  }

  /// The embedding of BERT: the normalised sum of tokens, segments and positions, brought to the width of the blocks.
  mutating func normalizedEmbedding(positions: Bool = true) throws -> Value {
    var tables = try tokenAndSegmentTables()
    if positions { tables.append(try positionTable()) }
    if has("embedding.task.") {
      tables.append(Embed.Table(claims.claim("embedding.task.weight", .size(.tasks), embeddingWidth), by: .first))
    }
    let x = try normalized("embedding.norm", embedded(tables), epsilon: embeddingEpsilon(), point: .embeddingNorm)
    guard has("embedding.projection.") else { return x }
    return linear("embedding.projection", x, to: .size(.width), point: .embeddingProjection)
  }

  /// The epsilon of the embedding's normalisation, and of all others that have none of their own.
  func embeddingEpsilon() throws -> Double {
    settings.has(.embeddingEpsilon) ? try value(of: .embeddingEpsilon) : try value(of: .epsilon)
  }

  /// The epsilon of the normalisations in blocks.
  func blockEpsilon() throws -> Double {
    try settings.valueIfSaid(of: .blockEpsilon) ?? embeddingEpsilon()
  }
}
