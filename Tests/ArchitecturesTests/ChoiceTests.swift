import Architectures
import Tensors
import Testing

@Suite("Choices of a naming") struct ChoiceTests {
  @Test("what stands before the names is found", arguments: ["bert.", ""])
  func prefix(prefix: String) throws {
    let plan = try Architecture.plan(for: tinyStateDict(prefix: prefix), of: "x")
    #expect(plan.naming == "huggingface" && plan.prefix == prefix && plan.steps.count == 46)
  }

  @Test("any prefix that bert4keras was given is found", arguments: ["left-", "Token", "é", ""])
  func anyPrefix(prefix: String) throws {
    let plan = try Architecture.plan(for: tinyBERT().map { float32(prefix + $0.name, $0.shape) }, of: "x")
    #expect(plan.naming == "bert4keras" && plan.prefix == prefix && plan.steps.count == 46)
  }

  @Test("a name that chooses otherwise than the first is another name")
  func other() throws {
    let head = [float32("pooler.dense.weight", [8, 8])]
    let plan = try bert.plan(for: tinyStateDict() + head, of: "x", extras: .keep)
    #expect(plan.extras.map(\.source) == ["pooler.dense.weight"])
    let mixed = try tinyStateDict().replacing(
      "bert.encoder.layer.1.output.LayerNorm.weight", with: "bert.encoder.layer.1.output.LayerNorm.gamma")
    let line = try #require(
      bert.naming("huggingface")?.rows.first { $0.tensor == "block.{L}.feedforward.norm.gamma" }?.line)
    #expect(
      complaints(mixed, naming: "huggingface") == [
        "x.h5: mismatched in block.{L}.feedforward.norm.gamma: found no source tensor, expected "
          + "bert.encoder.layer.{L}.output.LayerNorm.weight for L = 1 (bert.names:\(line)).",
        "x.h5: mismatched in bert.encoder.layer.1.output.LayerNorm.gamma: found a tensor of shape [8] that is no part of "
          + "bert, expected a name that huggingface gives.",
      ])
  }

  @Test("two models in one checkpoint are not taken for one")
  func two() throws {
    let both = try tinyStateDict() + tinyStateDict(prefix: "").filter { !$0.name.hasPrefix("cls.") }
    let line = try #require(bert.naming("huggingface")?.rows.first { $0.tensor == "embedding.token.weight" }?.line)
    #expect(
      complaints(both, naming: "huggingface").first
        == "x.h5: mismatched in embedding.token.weight: found \"\" and \"bert.\" for (bert.|), expected the same in all names "
        + "(bert.names:\(line)). The checkpoint holds more than one model, or parts of several.")
  }

  @Test("a second copy is left out with what it repeats, and must look like it")
  func copy() throws {
    let decoder = float32("cls.predictions.decoder.weight", [40, 8])
    let plan = try bert.plan(for: tinyStateDict() + [decoder], of: "x")
    #expect(plan.dropped.map(\.source) == [decoder.name])
    #expect(plan.dropped.first?.copyOf == "bert.embeddings.word_embeddings.weight")
    let line = try #require(bert.naming("huggingface")?.drops.first { $0.copyOf == "embedding.token.weight" }?.line)
    #expect(
      try complaints(tinyStateDict() + [float32(decoder.name, [39, 8])], naming: "huggingface") == [
        "x.h5: mismatched in \(decoder.name): found float32 of shape [39, 8], expected a copy of "
          + "bert.embeddings.word_embeddings.weight, float32 of shape [40, 8] (bert.names:\(line))."
      ])
    let bias = float32("cls.predictions.decoder.bias", [40])
    let lone = try tinyStateDict().filter { !$0.name.hasPrefix("cls.") } + [bias]
    #expect(
      complaints(lone, naming: "huggingface") == [
        "x.h5: mismatched in \(bias.name): found float32 of shape [40], expected the source of mlm.bias beside its copy "
          + "(bert.names:\(line + 1))."
      ])
  }

  @Test("a boolean of the configuration may stand for a word")
  func boolean() throws {
    let plan = try bert.plan(for: tinyStateDict(), of: "x")
    for (value, mask) in [(true, "lm"), (false, "none")] {
      let settings = try bert.settings(
        for: plan, of: "x",
        configuration: Configuration(file: "config.json", json: ["num_attention_heads": 2, "is_decoder": .bool(value)]))
      #expect(settings["mask"] == .choice(mask))
    }
  }
}
