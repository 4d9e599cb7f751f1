/// A graph as somebody reads it: its steps in order, blocks that are alike told once.
public struct GraphOutline: Equatable, Sendable {
  /// One step.
  public struct Step: Equatable, Sendable {
    /// Its number, from 1.
    public let number: Int
    /// What is computed: `linear, gelu-erf`.
    public let operation: String
    /// The numbers of the steps whose values it reads.
    public let reads: [Int]
    /// The shape of what comes of it: `[tokens, width = 768]`.
    public let shape: String
    /// The point where it is observed, or what its weights are called.
    public let name: String
  }

  /// Steps that stand together.
  public struct Group: Equatable, Sendable {
    /// The blocks that these are the steps of: `block.0 to block.11`; nil for what is of no block.
    public let title: String?
    /// The steps, of the first of these blocks.
    public let steps: [Step]
  }

  /// Every group, in order.
  public let groups: [Group]
}

extension Model {
  /// What the model computes, step by step.
  public var outline: GraphOutline { GraphOutline(of: graph) }
}

extension GraphOutline {
  init(of graph: Graph) {
    var makers: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { for value in node.outputs { makers[value.number] = index + 1 } }
    let steps = graph.nodes.enumerated().map { index, node in
      Step(
        number: index + 1, operation: node.words, reads: node.inputs.compactMap { makers[$0.number] },
        shape: graph.shape(of: node.outputs[0]), name: node.point?.name ?? node.commonName)
    }
    let blocks = GraphOutline.blocks(of: graph.nodes)
    var runs: [(block: String?, steps: [Step])] = []
    for (step, block) in zip(steps, blocks) {
      if let last = runs.last, last.block == block {
        runs[runs.count - 1].steps.append(step)
      } else {
        runs.append((block, [step]))
      }
    }
    groups = GraphOutline.joined(runs)
  }

  /// The block that each node belongs to: that which its point or its weights name, or else the next one that is named.
  private static func blocks(of nodes: [Node]) -> [String?] {
    var next: String?
    let named = nodes.reversed().map { node -> String? in
      let names = (node.point.map { [$0.name] } ?? []) + node.operation.body.weights.map(\.name)
      if let block = names.lazy.compactMap(block(in:)).first {
        next = block
      } else if node.point != nil || names.contains(where: { !$0.hasPrefix("block.") }) {
        next = nil
      }
      return next
    }
    return named.reversed()
  }

  /// `encoder.block.3` of `encoder.block.3.attention.output`.
  private static func block(in name: String) -> String? {
    let parts = name.split(separator: ".")
    guard let place = parts.firstIndex(of: "block"), place < 2, parts.indices.contains(place + 1),
      parts[place + 1].allSatisfy(\.isNumber)
    else { return nil }
    return parts[...(place + 1)].joined(separator: ".")
  }

  /// Tells blocks once that do the same.
  private static func joined(_ runs: [(block: String?, steps: [Step])]) -> [Group] {
    var groups: [Group] = []
    var last: (first: String, block: String, pattern: [[String]])?
    for run in runs {
      let pattern = run.steps.map { step in
        [step.operation, step.shape, step.name.replacing(run.block ?? " ", with: "block", maxReplacements: 1)]
          + step.reads.map { $0 < run.steps[0].number - 1 ? "\($0)" : "-\(step.number - $0)" }
      }
      if let block = run.block, let known = last, known.pattern == pattern {
        groups[groups.count - 1] = Group(title: "\(known.first) to \(block)", steps: groups[groups.count - 1].steps)
        last = (known.first, block, pattern)
      } else {
        groups.append(Group(title: run.block, steps: run.steps))
        last = run.block.map { ($0, $0, pattern) }
      }
    }
    return groups
  }
}

extension Node {
  /// The operation in words.
  fileprivate var words: String {
    let body = operation.body
    return "\(type(of: body).title)\(body.detail.isEmpty ? "" : ", \(body.detail)")"
  }

  /// What the weights have in common: `block.0.attention.query` of a weight and a bias.
  fileprivate var commonName: String {
    guard let name = operation.body.weights.first?.name else { return "" }
    return name.split(separator: ".").dropLast().joined(separator: ".")
  }
}

extension Graph {
  /// A shape in the names of sizes.
  fileprivate func shape(of value: Value) -> String {
    switch value.axis {
    case .scores(_, _, let heads): return "[\(heads) heads, queries, keys]"
    case .pairs(let heads): return "[\(heads) heads, first tokens, last tokens]"
    default: return "[\(value.axis.words), \(words(value.features))]"
    }
  }

  private func words(_ extent: Extent) -> String {
    switch extent {
    case .fixed(let number): "\(number)"
    case .size(let size): "\(size.name) = \(count(extent))"
    }
  }
}

extension Axis {
  fileprivate var words: String {
    switch self {
    case .tokens(.input): "tokens"
    case .tokens(.decoder): "decoder tokens"
    case .tokens(.context): "context tokens"
    case .sequences: "sequences"
    case .chosen: "chosen tokens"
    case .rows(let count): "\(count) rows"
    case .distances: "distances"
    case .scores: "scores"
    case .pairs: "pairs"
    }
  }
}
