import Architectures
import Tensors
import Testing

/// The line of `bert.names` that begins with these words.
private func line(_ tensor: String, _ source: String) -> Int {
  bert.naming("bert4keras")!.rows.first { $0.tensor == tensor && $0.pattern.spelling == "(|*)\(source)" }!.line
}

@Suite("What keeps a checkpoint from fitting") struct PlanProblemTests {
  @Test("a missing tensor")
  func missing() {
    let row = line("embedding.position.weight", "Embedding-Position[0]")
    #expect(
      complaints(tinyBERT().without("Embedding-Position[0]")) == [
        "x.h5: mismatched in embedding.position.weight: found no source tensor, expected Embedding-Position[0] "
          + "(bert.names:\(row))."
      ])
  }

  @Test("a missing tensor of one block")
  func missingInBlock() {
    let row = line("block.{L}.feedforward.output.bias", "Transformer-{L}-FeedForward[3]")
    #expect(
      complaints(tinyBERT().without("Transformer-1-FeedForward[3]")) == [
        "x.h5: mismatched in block.{L}.feedforward.output.bias: found no source tensor, expected "
          + "Transformer-{L}-FeedForward[3] for L = 1 (bert.names:\(row))."
      ])
  }

  @Test("no blocks at all: every row is named once")
  func noBlocks() {
    let messages = complaints(tinyBERT().filter { !$0.name.hasPrefix("Transformer") })
    #expect(messages.count == 16)
    let row = line("block.{L}.attention.query.weight", "Transformer-{L}-MultiHeadSelfAttention[0]")
    #expect(
      messages.first == """
        x.h5: mismatched in block.{L}.attention.query.weight: found no source tensor, expected \
        Transformer-{L}-MultiHeadSelfAttention[0] (bert.names:\(row)).
        """)
  }

  @Test("a gap in the blocks")
  func gap() {
    let tensors = tinyBERT().map { tensor in
      float32(tensor.name.replacing("Transformer-1-", with: "Transformer-4000000000-"), tensor.shape)
    }
    #expect(
      complaints(tensors) == [
        "x.h5: mismatched: found tensors for L = 0, 4000000000, expected every number from 0 on. The checkpoint is "
          + "incomplete, or cut from a larger one."
      ])
  }

  @Test("half of an optional group")
  func halfGroup() {
    let row = line("pooler.bias", "Pooler-Dense[1]")
    #expect(
      complaints(tinyBERT().without("Pooler-Dense[1]")) == [
        "x.h5: mismatched in pooler.bias: found no source tensor, though others of the group pooler are there, expected "
          + "Pooler-Dense[1] (bert.names:\(row))."
      ])
  }

  @Test("a group without the group that it needs")
  func neededGroup() throws {
    let group = try #require(bert.groups.first { $0.name == "nsp" })
    #expect(
      complaints(tinyBERT(pooler: false)) == [
        "x.h5: mismatched in nsp: found this group of tensors without the group pooler, expected both "
          + "(bert.names:\(group.line))."
      ])
  }

  @Test("two sizes that are one without a projection")
  func unequal() throws {
    let group = try #require(bert.groups.first { $0.name == "projection" })
    #expect(
      complaints(tinyBERT(embedding: 6).without("Embedding-Mapping[0]", "Embedding-Mapping[1]")) == [
        "x.h5: mismatched: found E = 6 as in Embedding-Token[0] and H = 8 as in "
          + "Transformer-0-MultiHeadSelfAttention[0], expected one size, as there is no projection (bert.names:\(group.line))."
      ])
  }

  @Test("a size that disagrees with an earlier one: both tensors are named")
  func conflict() {
    let row = line("block.{L}.feedforward.output.weight", "Transformer-{L}-FeedForward[2]")
    #expect(
      complaints(tinyBERT().replacing("Transformer-0-FeedForward[2]", shape: [8, 12])) == [
        "x.h5: mismatched in Transformer-0-FeedForward[2]: found the shape [8, 12], expected [F, H] with F = 12 as in "
          + "Transformer-0-FeedForward[0] and H = 8 as in Transformer-0-MultiHeadSelfAttention[0] (bert.names:\(row))."
      ])
  }

  @Test("a literal, a rank, an empty tensor", arguments: [[8, 3], [2, 8], [8], [8, 2, 1], [0, 2], []] as [Shape])
  func shape(shape: Shape) {
    let row = line("nsp.weight", "NSP-Proba[0]")
    let size = shape == [2, 8] ? " with H = 8 as in Transformer-0-MultiHeadSelfAttention[0]" : ""
    #expect(
      complaints(tinyBERT().replacing("NSP-Proba[0]", shape: shape)) == [
        "x.h5: mismatched in NSP-Proba[0]: found the shape \(shape), expected [H, 2]\(size) (bert.names:\(row))."
      ])
  }

  @Test("integers where weights should be")
  func integers() {
    #expect(
      complaints(tinyBERT().replacing("MLM-Bias[0]", elementType: .int32)) == [
        "x.h5: mismatched in MLM-Bias[0]: found elements of type int32, expected floating-point numbers."
      ])
  }

  @Test("a name that occurs twice")
  func repeated() {
    #expect(
      complaints(tinyBERT() + [float32("MLM-Bias[0]", [40])]) == [
        "x.h5: mismatched in MLM-Bias[0]: found a second tensor of this name, expected each name once."
      ])
  }

  @Test("several mistakes are reported at once, in the order of the table")
  func several() {
    let messages = complaints(
      tinyBERT().without("Embedding-Norm[0]").replacing("MLM-Bias[0]", shape: [41]) + [float32("x", [1])])
    #expect(
      messages.map { $0.split(separator: ":")[1] } == [
        " mismatched in embedding.norm.beta", " mismatched in MLM-Bias[0]", " mismatched in x",
      ])
  }

  @Test("any tensor left out, renamed or of another shape is noticed", arguments: tinyBERT(embedding: 6))
  func anyChange(tensor: SourceTensor) {
    let all = tinyBERT(embedding: 6)
    if tensor.name != "Embedding-Segment[0]" { #expect(!complaints(all.without(tensor.name)).isEmpty) }
    #expect(!complaints(all.replacing(tensor.name, with: tensor.name + "x")).isEmpty)
    #expect(!complaints(all.replacing(tensor.name, shape: Shape(tensor.shape.dimensions + [1]))).isEmpty)
    for axis in tensor.shape.dimensions.indices
    where !(tensor.name.hasPrefix("Embedding-") && axis == 0 && tensor.shape.rank == 2) {
      var extents = tensor.shape.dimensions
      extents[axis] += 1
      #expect(!complaints(all.replacing(tensor.name, shape: Shape(extents))).isEmpty, "axis \(axis)")
    }
  }
}
