// Attention, from projections to output.

/// How the attention of an architecture differs from the plain one.
struct AttentionParts {
  /// The features of queries, keys and values.
  var inner = Extent.size(.width)
  /// The projections that have biases, where dense layers do.
  var biases = Set(Projection.allCases)
  /// Whether one matrix makes queries, keys and values: it has for each head the rows of all three, in this order.
  var isJoint = false
  /// Whether scores are divided by the root of a head's width.
  var isScaled = true
  /// How many terms a score has, by the root of whose number it is divided too.
  var termsInScale = 1
  /// What is added for distances, and the values that this reads.
  var terms = DistanceTerms.none
  var termInputs: [Value] = []
  /// The cosines and sines by which queries and keys are turned.
  var angles: Value?

  /// The dense layers of attention.
  enum Projection: Int, CaseIterable {
    case query, key, value, output
  }
}

extension Draft {
  /// What attention of tokens to each other, or to others, adds to x.
  ///
  /// - Parameter others: What is attended to; x itself unless said.
  mutating func attention(
    _ part: Part, _ x: Value, to others: Value? = nil, _ parts: AttentionParts = AttentionParts()
  ) throws -> Value {
    let heads = try heads()
    var q = projection(.query, of: part, x, parts, heads)
    var k = projection(.key, of: part, others ?? x, parts, heads)
    let v = projection(.value, of: part, others ?? x, parts, heads)
    if let angles = parts.angles {
      q = append(.turn(Turn(heads: heads)), q, angles)
      k = append(.turn(Turn(heads: heads)), k, angles)
    }
    let divisor = try divisor(parts, heads, inBlock: part.block)
    let y = try attend(
      q, k, v,
      Attend(
        slot: nextAttention(), heads: heads, divisor: divisor, terms: parts.terms,
        addsPreviousScores: value(of: .addsPreviousScores) && scores != nil),
      reading: parts.termInputs)
    return linear(
      "\(part.weights).output", y, to: x.features, hasBias: hasBiases && parts.biases.contains(.output),
      point: Point(part.point + ".output"))
  }

  /// The attention itself; where attentions add the scores of the one before, these are values of the graph.
  mutating func attend(
    _ q: Value, _ k: Value, _ v: Value, _ operation: Attend, reading inputs: [Value] = []
  ) throws -> Value {
    let previous = operation.addsPreviousScores ? scores.map { [$0] } ?? [] : []
    var outputs: [(Axis, Extent)] = [(q.axis, v.features)]
    if try value(of: .addsPreviousScores), case .tokens(let queries) = q.axis, case .tokens(let keys) = k.axis {
      outputs.append((.scores(queries: queries, keys: keys, heads: operation.heads), .fixed(0)))
    }
    let values = graph.append(.attend(operation), [q, k, v] + inputs + previous, outputs)
    if values.count > 1 { scores = values[1] }
    return values[0]
  }

  private mutating func projection(
    _ kind: AttentionParts.Projection, of part: Part, _ x: Value, _ parts: AttentionParts, _ heads: Int
  ) -> Value {
    let hasBias = hasBiases && parts.biases.contains(kind)
    guard parts.isJoint else { return linear("\(part.weights).\(kind)", x, to: parts.inner, hasBias: hasBias) }
    let width = size(.width)
    let headWidth = max(1, width / heads)
    let layer = Linear(
      weight: claims.claim("\(part.weights).projection.weight", .fixed(3 * width), x.features),
      bias: hasBias ? claims.claim("\(part.weights).\(kind).bias", parts.inner) : nil,
      rows: Linear.Rows(first: kind.rawValue * headWidth, count: headWidth, period: 3 * headWidth))
    return append(.linear(layer), [x], along: x.axis, features: parts.inner)
  }

  /// The number by whose root scores are divided.
  private func divisor(_ parts: AttentionParts, _ heads: Int, inBlock block: Int) throws -> Int? {
    guard case .size(let inner) = parts.inner else { return nil }
    let isScaled = try parts.isScaled && value(of: .scalesScores)
    let byWidth = isScaled ? max(1, size(inner) / heads * parts.termsInScale) : 1
    let byDepth = try value(of: .scalesScoresByDepth) ? (block + 1) * (block + 1) : 1
    return byWidth * byDepth == 1 ? nil : byWidth * byDepth
  }

  /// The angles of rotary positions, for heads of some features.
  mutating func angles(width: Int) -> Value {
    append(
      .angles(Angles(source: graph.main.source, width: width)), [], along: tokens, features: .fixed(width / 2 * 2))
  }
}
