import Bytes
import Inference
import TestSupport
import Testing

/// RoBERTa's table of positions has rows that no text reaches.
@Suite("Positions behind the padding") struct PositionsBehindPaddingTests {
  @Test(
    "are as many as the rows behind the padding's",
    arguments: [("roberta", 16), ("xlm-roberta", 16), ("camembert", 14)])
  func greatestLength(name: String, positions: Int) throws {
    let model = try Model(RecordedModel.named(name).convert(into: TemporaryDirectory()))
    #expect(model.sizes.positions == positions)
    func run(_ length: Int) throws {
      let input = try Input(tokenIDs: [(0..<length).map { Int32($0 % 25 + 4) }])
      _ = try model.run(input, computing: [.embeddingNorm], threads: 1)
    }
    try run(positions)
    #expect(
      throws: Problem(
        .mismatched, file: "input", object: "token ids", found: "\(positions + 1) tokens in a row",
        expected: "at most \(positions), the positions of the model", advice: "Shorten the text")
    ) { try run(positions + 1) }
  }

  @Test("are counted by the model alone")
  func given() throws {
    let model = try Model(RecordedModel.named("roberta").convert(into: TemporaryDirectory()))
    #expect(!model.takesPositionIDs)
  }

  @Test("of a padding token beyond the table are refused", arguments: [17, 18, 1_000_000])
  func refused(padding: Int) throws {
    let file = try RecordedModel.named("roberta").convert(
      into: TemporaryDirectory(), changes: ["position.padding": "\(padding)"])
    let problem = #expect(throws: Problem.self) { try Model(file) }
    #expect(problem?.kind == .mismatched && problem?.object == "the setting position.padding", "\(problem!)")
  }
}
