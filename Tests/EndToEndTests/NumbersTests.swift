import Testing

/// NaN in a model, which no command takes for an answer.
@Suite struct NumbersTests {
  private static let bias = "block.0.attention.query.bias"

  /// The sample with NaN in a bias of its first block.
  private func workplace() throws -> Workplace {
    let workplace = try Workplace()
    try workplace.write(
      "sick.h5", like: "Poems/poem_bert.h5", beginning: "Transformer-0-MultiHeadSelfAttention[1]",
      with: [0, 0, 0xC0, 0x7F])
    let run = try workplace.ingot(
      "convert", "sick.h5", "--config", "Poems/bert_config.json", "--vocabulary", "Poems/vocab.txt", "-o", "sick.ingot")
    #expect(run.exitCode == 0)
    #expect(run.lines.contains("Note: \(Self.bias) holds 1 NaN, carried over as they are."))
    return workplace
  }

  /// What every command says that would give an answer.
  private func refusal(_ place: String) -> String {
    """
    ingot: sick.ingot: damaged in block.0.attention.output: found NaN at [\(place)], expected numbers, at every point of the forward \
    pass. These weights are no numbers: \(Self.bias) (1 NaN). Take a checkpoint that was saved before its training broke down.

    """
  }

  @Test("fill-mask and bench name the first point with NaN and the weights")
  func answers() throws {
    let workplace = try workplace()
    for arguments in [["fill-mask", "sick.ingot", "床前明[MASK]光"], ["bench", "sick.ingot", "--runs", "1"]] {
      let run = try workplace.ingot(arguments)
      #expect(run.exitCode == 2)
      #expect(run.output.isEmpty)
      #expect(run.error == refusal("0,0,0"))
    }
  }

  @Test("verify fails without a probe, and says of a reference which point comes first")
  func verify() throws {
    let workplace = try workplace()
    let alone = try workplace.ingot("verify", "sick.ingot")
    #expect(alone.exitCode == 1)
    #expect(
      alone.output == """
        sick.ingot
          digests  42 tensors and the header are as they were written
          weights  NO NUMBERS: \(Self.bias) holds 1 NaN
          probe    none sealed; "ingot convert --reference" seals one
        Warning: no file told these settings, which were therefore assumed; convert again to choose others:
          activation = gelu-erf       by tanh after set_gelu("tanh"): --set activation=gelu-tanh
          attention.residual = false  true if told by residual_attention_scores: --set attention.residual=true
        FAILED: weights.

        """)
    let against = try workplace.ingot("verify", "sick.ingot", "--against", "Poems/reference.float32.npz")
    #expect(against.exitCode == 1)
    #expect(
      against.output.hasSuffix(
        """
          reference  NO NUMBERS, first at block.0.attention.output in batch 0: Ingot computes NaN or infinities there; what \
        comes later inherits them
        Warning: no file told these settings, which were therefore assumed; convert again to choose others:
          activation = gelu-erf       by tanh after set_gelu("tanh"): --set activation=gelu-tanh
          attention.residual = false  true if told by residual_attention_scores: --set attention.residual=true
        FAILED: weights, reference.

        """))
    let json = try workplace.ingot("verify", "sick.ingot", "--json").json()
    #expect(json["agrees"] == false)
    #expect(
      json["weights"]?["tensors"]?.elements?.first == [
        "tensor": "block.0.attention.query.bias", "nan": 1, "infinite": 0,
      ])
    #expect(try workplace.ingot("verify", "poems.ingot", "--json").json()["weights"]?["agrees"] == true)
  }

  @Test("convert writes nothing that a reference shows to be without numbers")
  func convert() throws {
    let workplace = try workplace()
    let run = try workplace.ingot(
      "convert", "sick.h5", "--config", "Poems/bert_config.json", "-o", "other.ingot", "--reference",
      "Poems/reference.float64.npz")
    #expect(run.exitCode == 1)
    #expect(
      run.lines.contains { $0.hasPrefix("reference      NO NUMBERS, first at block.0.attention.output in batch 0: ") })
    #expect(try workplace.madeFiles() == ["sick.h5", "sick.ingot"])
  }

  @Test("an export carries NaN over and says so; positions of NaN are not drawn")
  func others() throws {
    let workplace = try workplace()
    let export = try workplace.ingot("export", "sick.ingot", "--to", "npz", "-o", "exported")
    #expect(export.exitCode == 0)
    #expect(export.lines.contains("Note: \(Self.bias) holds 1 NaN, carried over as they are."))
    #expect(try workplace.ingot("positions", "sick.ingot").exitCode == 0)
    try workplace.write(
      "lost.h5", like: "Poems/poem_bert.h5", beginning: "Embedding-Position[0]", with: [0, 0, 0xC0, 0x7F])
    try workplace.ingot("convert", "lost.h5", "--config", "Poems/bert_config.json", "-o", "lost.ingot")
    let positions = try workplace.ingot("positions", "lost.ingot")
    #expect(positions.exitCode == 2)
    #expect(
      positions.error == """
        ingot: lost.ingot: damaged in embedding.position.weight: found 1 NaN, expected numbers. Take a checkpoint that was saved \
        before its training broke down.

        """)
  }
}
