import Architectures
import Tensors
import Testing

@Suite("Plans of a BERT") struct PlanTests {
  @Test("every tensor has its place, its shape and its transforms")
  func whole() throws {
    let plan = try bert.plan(for: tinyBERT(), of: "x.h5")
    #expect(plan.architecture == "bert" && plan.naming == "bert4keras" && plan.revision == bert.revision)
    #expect(
      plan.sizes.map { "\($0.letter) \($0.name) \($0.value)" } == [
        "V vocabulary 40", "P positions 10", "S segments 2", "E embedding 8", "H width 8", "F feedforward 12",
        "L blocks 2",
      ])
    #expect(plan.groups == ["segment", "pooler", "nsp", "mlm"])
    #expect(plan.steps.count == 46 && plan.dropped.isEmpty && plan.extras.isEmpty)
    #expect(plan.size(named: "feedforward") == 12)
    let step = try #require(plan.steps.first { $0.tensor == "block.1.feedforward.intermediate.weight" })
    #expect(step.source == "Transformer-1-FeedForward[0]")
    #expect(step.transforms == [.transpose] && step.sourceShape == [8, 12] && step.shape == [12, 8])
    #expect(step.elementType == .float32)
    let norm = try #require(plan.steps.first { $0.tensor == "block.0.attention.norm.gamma" })
    #expect(norm.source == "Transformer-0-MultiHeadSelfAttention-Norm[1]" && norm.transforms.isEmpty)
  }

  @Test("steps follow the table, block by block, whatever the order of the checkpoint")
  func order() throws {
    let plan = try bert.plan(for: tinyBERT(), of: "x.h5")
    #expect(try bert.plan(for: tinyBERT().reversed(), of: "x.h5") == plan)
    #expect(
      plan.steps.map(\.tensor).filter { $0.hasSuffix("query.weight") || $0.hasSuffix("feedforward.norm.beta") } == [
        "block.0.attention.query.weight", "block.0.feedforward.norm.beta", "block.1.attention.query.weight",
        "block.1.feedforward.norm.beta",
      ])
  }

  @Test("a projection separates the embedding's size from the width")
  func projection() throws {
    let plan = try bert.plan(for: tinyBERT(embedding: 6), of: "x.h5")
    #expect(plan.size(named: "embedding") == 6 && plan.size(named: "width") == 8)
    let step = try #require(plan.steps.first { $0.tensor == "embedding.projection.weight" })
    #expect(step.sourceShape == [6, 8] && step.shape == [8, 6])
  }

  @Test("optional groups may be absent")
  func bare() throws {
    let plan = try bert.plan(
      for: tinyBERT(pooler: false, nsp: false, mlm: false).without("Embedding-Segment[0]"), of: "x.h5")
    #expect(plan.groups.isEmpty && plan.steps.count == 36 && plan.size(named: "segments") == nil)
  }

  @Test("more than ten blocks are counted by number, not by spelling")
  func blocks() throws {
    let block = tinyBERT().filter { $0.name.hasPrefix("Transformer-0") }
    let rest = tinyBERT().filter { !$0.name.hasPrefix("Transformer") }
    let blocks = (0..<12).flatMap { number in
      block.map { float32("Transformer-\(number)" + $0.name.dropFirst("Transformer-0".count), $0.shape) }
    }
    let plan = try bert.plan(for: rest + blocks, of: "x.h5")
    #expect(plan.size(named: "blocks") == 12)
    #expect(
      plan.steps.map(\.tensor).filter { $0.hasSuffix("query.bias") }
        == (0..<12).map { "block.\($0).attention.query.bias" })
  }

  @Test("a checkpoint of Google's drops the optimizer's state, and says why")
  func google() throws {
    let state = [
      SourceTensor(name: "global_step", elementType: .int64, shape: []),
      float32("bert/pooler/dense/kernel/adam_m", [8, 8]),
      float32("bert/pooler/dense/kernel/adam_v", [8, 8]),
    ]
    let plan = try bert.plan(for: state + tinyGoogleBERT(), of: "bert_model.ckpt")
    let keras = try bert.plan(for: tinyBERT(), of: "x.h5")
    #expect(plan.steps.map(\.tensor) == keras.steps.map(\.tensor))
    #expect(plan.steps.map(\.shape) == keras.steps.map(\.shape))
    #expect(plan.naming == "google" && plan.steps.count == 46)
    #expect(plan.steps.first { $0.tensor == "nsp.weight" }?.transforms == [])
    #expect(plan.dropped.map(\.source) == state.map(\.name))
    #expect(
      plan.dropped.map(\.reason) == [
        "the count of training steps", "first moments of Google's AdamWeightDecayOptimizer",
        "second moments of Google's AdamWeightDecayOptimizer",
      ])
    #expect(plan.dropped.allSatisfy { $0.tableLine != nil })
  }

  @Test("the plan prints itself")
  func printed() throws {
    let lines = try bert.plan(for: tinyBERT(), of: "x.h5").description.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "bert (bert4keras), 46 tensors")
    #expect(lines[2] == "  with segment, pooler, nsp, mlm")
    #expect(lines[5] == "  embedding.token.weight                   float32  [40, 8]  from Embedding-Token[0]")
    #expect(
      lines.contains("  nsp.weight                               float32  [2, 8]   from NSP-Proba[0], transpose"))
  }
}

@Suite("Extras of a fine-tuned BERT") struct ExtraTests {
  private let tagger =
    tinyBERT(pooler: false, nsp: false, mlm: false) + [
      float32("dense_1[0]", [8, 7]), float32("conditional_random_field[0]", [7, 7]),
    ]

  @Test("are named, with what the user can do")
  func refused() {
    let advice =
      "Say which head they are with --head, carry such tensors along with --extra keep, or leave them out with --extra drop."
    #expect(
      complaints(tagger) == [
        "x.h5: mismatched in dense_1[0]: found a tensor of shape [8, 7] that is no part of bert, expected a name that "
          + "bert4keras gives. \(advice)",
        "x.h5: mismatched in conditional_random_field[0]: found a tensor of shape [7, 7] that is no part of bert, expected "
          + "a name that bert4keras gives. \(advice)",
      ])
  }

  @Test("without number are refused, and many are counted instead of printed")
  func many() throws {
    let tensor = float32("dense[0]", [1])
    let few = tinyBERT() + (0..<250).map { float32("dense_\($0)[0]", [1]) }
    let problems = #expect(throws: Problems.self) { try Architecture.plan(for: few, of: "x.h5") }
    #expect(problems?.all.count == 250)
    let lines = problems?.description.split(separator: "\n") ?? []
    #expect(lines.count == 101 && lines.last == "… and 150 more problems")
    let tooMany = #expect(throws: Problems.self) {
      try Architecture.plan(for: Array(repeating: tensor, count: 50_001), of: "x.h5")
    }
    #expect(tooMany?.description == "x.h5: refused: found 50001 tensors, expected at most 50000, a model's.")
  }

  @Test("inside a block are no head: the block may have computed with them")
  func inBlock() throws {
    let adapted = tinyBERT() + [float32("Transformer-0-Adapter[0]", [8, 2]), float32("Transformer-Adapter[0]", [8])]
    #expect(
      complaints(adapted) == [
        "x.h5: mismatched in Transformer-0-Adapter[0]: found a tensor of shape [8, 2] that is no part of bert, expected a name "
          + "that bert4keras gives. It lies in a block, which computes something else without it: only if training alone used "
          + "it, leave it out with --extra drop.",
        "x.h5: mismatched in Transformer-Adapter[0]: found a tensor of shape [8] that is no part of bert, expected a name that "
          + "bert4keras gives. Say which head they are with --head, carry such tensors along with --extra keep, or leave them "
          + "out with --extra drop.",
      ])
    for policy in [ExtraPolicy.keep, .drop] {
      let plan = try Architecture.plan(for: adapted, of: "x.h5", extras: policy)
      #expect(plan.unknownInBlocks == ["Transformer-0-Adapter[0]"])
    }
  }

  @Test("are carried along unchanged, or dropped by name; a naming need not be given")
  func allowed() throws {
    let kept = try Architecture.plan(for: tagger, of: "x.h5", extras: .keep)
    #expect(kept.extras.map(\.tensor) == ["extra.dense_1[0]", "extra.conditional_random_field[0]"])
    #expect(kept.extras.map(\.shape) == [[8, 7], [7, 7]] && kept.dropped.isEmpty)
    #expect(
      kept.description.hasSuffix(
        """
        extras, carried along unchanged
          extra.dense_1[0]                   float32  [8, 7]
          extra.conditional_random_field[0]  float32  [7, 7]
        """))
    let dropped = try Architecture.plan(for: tagger, of: "x.h5", extras: .drop)
    #expect(dropped.extras.isEmpty)
    #expect(dropped.dropped.map(\.source) == ["dense_1[0]", "conditional_random_field[0]"])
    #expect(dropped.dropped.allSatisfy { $0.tableLine == nil && $0.reason == "no part of bert" })
  }

  @Test("are no extras while a tensor of the architecture is missing", arguments: ExtraPolicy.allCases)
  func misspelt(policy: ExtraPolicy) {
    let tensors = tinyBERT().replacing("Pooler-Dense[1]", with: "Pooler-Dense[2]")
    let messages = complaints(tensors, extras: policy)
    #expect(messages.count == 2)
    #expect(
      messages.last == """
        x.h5: mismatched in Pooler-Dense[2]: found a tensor of shape [8] that is no part of bert, expected a name that \
        bert4keras gives.
        """)
  }
}
