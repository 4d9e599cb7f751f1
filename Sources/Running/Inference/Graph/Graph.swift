import Tensors

/// A model's computation as a value: operations in the order in which they run.
///
/// Whatever is known of a model is a walk over the list: its points, its weights, what it takes, how much it computes, what a
/// pass runs and where its values lie, and its drawing.
package struct Graph: Sendable {
  /// The steps, each after those whose values it reads.
  package var nodes: [Node] = []
  /// What treats tokens, an encoder before the decoder that reads it; the heads stand on the last one.
  package var stacks: [Stack] = []
  /// The sizes that the weights have shown.
  package var sizes: [Size: Int] = [:]
  /// How many values there are.
  package private(set) var valueCount = 0

  /// Adds a step whose outputs have these axes and features.
  ///
  /// - Returns: The outputs.
  @discardableResult
  package mutating func append(
    _ operation: Operation, _ inputs: [Value], _ outputs: [(axis: Axis, features: Extent)], point: Point? = nil
  ) -> [Value] {
    let values = outputs.enumerated().map { index, output in
      Value(number: valueCount + index, axis: output.axis, features: output.features)
    }
    valueCount += values.count
    nodes.append(Node(operation: operation, inputs: inputs, outputs: values, point: point))
    return values
  }
}

// What is known of it.

extension Graph {
  /// Every point, in the order in which a pass reaches them.
  package var points: [Point] { nodes.compactMap(\.point) }

  /// Every weight that is read, once, in the order of the steps.
  package var weights: [Weight] {
    var seen: Set<String> = []
    return nodes.flatMap(\.operation.body.weights).filter { seen.insert($0.name).inserted }
  }

  /// The stack that a memory and the heads belong to.
  package var main: Stack { stacks[stacks.count - 1] }

  /// Whether a pass reads the tokens of a decoder beside those of an encoder.
  package var takesDecoderTokens: Bool { main.source == .decoder }

  /// Whether a pass reads features that somebody else's encoder made.
  package var takesContext: Bool {
    nodes.contains { if case .given(let given) = $0.operation { given.part == .context } else { false } }
  }

  /// Whether the tokens of the main stack may stand where somebody says, and not only one after the other.
  package var takesPositionIDs: Bool {
    nodes.contains { node in
      switch node.operation {
      case .embed(let embed):
        embed.source == main.source && main.positions == .fromZero && embed.tables.contains(where: \.index.isPosition)
      case .angles(let angles): angles.source == main.source
      default: false
      }
    }
  }

  /// The longest sequence of the main stack; nil when there is no longest.
  package var longestSequence: Int? {
    nodes.compactMap { node in
      if case .embed(let embed) = node.operation, embed.source == main.source { embed.longestSequence } else { nil }
    }.min().map { $0 - main.positions.first(main.padding) }
  }

  /// Whether attention asks which tokens are in one segment.
  package var comparesSegments: Bool {
    nodes.contains { if case .attend(let attend) = $0.operation { attend.terms.comparesSegments } else { false } }
  }

  /// How many multiplications a pass over a batch takes in products.
  ///
  /// - Parameter points: The points that are wanted; steps that none of them needs are not counted.
  package func multiplications(in batch: Batch, for points: Set<Point>) -> Int {
    Schedule(for: self, ScheduleKey(points: points, choosesAll: batch.chosen == nil)).steps.joined().reduce(0) {
      $0 + nodes[$1].operation.body.multiplications(nodes[$1], in: batch, sizes: sizes)
    }
  }

  /// How many features a value has.
  package func features(of value: Value, in batch: Batch) -> Int {
    switch value.axis {
    case .scores(_, let keys, _): batch[keys].longestTotal
    case .pairs: batch[batch.main].longestTotal
    default: count(value.features)
    }
  }

  /// An extent as a number.
  package func count(_ extent: Extent) -> Int {
    switch extent {
    case .fixed(let number): number
    case .size(let size): sizes[size] ?? 0
    }
  }
}

// How it is changed.

extension Graph {
  /// Replaces each operation by what `change` makes of it.
  package mutating func mapOperations(_ change: (Operation) -> Operation) {
    for index in nodes.indices { nodes[index].operation = change(nodes[index].operation) }
  }

  /// Takes steps out: who read the output of one reads its first input.
  package mutating func bypass(where isLeftOut: (Node) -> Bool) {
    var replacements: [Value: Value] = [:]
    var kept: [Node] = []
    for var node in nodes {
      node.inputs = node.inputs.map { replacements[$0] ?? $0 }
      if isLeftOut(node) {
        replacements[node.outputs[0]] = node.inputs[0]
      } else {
        kept.append(node)
      }
    }
    nodes = kept
  }
}
