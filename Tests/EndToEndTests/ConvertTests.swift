import TestSupport
import Testing

/// `ingot convert` on real checkpoints.
@Suite struct ConvertTests {
  /// A conversion that takes beta for gamma leaves gammas near 0 and betas near 1.
  @Test func aNormWhoseGammaLooksLikeABetaIsRemarkedOn() throws {
    let workplace = try Workplace(withModel: false)
    func values(_ value: Float) -> [UInt8] { (0..<80).flatMap { _ in value.bitPattern.littleEndianBytes } }
    try workplace.write("half.h5", like: "Poems/poem_bert.h5", beginning: "Embedding-Norm[1]", with: values(0.0625))
    let half = try workplace.ingot("convert", "half.h5", "--config", "Poems/bert_config.json", "-o", "half.ingot")
    #expect(half.exitCode == 0 && !half.output.contains("swapped"))
    try workplace.write("whole.h5", like: "half.h5", beginning: "Embedding-Norm[0]", with: values(1))
    let whole = try workplace.ingot("convert", "whole.h5", "--config", "Poems/bert_config.json", "-o", "whole.ingot")
    #expect(whole.exitCode == 0)
    #expect(
      whole.lines.contains(
        "Note: embedding.norm.gamma lies near 0 (mean 0.0625) and embedding.norm.beta near 1 (mean 1): were the two "
          + "swapped when the file was made?"))
  }

  @Test func aFolderBecomesAVerifiedModelFile() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      "convert", "Poems", "-o", "poems.ingot", "--reference", "Poems/reference.float64.npz")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    #expect(run.output.hasPrefix("checkpoint     Poems/poem_bert.h5: Keras HDF5 weights, 42 tensors, 1.2 MB\n"))
    #expect(run.output.contains("\nreference      22 points agree; the largest error is "))
    #expect(run.output.contains(" rounding units, 32 are allowed; sealed as a probe\n"))
    let proof = "\n               proves activation = gelu-erf, attention.residual = false\nWrote poems.ingot: 1."
    #expect(run.output.contains(proof))
    let listing = try workplace.ingot("inspect", "poems.ingot", "--json").json()
    #expect(listing["probes"] == 1)
    #expect(listing["files"]?.elements?.map { $0["name"] } == ["bert_config.json", "vocab.txt"])
  }

  @Test func theSameInputGivesTheSameBytes() throws {
    let workplace = try Workplace()
    try workplace.ingot(
      "convert", "Poems/poem_bert.h5", "-o", "again.ingot", "--reference", "Poems/reference.float32.npz")
    #expect(try workplace.bytes("again.ingot") == workplace.bytes("poems.ingot"))
  }

  @Test func anExistingFileIsReplacedOnlyByForce() throws {
    let workplace = try Workplace(withModel: false)
    let before = Array("something precious".utf8)
    _ = try workplace.directory.write(before, to: "model.ingot")
    let refused = try workplace.ingot("convert", "bert4keras/encoder", "-o", "model.ingot")
    #expect(refused.exitCode == 2)
    #expect(
      refused.error == """
        ingot: model.ingot: refused: found a file of this name, expected none. Name another destination, or allow to \
        replace it with --force.

        """)
    #expect(try workplace.bytes("model.ingot") == before)
    #expect(try workplace.ingot("convert", "bert4keras/encoder", "-o", "model.ingot", "--force").exitCode == 0)
    #expect(try workplace.ingot("verify", "model.ingot").exitCode == 0)
    #expect(try workplace.madeFiles() == ["model.ingot"])
  }

  @Test(arguments: ["classifier", "tagger"]) func theHeadOfAFineTunedModelIsCarriedAlongOrLeftOut(_ name: String) throws
  {
    let workplace = try Workplace(withModel: false)
    let source = "bert4keras/\(name)"
    let refused = try workplace.ingot("convert", source, "-o", "model.ingot", "--extra", "refuse")
    #expect(refused.exitCode == 2)
    #expect(refused.error.contains("Say which head they are with --head, carry such tensors along with --extra keep"))
    #expect(try workplace.madeFiles().isEmpty)

    #expect(try workplace.ingot("convert", source, "-o", "kept.ingot", "--extra", "keep").exitCode == 0)
    #expect(try workplace.ingot("convert", source, "-o", "dropped.ingot", "--extra", "drop").exitCode == 0)
    let kept = try workplace.ingot("inspect", "kept.ingot").output
    let dropped = try workplace.ingot("inspect", "dropped.ingot").output
    #expect(kept.contains("  extra.dense"))
    #expect(!dropped.contains("extra."))
    for file in ["kept.ingot", "dropped.ingot"] {
      let verified = try workplace.ingot(
        "verify", file, "--source", source, "--against", "\(source)/reference.float32.npz")
      #expect(verified.exitCode == 0, "\(file): \(verified.output)\(verified.error)")
    }
  }

  @Test(arguments: [("float16", "616."), ("bfloat16", "616.")])
  func narrowerTypesReportWhatTheyCost(_ type: String, _ size: String) throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot("convert", "Poems", "-o", "small.ingot", "--dtype", type)
    #expect(run.exitCode == 0)
    let cost = try #require(run.lines.first { $0.hasPrefix("Storing ") })
    #expect(cost.hasPrefix("Storing \(type) rounded 42 tensors: maximum error 0.0"))
    #expect(cost.hasSuffix("; no value became zero, none overflowed."))
    #expect(run.output.contains("\nWrote small.ingot: \(size)"))
    let verified = try workplace.ingot("verify", "small.ingot", "--source", "Poems")
    #expect(verified.exitCode == 0)
    #expect(verified.output.contains("the same to the last bit\n") && verified.output.hasSuffix("\nVerified.\n"))
    let answer = try workplace.ingot("fill-mask", "small.ingot", "床前明[MASK]光", "--top", "1")
    #expect(answer.output.hasPrefix("  月"))
  }

  @Test func aValueBeyondFloat16IsRefused() throws {
    let workplace = try Workplace(withModel: false)
    // 2^20 in float32.
    try workplace.write(
      "large.h5", like: "Poems/poem_bert.h5", beginning: "Embedding-Token[0]", with: [0, 0, 0x80, 0x49])
    let config = "Poems/bert_config.json"
    let refused = try workplace.ingot("convert", "large.h5", "--config", config, "-o", "a.ingot", "--dtype", "float16")
    #expect(refused.exitCode == 2)
    #expect(
      refused.error == """
        ingot: large.h5: refused in embedding.token.weight: found 1 value beyond the range of float16, expected values \
        that fit. Convert with --dtype bfloat16, which has the range of float32.

        """)
    #expect(try workplace.madeFiles() == ["large.h5"])
    let accepted = try workplace.ingot(
      "convert", "large.h5", "--config", config, "-o", "a.ingot", "--dtype", "bfloat16")
    #expect(accepted.exitCode == 0)
  }

  @Test func notANumberIsReportedAndCarriedOver() throws {
    let workplace = try Workplace(withModel: false)
    // NaN and −∞ in float32.
    try workplace.write(
      "sick.h5", like: "Poems/poem_bert.h5", beginning: "Embedding-Token[0]",
      with: [0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xFF])
    let run = try workplace.ingot("convert", "sick.h5", "--config", "Poems/bert_config.json", "-o", "sick.ingot")
    #expect(run.exitCode == 0)
    #expect(
      run.lines.contains("Note: embedding.token.weight holds 1 NaN and 1 infinite value, carried over as they are."))
    for file in ["sick.h5", "sick.ingot"] {
      let statistics = try workplace.ingot("inspect", file, "--stats")
      #expect(statistics.exitCode == 0)
      #expect(statistics.lines.contains { $0.hasSuffix("1 NaN, 1 infinite") })
    }
    #expect(try workplace.ingot("inspect", "sick.ingot", "embedding.token.weight").output.contains("[nan -inf "))
  }

  @Test func aReferenceThatDiffersLeavesNoFile() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      "convert", "Poems", "-o", "model.ingot", "--set", "activation=relu", "--reference", "Poems/reference.float32.npz")
    #expect(run.exitCode == 1)
    #expect(run.error.isEmpty)
    #expect(
      run.output.hasSuffix(
        """

        reference      DIFFERENT, first at block.0.feedforward.output in batch 0; what comes later inherits it
        Nothing was written to model.ingot.

        """))
    #expect(run.lines.contains { $0.hasPrefix("  block.0.attention.norm ") && !$0.hasSuffix("differs") })
    #expect(run.lines.contains { $0.hasPrefix("  block.0.feedforward.output ") && $0.hasSuffix("  differs") })
    #expect(try workplace.madeFiles().isEmpty)
  }

  @Test func aReferenceOfAnotherModelIsNamed() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      "convert", "Poems", "-o", "model.ingot", "--reference", "bert4keras/encoder/reference.float32.npz")
    #expect(run.exitCode == 2)
    #expect(
      run.error.hasPrefix(
        "ingot: bert4keras/encoder/reference.float32.npz: mismatched in 0/point/nsp.probabilities: found a point that "
          + "this model does not have"))
    #expect(try workplace.madeFiles().isEmpty)
  }

  @Test func roundedWeightsAreNotHeldAgainstAReference() throws {
    let run = try Workplace(withModel: false).ingot(
      "convert", "Poems", "-o", "model.ingot", "--dtype", "float16", "--reference", "Poems/reference.float32.npz")
    #expect(run.exitCode == 64)
    #expect(run.error.contains("convert with --reference first, then again with --dtype."))
  }

  @Test func aMaskThatNoWeightShowsIsGivenBySet() throws {
    let workplace = try Workplace(withModel: false)
    let source = "bert4keras/lm"
    let reference = "\(source)/reference.float32.npz"
    let wrong = try workplace.ingot(
      "convert", source, "-o", "lm.ingot", "--extra", "keep", "--set", "mask=none", "--reference", reference)
    #expect(wrong.exitCode == 1)
    #expect(wrong.output.contains("DIFFERENT, first at block.0.attention.output"))
    let right = try workplace.ingot(
      "convert", source, "-o", "lm.ingot", "--extra", "keep", "--set", "mask=lm", "--reference", reference)
    #expect(right.exitCode == 0)
  }
}
