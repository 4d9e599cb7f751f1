import Architectures
import JSON
import Testing

private let config: JSON = [
  "vocab_size": 40, "hidden_size": 8, "num_attention_heads": 4, "intermediate_size": 12, "num_hidden_layers": 2,
  "max_position_embeddings": 10, "type_vocab_size": 2, "hidden_act": "gelu", "hidden_dropout_prob": .number("0.1"),
]

/// The configuration with members replaced.
private func changed(_ changes: [String: JSON]) -> JSON {
  .object(
    (config.members ?? []).map { JSON.Member($0.name, changes[$0.name] ?? $0.value) }
      + changes.filter { config[$0.key] == nil }.map { JSON.Member($0.key, $0.value) })
}

private func settings(
  _ json: JSON? = config, hints: [String: String] = [:], given: [String: String] = [:],
  of tensors: [SourceTensor] = tinyBERT()
) throws(Problems) -> Settings {
  try bert.settings(
    for: try bert.plan(for: tensors, of: "x.h5"), of: "x.h5",
    configuration: json.map { Configuration(file: "bert_config.json", json: $0) }, hints: hints, given: given)
}

private func complaints(
  _ json: JSON? = config, hints: [String: String] = [:], given: [String: String] = [:]
) -> [String] {
  do throws(Problems) {
    _ = try settings(json, hints: hints, given: given)
    return []
  } catch {
    return error.all.map(\.description)
  }
}

@Suite("Settings of a BERT") struct SettingsTests {
  @Test("come from the configuration and from the table, and say so")
  func plain() throws {
    let settings = try settings()
    #expect(settings["heads"] == .integer(4))
    #expect(settings["epsilon"] == .number(1e-12))
    #expect(settings["activation"] == .choice("gelu-erf"))
    #expect(settings["nothing"] == nil)
    #expect(
      settings.description == """
          heads                 4 (configuration: num_attention_heads = 4)
          epsilon               1e-12 (default)
          activation            gelu-erf (configuration: hidden_act = "gelu")
          mask                  none (assumed)
          pooler.activation     tanh (assumed)
          hierarchical          0.0 (default)
          segment.shared        false (default)
          attention.residual    false (assumed)
          condition.activation  linear (default)
        """)
  }

  /// The settings that nobody tells, as `name = value`.
  private func assumed(
    _ json: JSON? = config, hints: [String: String] = [:], given: [String: String] = [:],
    of tensors: [SourceTensor] = tinyBERT()
  ) throws -> [String] {
    try settings(json, hints: hints, given: given, of: tensors).assumed.map { "\($0.name) = \($0.value)" }
  }

  @Test("a pooler beside the mask of UniLM is linear, and a warning says so")
  func simBERT() throws {
    #expect(
      try assumed() == [
        "activation = gelu-erf", "mask = none", "pooler.activation = tanh", "attention.residual = false",
      ])
    let simBERT = try settings(hints: ["mask": "unilm"])
    #expect(simBERT["pooler.activation"] == .choice("linear"))
    #expect(simBERT.assumed.map(\.name) == ["activation", "pooler.activation", "attention.residual"])
    #expect(
      simBERT.assumed[1].assumption
        == "linear in SimBERT and RoFormer-Sim, beside unilm; for another model: --set pooler.activation=tanh")
    #expect(try settings(given: ["mask": "unilm"])["pooler.activation"] == .choice("linear"))
    #expect(try settings(given: ["mask": "lm"])["pooler.activation"] == .choice("tanh"))
    let told = try settings(given: ["mask": "unilm", "pooler.activation": "tanh"])
    #expect(told["pooler.activation"] == .choice("tanh") && told.entries[4].overruled.isEmpty)
    #expect(told.assumed.map(\.name) == ["activation", "attention.residual"])
  }

  @Test("what a file tells is not assumed, and neither is what the model has no tensors for")
  func told() throws {
    #expect(
      try assumed(changed(["residual_attention_scores": true, "hidden_act": "relu"]), hints: ["mask": "lm"]) == [
        "pooler.activation = tanh"
      ])
    #expect(
      try assumed(
        hints: ["activation": "gelu_erf", "mask": "lm", "attention.residual": "false"],
        of: tinyBERT(pooler: false, nsp: false)) == [])
    #expect(
      try assumed(
        given: ["mask": "none", "activation": "relu", "attention.residual": "false"],
        of: tinyBERT(pooler: false, nsp: false).without("Embedding-Segment[0]"))
        == ["segment.shared = false"])
  }

  @Test("without a configuration, what it would tell is assumed")
  func untold() throws {
    let plan = try bert.plan(for: tinyGoogleBERT(), of: "x.ckpt")
    let settings = try bert.settings(
      for: plan, of: "x.ckpt", given: ["heads": "2", "activation": "relu", "mask": "lm", "attention.residual": "true"])
    #expect(settings.assumed.map { "\($0.name) = \($0.value)" } == ["pooler.activation = tanh", "hierarchical = 0.0"])
    #expect(
      settings.assumed[1].assumption == "hierarchical_position of a configuration would tell: --set hierarchical=…")
  }

  @Test("the checkpoint counts more than the configuration, and the user more than both")
  func precedence() throws {
    let hinted = try settings(hints: ["activation": "gelu_tanh", "mask": "lm", "unrelated": "x"])
    #expect(hinted["activation"] == .choice("gelu-tanh") && hinted["mask"] == .choice("lm"))
    #expect(hinted.entries[2].origin == .checkpoint)
    #expect(hinted.entries[2].overruled.map(\.value) == [.choice("gelu-erf")])
    #expect(hinted.entries[3].overruled.isEmpty)
    let given = try settings(hints: ["activation": "gelu_tanh"], given: ["activation": "relu", "epsilon": "1e-7"])
    #expect(given["activation"] == .choice("relu") && given["epsilon"] == .number(1e-7))
    #expect(
      given.description.contains(
        """
        activation            relu (given); not gelu-tanh (checkpoint); not gelu-erf (configuration: hidden_act = "gelu")
        """))
  }

  @Test(
    "true stands for the number that the table says",
    arguments: [(JSON.bool(true), 0.4), (.bool(false), 0), (.number("0.25"), 0.25), (.null, 0)])
  func numbersByWord(value: JSON, expected: Double) throws {
    #expect(try settings(changed(["hierarchical_position": value]))["hierarchical"] == .number(expected))
  }

  @Test("a configuration is not needed where the user and the checkpoint say everything")
  func noConfiguration() throws {
    let settings = try settings(nil, hints: ["heads": "2"], given: ["activation": "gelu-erf"])
    #expect(settings["heads"] == .integer(2))
  }

  @Test("what nobody says is asked for")
  func missing() {
    #expect(
      complaints(nil) == [
        "x.h5: mismatched in heads: found no value, expected num_attention_heads in the configuration. Give the "
          + "configuration with --config, or the value with --set heads=….",
        "x.h5: mismatched in activation: found no value, expected hidden_act in the configuration. Give the configuration "
          + "with --config, or the value with --set activation=….",
      ])
    #expect(
      complaints(changed(["num_attention_heads": .null])) == [
        "bert_config.json: mismatched in heads: found no value, expected num_attention_heads in the configuration. Give it "
          + "with --set heads=…."
      ])
  }

  @Test("heads that do not divide the width")
  func division() {
    #expect(
      complaints(changed(["num_attention_heads": 3])) == [
        "x.h5: mismatched in heads: found 3 (configuration: num_attention_heads = 3), expected a divisor of the width, 8. "
          + "Give the right value with --set heads=…."
      ])
  }

  @Test("every size that contradicts the shapes, at once")
  func sizes() {
    let messages = complaints(
      changed([
        "vocab_size": 41, "hidden_size": 9, "intermediate_size": 13, "num_hidden_layers": 3, "type_vocab_size": 3,
        "max_position_embeddings": 512, "embedding_size": 9,
      ]))
    #expect(messages.count == 7)
    #expect(
      messages[0] == """
        bert_config.json: mismatched in vocab_size: found 41, expected 40, as the shapes in x.h5 show. Give the configuration \
        of this checkpoint, or confirm the shapes with --set vocabulary=40.
        """)
    #expect(complaints(changed(["vocab_size": "40"])).count == 1)
  }

  @Test("a size that the user confirms overrules the configuration")
  func confirmed() {
    #expect(complaints(changed(["vocab_size": 41]), given: ["vocabulary": "40"]) == [])
    #expect(
      complaints(given: ["vocabulary": "41"]) == [
        "x.h5: mismatched in vocabulary: found 40 in the shapes, expected 41, as given."
      ])
  }

  @Test("a size that the user gives and no tensor shows")
  func unseen() throws {
    let problems = #expect(throws: Problems.self) {
      try settings(given: ["segments": "2"], of: tinyBERT().without("Embedding-Segment[0]"))
    }
    #expect(
      problems?.description
        == "x.h5: mismatched in segments: found no tensor that shows this size, expected 2, as given.")
  }

  @Test("the first key that a configuration has counts")
  func keys() {
    #expect(complaints(changed(["max_position": 10, "max_position_embeddings": 512])) == [])
    #expect(complaints(changed(["max_position": 12])).count == 1)
  }

  @Test("a size that no tensor shows is not compared")
  func invisible() throws {
    _ = try settings(changed(["type_vocab_size": 3]), of: tinyBERT().without("Embedding-Segment[0]"))
  }

  @Test(
    "a value of another kind",
    arguments: [
      ("num_attention_heads", JSON.string("4"), "\"4\"", "a whole number of at least 1 for heads", "heads"),
      ("num_attention_heads", 0, "0", "a whole number of at least 1 for heads", "heads"),
      ("num_attention_heads", .number("4.5"), "4.5", "a whole number of at least 1 for heads", "heads"),
      ("hidden_act", 1, "1", "gelu-erf, gelu-tanh, relu, tanh, linear or swish for activation", "activation"),
      (
        "hidden_act", "mish", "\"mish\"", "gelu-erf, gelu-tanh, relu, tanh, linear or swish for activation",
        "activation"
      ),
    ])
  func kind(key: String, value: JSON, found: String, expected: String, setting: String) {
    #expect(
      complaints(changed([key: value])) == [
        "bert_config.json: mismatched in \(key): found \(found), expected \(expected). Correct the configuration, or give the "
          + "value with --set \(setting)=…."
      ])
    #expect(complaints(changed([key: value]), given: [setting: setting == "heads" ? "2" : "relu"]) == [])
  }

  @Test("what the user misspells")
  func given() {
    #expect(
      complaints(given: ["head": "4", "mask": "causal", "epsilon": "nan"]) == [
        "x.h5: mismatched in head: found no setting of this name in bert, expected one of heads, epsilon, activation, mask, "
          + "pooler.activation, hierarchical, segment.shared, attention.residual, condition.activation, vocabulary, "
          + "positions, segments, embedding, width, feedforward, blocks, condition, condition-hidden, tasks. Did "
          + "you mean heads?",
        "x.h5: mismatched in epsilon: found \"nan\" (given), expected a number above 0.",
        "x.h5: mismatched in mask: found \"causal\" (given), expected none, lm or unilm.",
      ])
  }

  @Test("what the checkpoint says in words that the table does not know")
  func hint() {
    #expect(
      complaints(hints: ["activation": "mish"]) == [
        "x.h5: mismatched in activation: found \"mish\" (checkpoint), expected gelu-erf, gelu-tanh, relu, tanh, linear or "
          + "swish. Give the value with --set activation=…."
      ])
  }

  @Test("a configuration that is no object")
  func noObject() {
    #expect(
      complaints([1, 2], given: ["heads": "4", "activation": "relu"]) == [
        "bert_config.json: mismatched: found no JSON object, expected a configuration's members."
      ])
  }
}
