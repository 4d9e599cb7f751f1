import Checkpoints
import TestSupport
import Testing

/// `ingot verify` on the sample, whole and spoiled.
@Suite struct VerifyTests {
  @Test func aloneItChecksDigestsAndProbe() throws {
    let run = try Workplace().ingot("verify", "poems.ingot")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    #expect(
      run.output.hasPrefix(
        """
        poems.ingot
          digests  42 tensors and the header are as they were written
          probe    11 points agree; the largest error is 
        """))
    #expect(
      run.output.hasSuffix(
        """
         rounding units, 32 are allowed
                   proves activation = gelu-erf, attention.residual = false
        Verified.

        """))
    #expect(
      try Workplace().ingot("verify", "poems.ingot", "--json").json()["assumed"] == [
        "activation", "attention.residual",
      ])
  }

  @Test func aFileWithoutAProbeSaysSo() throws {
    let workplace = try Workplace(withModel: false)
    try workplace.ingot(
      "convert", "bert4keras/encoder", "-o", "model.ingot", "--set", "activation=gelu-erf", "--set",
      "attention.residual=false", "--set", "pooler.activation=tanh")
    #expect(
      try workplace.ingot("verify", "model.ingot").output == """
        model.ingot
          digests  46 tensors and the header are as they were written
          probe    none sealed; "ingot convert --reference" seals one
        Verified.

        """)
  }

  @Test(arguments: ["float32", "float64"]) func everyRecordedPointIsComparedAndShown(_ precision: String) throws {
    let reference = "Poems/reference.\(precision).npz"
    let run = try Workplace().ingot("verify", "poems.ingot", "--against", reference)
    #expect(run.exitCode == 0)
    #expect(run.lines[0] == "\(reference), point by point; \"exact\" is the result in float64")
    #expect(run.lines[1].hasPrefix("  recorded with bert4keras 0.11.5, "))
    let columns = run.lines[2].split(separator: " ").joined(separator: " ")
    #expect(columns == "batch 0 max error at recorded ingot units recorded–exact ingot–exact")
    for point in ["embedding.norm", "block.0.attention.norm", "block.1.feedforward.norm", "mlm.logits"] {
      let rows = run.lines.filter { $0.hasPrefix("  \(point) ") }
      #expect(rows.count == 2, "one row of \(point) for each batch")
      #expect(rows.allSatisfy { $0.split(separator: " ").count == 8 })
    }
    #expect(run.lines.allSatisfy { $0.count <= 120 })
    #expect(run.output.contains("\n  reference  22 points agree; the largest error is "))
    #expect(run.output.hasSuffix("\nVerified.\n"))
  }

  @Test func theSourceIsDerivedAgain() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot("verify", "poems.ingot", "--source", "Poems")
    #expect(run.exitCode == 0)
    #expect(
      run.lines.contains("  source   42 tensors derived again from Poems/poem_bert.h5, the same to the last bit"))

    try workplace.write("other.h5", like: "Poems/poem_bert.h5", beginning: "MLM-Bias[0]", with: [1])
    let other = try workplace.ingot("verify", "poems.ingot", "--source", "other.h5")
    #expect(other.exitCode == 1)
    #expect(
      other.output.hasSuffix(
        """
          source   DIFFERENT: mlm.bias: the values of MLM-Bias[0] are not the ones it was made from
        FAILED: source.

        """))
  }

  @Test func anotherModelsSourceIsAShortStory() throws {
    let run = try Workplace().ingot("verify", "poems.ingot", "--source", "bert4keras/encoder/weights.h5")
    #expect(run.exitCode == 1)
    #expect(run.lines.filter { $0.contains("DIFFERENT: ") }.count == 8)
    #expect(run.lines.contains { $0.hasPrefix("           and ") && $0.hasSuffix(" more") })
  }

  @Test func aFlippedBitInTheDataNamesItsTensor() throws {
    let workplace = try Workplace()
    try workplace.write("flipped.ingot", like: "poems.ingot", beginning: "block.1.feedforward.norm.beta", with: [0x55])
    let run = try workplace.ingot("verify", "flipped.ingot")
    #expect(run.exitCode == 1)
    #expect(run.error.isEmpty)
    #expect(run.output.contains("\n  digests  DAMAGED: the tensor block.1.feedforward.norm.beta has the SHA-256 "))
    #expect(run.lines.contains { $0.hasPrefix("FAILED: digests") })
  }

  /// Weights, settings, files that travel along, the ledger, and what is sealed in: one bit of each.
  @Test func aFlippedBitInAnyPartNamesThatPart() throws {
    let workplace = try Workplace()
    let golden = try workplace.bytes("poems.ingot")
    let tensors = try Checkpoint(opening: workplace.directory.path("poems.ingot")).tensors
    let parts =
      tensors.filter { $0.name.hasPrefix("ingot.") } + tensors.filter { !$0.name.hasPrefix("ingot.") }.prefix(2)
    #expect(Set(parts.map { $0.name.split(separator: ".").prefix(2).joined(separator: ".") }).count >= 4)
    for part in parts {
      let bytes = try #require(part.source.contiguousBytes)
      var flipped = golden
      flipped[bytes.start + bytes.count / 2] ^= 0x10
      _ = try workplace.directory.write(flipped, to: "flipped.ingot")
      let run = try workplace.ingot("verify", "flipped.ingot")
      #expect(run.exitCode == 1 && run.error.isEmpty, "\(part.name): \(run.error)")
      #expect(run.output.contains("\n  digests  DAMAGED: the tensor \(part.name) has the SHA-256 "), "\(run.output)")
    }
    // The length of the header, its first byte, its middle and the spaces at its end.
    let starts = parts.compactMap { $0.source.contiguousBytes?.start }
    let end = try #require(starts.min())
    for place in [0, 8, end / 2] {
      var flipped = golden
      flipped[place] ^= 0x10
      _ = try workplace.directory.write(flipped, to: "flipped.ingot")
      let run = try workplace.ingot("verify", "flipped.ingot")
      #expect(run.exitCode == 2)
      #expect(run.error.hasPrefix("ingot: flipped.ingot: "), "\(place): \(run.error)")
    }
  }

  @Test func aFlippedBitInTheHeaderIsDamage() throws {
    let workplace = try Workplace()
    var bytes = try workplace.bytes("poems.ingot")
    let heads = try #require(bytes.firstRange(of: Array(#"heads\":4"#.utf8)))
    bytes[heads.upperBound - 1] = UInt8(ascii: "8")
    _ = try workplace.directory.write(bytes, to: "flipped.ingot")
    let run = try workplace.ingot("verify", "flipped.ingot")
    #expect(run.exitCode == 2)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("ingot: flipped.ingot: damaged"))
  }

  @Test func aWrongReferenceNamesTheFirstPoint() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot(
      "convert", "Poems", "-o", "relu.ingot", "--set", "activation=relu")
    #expect(run.exitCode == 0)
    let verified = try workplace.ingot("verify", "relu.ingot", "--against", "Poems/reference.float32.npz")
    #expect(verified.exitCode == 1)
    #expect(
      verified.output.hasSuffix(
        """
          reference  DIFFERENT, first at block.0.feedforward.output in batch 0; what comes later inherits it
        Warning: no file told these settings, which were therefore assumed; convert again to choose others:
          attention.residual = false  true if told by residual_attention_scores: --set attention.residual=true
        FAILED: reference.

        """))
  }

  @Test func allAnswersAreThereAsJSON() throws {
    let json = try Workplace().ingot(
      "verify", "poems.ingot", "--json", "--source", "Poems", "--against", "Poems/reference.float64.npz"
    ).json()
    #expect(json["agrees"] == true)
    for question in ["digests", "probe", "source", "reference"] { #expect(json[question]?["agrees"] == true) }
    #expect(json["source"]?["tensors"] == 42)
    let point = try #require(json["reference"]?["points"]?.elements?.first)
    #expect(point["point"] == "embedding.norm")
    for number in ["maximumError", "recorded", "computed", "roundingUnit", "recordedFromExact", "computedFromExact"] {
      #expect(point[number]?.double != nil)
    }
  }

  @Test func whatIsNoModelFileIsSaid() throws {
    let workplace = try Workplace(withModel: false)
    #expect(
      try workplace.ingot("verify", "Poems/poem_bert.h5").error == """
        ingot: Poems/poem_bert.h5: mismatched: found a checkpoint (Keras HDF5 weights), expected a model file that \
        Ingot wrote. Convert it with "ingot convert" first.

        """)
    #expect(
      try workplace.ingot("verify", "SafeTensors/types.safetensors").error == """
        ingot: SafeTensors/types.safetensors: mismatched: found a plain safetensors file, expected a model file that \
        Ingot wrote. Inspect it as it is, or convert it.

        """)
  }
}
