import Bytes
import Heads
import Tensors

// What fine-tuning put on top, as a model file says it.

extension Draft {
  /// The layers of a head and what follows them, each with its point: `head.dense.0` …, `head.logits`, `head.probabilities`; the scores of
  /// pairs after `head.projection`.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the model lacks what the head reads, or the labels are not as many as the scores.
  mutating func head(_ head: HeadSettings) throws {
    guard let features, graph.stacks.count == 1 else { throw noHead("a model of one stack of blocks", "another") }
    switch head.kind {
    case .globalPointer: try globalPointer(head, features)
    case .efficientGlobalPointer: try efficientGlobalPointer(head, features)
    default: try denseHead(head, try input(of: head, features))
    }
    try transitions(of: head)
  }

  private func noHead(_ expected: String, _ found: String) -> Problem {
    Problem(
      .mismatched, file: file, object: "ingot.head", found: found, expected: expected,
      advice: "Convert the model again, and say with --head what its head reads")
  }

  /// What the first layer reads.
  private mutating func input(of head: HeadSettings, _ x: Value) throws -> Value {
    switch head.input {
    case .tokens: return x
    case .first: return append(.first(First()), [x], along: .sequences, features: x.features)
    case .mean: return append(.pool(Pool(.mean)), [x], along: .sequences, features: x.features)
    case .max: return append(.pool(Pool(.max)), [x], along: .sequences, features: x.features)
    case .pooler:
      guard let pooled else { throw noHead("a pooler, which the head reads", "none") }
      return pooled
    }
  }

  /// Dense layers, one after the other; behind the last, probabilities.
  private mutating func denseHead(_ head: HeadSettings, _ input: Value) throws {
    var x = input
    for (index, layer) in head.layers.enumerated() {
      let isLast = index == head.layers.count - 1
      let outputs = try width(of: layer)
      if isLast, let count = expectedScores(of: head), count != outputs {
        throw noHead("\(count) scores", "a layer \(layer.weight.tensor) of \(outputs)")
      }
      let activation = isLast ? .linear : Activation(rawValue: layer.activation.rawValue) ?? .linear
      x = dense(layer, x, outputs, activation, Point(isLast ? "head.logits" : "head.dense.\(index)"))
    }
    switch head.layers[head.layers.count - 1].activation {
    case .softmax: _ = append(.softmax(Softmax()), x, point: .headProbabilities)
    case .sigmoid: _ = append(.activate(Activate(.sigmoid)), x, point: .headProbabilities)
    case .linear: break
    default: throw noHead("softmax, sigmoid or linear behind the last layer", "another activation")
    }
  }

  /// How many scores a head has by its kind or its labels; nil where any number serves.
  private func expectedScores(of head: HeadSettings) -> Int? {
    switch head.kind {
    case .choice: 1
    case .span: 2
    default: head.labels?.count
    }
  }

  private mutating func dense(
    _ layer: HeadSettings.Layer, _ x: Value, _ outputs: Int, _ activation: Activation, _ point: Point?
  ) -> Value {
    let weight = claims.claim(layer.weight.tensor, isTransposed: layer.weight.isTransposed, .fixed(outputs), x.features)
    let bias = layer.bias.map { claims.claim($0, .fixed(outputs)) }
    return append(
      .linear(Linear(weight: weight, bias: bias, activation: activation)), [x], along: x.axis,
      features: .fixed(outputs),
      point: point)
  }

  /// How many outputs a stored layer has.
  private func width(of layer: HeadSettings.Layer) throws -> Int {
    let name = layer.weight.tensor
    guard let tensor = claims.tensor(name), tensor.shape.rank == 2, !tensor.shape.dimensions.contains(0) else {
      throw noHead("a matrix \(name)", claims.tensor(name).map { "one of shape \($0.shape)" } ?? "none")
    }
    return tensor.shape.dimensions[layer.weight.isTransposed ? 1 : 0]
  }
}

// Pairs of tokens.

extension Draft {
  /// Queries and keys of each label (bert4keras 0.11.5, `layers.py:1418-1440`).
  private mutating func globalPointer(_ head: HeadSettings, _ x: Value) throws {
    guard let pointer = head.pointer else { return }
    let outputs = try width(of: head.layers[0])
    let size = pointer.size
    guard size <= outputs, outputs.isMultiple(of: 2 * size), !pointer.turns || size.isMultiple(of: 2) else {
      throw noHead("queries and keys of \(size) features\(pointer.turns ? ", in pairs" : "")", "a layer of \(outputs)")
    }
    let heads = outputs / (2 * size)
    try checkLabels(head, heads)
    let h = dense(head.layers[0], x, outputs, .linear, .headProjection)
    pairs(
      [turned(h, blocks: 2 * heads, pointer)],
      ScorePairs(heads: heads, divisor: size, isTriangular: pointer.isTriangular, isShared: false))
  }

  /// One query and one key for all labels, and two numbers for each (`layers.py:1474-1492`).
  private mutating func efficientGlobalPointer(_ head: HeadSettings, _ x: Value) throws {
    guard let pointer = head.pointer else { return }
    let size = pointer.size
    let (outputs, biases) = (try width(of: head.layers[0]), try width(of: head.layers[1]))
    guard size <= outputs, outputs == 2 * size, biases.isMultiple(of: 2), !pointer.turns || size.isMultiple(of: 2)
    else {
      throw noHead(
        "one query and one key of \(size) features, and two numbers for each label", "\(outputs) and \(biases)")
    }
    try checkLabels(head, biases / 2)
    let h = dense(head.layers[0], x, outputs, .linear, .headProjection)
    // Queries are the even features, and keys the odd ones.
    let parts = (0...1).map { first in
      append(
        .slice(Slice(range: first..<outputs, step: 2)), [h], along: h.axis, features: .fixed(size))
    }
    let bias = dense(head.layers[1], h, biases, .linear, nil)
    pairs(
      parts.map { turned($0, blocks: 1, pointer) } + [bias],
      ScorePairs(heads: biases / 2, divisor: size, isTriangular: pointer.isTriangular, isShared: true))
  }

  private func checkLabels(_ head: HeadSettings, _ heads: Int) throws {
    guard let labels = head.labels, labels.count != heads else { return }
    throw noHead("\(labels.count) labels' scores", "\(heads)")
  }

  /// Each block of features turned by the positions, where the head says so.
  private mutating func turned(_ x: Value, blocks: Int, _ pointer: HeadSettings.Pointer) -> Value {
    guard pointer.turns else { return x }
    let angles = angles(width: pointer.size)
    return append(.turn(Turn(heads: blocks)), x, angles)
  }

  private mutating func pairs(_ inputs: [Value], _ operation: ScorePairs) {
    let axis = Axis.pairs(heads: operation.heads)
    _ = append(.scorePairs(operation), inputs, along: axis, features: .fixed(0), point: .headLogits)
  }
}

// Labels that depend on each other.

extension Draft {
  /// Checks the stored scores of steps from label to label, which no pass reads.
  private mutating func transitions(of head: HeadSettings) throws {
    guard let transitions = head.transitions else { return }
    let labels = try width(of: head.layers[head.layers.count - 1])
    let sizes = Set(transitions.tensors.compactMap { claims.tensor($0)?.shape.dimensions.last })
    guard sizes.count == 1 else { throw noHead("factors of one size", "\(sizes.sorted())") }
    for name in transitions.tensors {
      let shape = claims.tensor(name)?.shape.dimensions ?? []
      let isWhole = transitions.tensors.count == 1
      guard shape.count == 2, shape[0] == labels, !isWhole || shape[1] == labels, shape[1] > 0 else {
        throw noHead("\(name) with a row for each of \(labels) labels", "the shape \(shape)")
      }
    }
    let numbers = transitions.starts + transitions.ends
    guard numbers.allSatisfy({ $0 < labels }) else {
      throw noHead("labels below \(labels)", "others to begin or end with")
    }
  }
}
