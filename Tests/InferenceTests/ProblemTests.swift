import Bytes
import JSON
import Tensors
import Testing

@testable import Inference

/// Returns the sentence of the problem that `body` throws; nil when it throws none.
func problem(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? Problem)?.description ?? "\(error)"
  }
}

@Suite("Weights that do not fit") struct WeightProblemTests {
  /// Makes a model of the tiny weights after a change, and returns what that says.
  func model(settings: JSON = .bert(), _ change: (inout [String: Tensor]) -> Void) -> String? {
    var weights = Weights.tiny()
    change(&weights.tensors)
    return problem { _ = try Model(weights: weights, architecture: "bert", settings: settings) }
  }

  func sentence(_ found: String) -> String {
    "tiny.ingot: mismatched: found \(found), expected exactly the weights of the architecture bert. "
      + "Convert the checkpoint again with the architecture that it was trained as."
  }

  func zeros(_ extents: Int...) -> Tensor {
    Tensor([Float](repeating: 0, count: extents.reduce(1, *)), shape: Shape(extents)!)!
  }

  @Test func theTinyWeightsFit() throws {
    #expect(model { _ in } == nil)
    let sizes = try Model.tiny(projected: true).sizes
    #expect(
      sizes
        == Model.Sizes(vocabulary: 40, positions: 16, segments: 2, embedding: 12, width: 16, feedForward: 32, blocks: 2)
    )
  }

  /// Takes each weight away in turn: whichever it is, the message names it, and no other.
  @Test(arguments: Weights.tiny(projected: true).names) func eachIsMissed(name: String) {
    var weights = Weights.tiny(projected: true)
    let shape = weights.tensors.removeValue(forKey: name)!.shape
    let found = problem { _ = try Model(weights: weights, architecture: "bert", settings: .bert(heads: 4)) }
    if name == "embedding.segment.weight" {
      // The only one that may be absent alone.
      #expect(found == nil)
    } else if name == "embedding.position.weight" {
      // The only one that shows the number of positions.
      #expect(found == sentence("no embedding.position.weight [positions, embedding = 12]"))
    } else {
      let names = ["12": "embedding", "16": "width", "32": "feedforward", "40": "vocabulary"]
      let extents = shape.dimensions.map { $0 == 2 ? "2" : "\(names[String($0)]!) = \($0)" }
      #expect(found == sentence("no \(name) [\(extents.joined(separator: ", "))]"))
    }
  }

  /// Makes each weight one longer in turn.
  @Test(arguments: Weights.tiny(projected: true).names) func eachIsMeasured(name: String) {
    var weights = Weights.tiny(projected: true)
    let extents = weights.tensors[name]!.shape.dimensions
    weights.tensors[name] = Tensor(
      [Float](repeating: 0, count: (extents + [1]).reduce(1, *)), shape: Shape(extents + [1])!)
    let found = problem { _ = try Model(weights: weights, architecture: "bert", settings: .bert(heads: 4)) }
    #expect(found?.contains("\(name) of shape \(Shape(extents + [1])!), not [") == true)
  }

  @Test func leftovers() {
    #expect(
      model {
        $0["pooler.scale"] = zeros(1)
        $0["block.7.attention.query.bias"] = zeros(16)
      }
        == sentence(
          "block.7.attention.query.bias, which the model does not use; pooler.scale, which the model does not use"))
  }

  @Test func extrasAreNoLeftovers() {
    #expect(model { $0["extra.dense_19.kernel"] = zeros(3, 4) } == nil)
  }

  @Test func aTransposedWeight() {
    #expect(
      model { $0["block.1.feedforward.output.weight"] = zeros(32, 16) }
        == sentence("block.1.feedforward.output.weight of shape [32, 16], not [width = 16, feedforward = 32]"))
  }

  @Test func anUnknownSizeIsShownByItsName() {
    #expect(
      model { $0["embedding.position.weight"] = zeros(16) }
        == sentence("embedding.position.weight of shape [16], not [positions, width = 16]"))
  }

  @Test func anEmptyWeight() {
    #expect(
      model { $0["embedding.token.weight"] = Tensor([Float](), shape: [0, 16])! }
        == sentence("embedding.token.weight of shape [0, 16], not [vocabulary = 40, width = 16]"))
  }

  @Test func integers() {
    #expect(
      model { $0["pooler.bias"] = Tensor([Int32](repeating: 0, count: 16), shape: [16])! }
        == sentence("pooler.bias of type int32, not float16, bfloat16 or float32"))
  }

  @Test func everyMismatchIsReportedAtOnce() {
    #expect(
      model {
        $0["embedding.norm.beta"] = nil
        $0["nsp.weight"] = zeros(3, 16)
        $0["more"] = zeros(1)
      }
        == sentence(
          "no embedding.norm.beta [width = 16]; nsp.weight of shape [3, 16], not [2, width = 16]; "
            + "more, which the model does not use"))
  }

  @Test func aHundredMismatchesAreListed() {
    let found = model { for index in 0..<250 { $0["odd.\(index)"] = zeros(1) } }
    #expect(found?.contains("odd.99") == false)
    #expect(found?.contains("; and 150 more, expected exactly") == true)
  }

  @Test func headsThatDoNotDivideTheWidth() {
    for heads in [0, -4, 3, 32] {
      #expect(
        model(settings: .bert(heads: heads)) { _ in }
          == "tiny.ingot: mismatched in the setting heads: found \(heads), expected a number that divides the width 16. "
          + "Give the number of attention heads that the model was trained with.")
    }
  }

  @Test func anEpsilonThatIsNoPositiveNumber() {
    for (epsilon, text) in [(0.0, "0.0"), (-1, "-1.0")] {
      #expect(
        model(settings: .bert(epsilon: epsilon)) { _ in }
          == "tiny.ingot: mismatched in the setting epsilon: found \(text), expected a positive number.")
    }
    // JSON has no infinity, and some of its numbers are larger than any.
    #expect(
      model(settings: ["heads": 4, "epsilon": .number("1e999"), "activation": "relu", "mask": "none"]) { _ in }
        == "tiny.ingot: mismatched in the setting epsilon: found 1e999, expected a positive number.")
  }
}

@Suite("Inputs that do not fit") struct InputProblemTests {
  /// Runs the tiny model and returns what that says.
  func run(
    _ tokens: [[Int32]], _ segments: [[Int32]]? = nil, computing points: Set<Point> = [.pooler],
    at positions: [TokenPosition]? = nil
  ) -> String? {
    problem {
      let input = try Input(tokenIDs: tokens, segmentIDs: segments)
      _ = try Model.tiny().run(input, computing: points, at: positions)
    }
  }

  @Test func noTokens() {
    for rows in [[], [[]]] as [[[Int32]]] {
      #expect(run(rows) == "input: mismatched in token ids: found no tokens, expected at least one.")
    }
  }

  @Test func rowsOfOtherLengths() {
    #expect(run([[1, 2], [1]]) == nil)
    #expect(
      run([[1, 2], [1]], [[0, 0], [0, 0]])
        == "input: mismatched in segment ids, row 1: found 2 ids, expected 1, one for each token.")
    #expect(run([[1], []]) == "input: mismatched in token ids, row 1: found no tokens, expected at least one.")
  }

  @Test func missingRowsOfSegments() {
    #expect(
      run([[1, 2], [3, 4]], [[0, 0]])
        == "input: mismatched in segment ids: found 1 rows, expected 2, one for each row of token ids.")
  }

  @Test func idsOutsideTheVocabulary() {
    for id in [40, -1, Int32.max, Int32.min] {
      #expect(
        run([[2, 3], [2, id]])
          == "input: mismatched in token ids, row 1, position 1: found id \(id), "
          + "expected 0 to 39, the vocabulary of the model.")
    }
  }

  @Test func segmentsOutsideTheTable() {
    for id in [2, -1, Int32.max] {
      #expect(
        run([[2, 3]], [[id, 0]])
          == "input: mismatched in segment ids, row 0, position 0: found id \(id), "
          + "expected 0 to 1, the segments of the model.")
    }
  }

  @Test func segmentsForAModelWithoutThem() throws {
    var weights = Weights.tiny()
    weights.tensors["embedding.segment.weight"] = nil
    let input = try Input(tokenIDs: [[2, 3]], segmentIDs: [[0, 1]])
    func run(_ mask: AttentionMask, _ input: Input) -> String? {
      problem {
        _ = try Model(weights: weights, architecture: "bert", settings: .bert(heads: 4, mask: mask)).run(
          input, computing: [.pooler])
      }
    }
    #expect(
      run(.none, input)
        == "input: mismatched in segment ids, row 0, position 1: found id 1, expected 0, "
        + "for the model has no segments.")
    #expect(run(.unilm, input) == nil)
    #expect(
      run(.unilm, try Input(tokenIDs: [[2]], segmentIDs: [[.max]]))
        == "input: mismatched in segment ids, row 0, position 0: found id 2147483647, expected 0 to 1, "
        + "what the unilm mask distinguishes.")
  }

  @Test func moreTokensThanPositions() {
    #expect(
      run([[Int32](repeating: 1, count: 17)])
        == "input: mismatched in token ids: found 17 tokens in a row, expected at most 16, the positions of the model. "
        + "Shorten the text.")
  }

  @Test func pointsThatTheModelHasNot() throws {
    let points = try Model.tiny().points.map(\.name).joined(separator: ", ")
    #expect(
      run([[2]], computing: [Point("block.2.attention.norm"), Point("attention"), .pooler])
        == "tiny.ingot: mismatched: found no point attention, block.2.attention.norm, "
        + "expected points of this model: \(points).")
  }

  @Test func positionsOutsideTheBatch() {
    for (row, position) in [(1, 0), (-1, 0), (0, 2), (0, -1)] {
      #expect(
        run([[2, 3]], computing: [.maskedTokenLogits], at: [TokenPosition(row: row, position: position)])
          == "input: mismatched in positions: found row \(row), position \(position), "
          + "expected a token of 1 rows of 2 tokens.")
    }
    #expect(
      run([[2, 3]], computing: [.maskedTokenLogits], at: [])
        == "input: mismatched in positions: found none, expected at least one.")
  }
}
