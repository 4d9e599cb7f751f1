import JSON
import Tensors
import Testing

@testable import Inference

@Suite("Graphs as values") struct GraphTests {
  /// Four projections, two products of attention and two feed-forward layers in each of two blocks.
  func products(_ lengths: [Int], width: Int = 16, feedForward: Int = 32) -> Int {
    lengths.reduce(0) { $0 + 2 * $1 * (4 * width * width + 2 * $1 * width + 2 * width * feedForward) }
  }

  @Test("count the multiplications of what is wanted, for sequences of any lengths")
  func multiplications() throws {
    let model = try Model.tiny()
    let last = Point.feedForwardNorm(block: 1)
    for lengths in [[8], [8, 8], [3, 16, 1]] {
      let input = try Input(tokenIDs: lengths.map { Array(repeating: 5, count: $0) })
      #expect(model.multiplications(for: input, computing: [last]) == products(lengths))
      #expect(
        model.multiplications(for: input, computing: [.nextSentenceProbabilities])
          == products(lengths) + lengths.count * (16 * 16 + 2 * 16))
      #expect(model.multiplications(for: input, computing: [.embeddingNorm]) == 0)
    }
  }

  @Test("run no more than what is wanted needs")
  func walk() throws {
    let graph = try Model.tiny().graph
    func titles(_ points: Set<Point>) -> [String] {
      Schedule(for: graph, ScheduleKey(points: points)).steps.joined().map {
        type(of: graph.nodes[$0].operation.body).title
      }
    }
    #expect(titles([.embeddingNorm]) == ["embed", "normalise"])
    let block = ["linear", "linear", "linear", "attend", "linear", "normalise", "linear", "linear", "normalise"]
    #expect(titles([.feedForwardNorm(block: 0)]) == ["embed", "normalise"] + block)
    #expect(titles([.pooler]) == ["embed", "normalise"] + block + block + ["first token", "linear"])
    #expect(
      titles([.maskedTokenProbabilities])
        == ["embed", "normalise"] + block + block + ["choose tokens", "linear", "normalise", "linear", "softmax"])
  }

  @Test("give values memory that nobody reads any more: as much for twenty blocks as for three")
  func slots() throws {
    func count(_ blocks: Int) throws -> Int {
      let weights = Weights.tiny(heads: false)
      var shared = Weights()
      for (name, tensor) in weights.tensors where !name.hasPrefix("block.1.") {
        shared.tensors[name.replacing("block.0.", with: "block.")] = tensor
      }
      let model = try Model(
        weights: shared, architecture: "albert",
        settings: [
          "blocks": .integer(blocks), "heads": 4, "embedding.epsilon": 1, "block.epsilon": 1, "activation": "relu",
          "mask": "none",
        ])
      return Schedule(for: model.graph, ScheduleKey(points: Set(model.points))).slotCount
    }
    // The input of a block, its queries, keys and values, what attention gives, and the features of the feed-forward layers.
    #expect(try count(3) == 6)
    #expect(try count(20) == 6)
  }

  @Test("know every weight by its name, and nothing else")
  func weights() throws {
    let weights = Weights.tiny(projected: true)
    let model = try Model(weights: weights, architecture: "bert", settings: .bert())
    #expect(Set(model.graph.weights.map(\.name)) == Set(weights.names))
  }

  @Test("know a step that is left out no more")
  func bypassing() throws {
    var graph = try Model.tiny().graph
    let count = graph.nodes.count
    graph.bypass { $0.point == .embeddingNorm }
    #expect(graph.nodes.count == count - 1 && !graph.points.contains(.embeddingNorm))
    #expect(graph.nodes[1].inputs == graph.nodes[0].outputs)
  }
}

@Suite("Outlines of graphs") struct GraphOutlineTests {
  @Test("tell blocks once that do the same")
  func groups() throws {
    let outline = try Model.tiny().outline
    #expect(outline.groups.map(\.title) == [nil, "block.0 to block.1", nil])
    #expect(outline.groups.map(\.steps.count) == [2, 9, 9])
    #expect(
      outline.groups[1].steps[3]
        == GraphOutline.Step(
          number: 6, operation: "attend, 4 heads, by 1/sqrt(4)", reads: [3, 4, 5], shape: "[tokens, width = 16]",
          name: ""))
    #expect(
      outline.groups[1].steps[5]
        == GraphOutline.Step(
          number: 8, operation: "normalise, layer of the sum", reads: [2, 7], shape: "[tokens, width = 16]",
          name: "block.0.attention.norm"))
    #expect(outline.groups[2].steps.map(\.number) == Array(21...29))
  }

  @Test("tell blocks apart that do not")
  func others() throws {
    let weights = Weights.tiny(heads: false)
    var graph = try Model(weights: weights, architecture: "bert", settings: .bert()).graph
    let second = try #require(graph.nodes.lastIndex { if case .attend = $0.operation { true } else { false } })
    guard case .attend(var attend) = graph.nodes[second].operation else { return }
    attend.divisor = nil
    graph.nodes[second].operation = .attend(attend)
    #expect(GraphOutline(of: graph).groups.map(\.title) == [nil, "block.0", "block.1"])
  }
}

@Suite("Designs") struct DesignTests {
  @Test("have names of their own, and read settings that there are, each once")
  func settings() {
    let known = Set(Settings.all.map(\.name))
    #expect(Set(Design.all.map(\.name)).count == Design.all.count)
    for design in Design.all {
      #expect(Set(design.reads).count == design.reads.count && known.isSuperset(of: design.reads), "\(design.name)")
    }
    #expect(Set(Design.all.flatMap(\.reads)) == known)
  }
}
