import Heads
import Tensors
import Testing

@testable import Inference

/// Heads that a file says of and that its tensors do not bear out: each is a problem, and none a trap.
@Suite("Heads that do not fit") struct HeadProblemTests {
  /// Makes a model of the tiny weights with some tensors beside them, and returns what that says.
  private func model(_ head: HeadSettings, _ tensors: [String: Tensor]) -> String? {
    var weights = Weights.tiny()
    for (name, tensor) in tensors { weights.tensors[name] = tensor }
    return problem { _ = try Model(weights: weights, architecture: "bert", settings: .bert(), head: head) }
  }

  private func zeros(_ extents: Int...) -> Tensor {
    Tensor([Float](repeating: 0, count: extents.reduce(1, *)), shape: Shape(extents)!)!
  }

  private func head(
    _ kind: HeadSettings.Kind, _ transitions: HeadSettings.Transitions? = nil, pointer: HeadSettings.Pointer? = nil,
    labels: [String]? = nil, activation: HeadSettings.Activation = .softmax
  ) -> HeadSettings {
    let layer = HeadSettings.Layer(
      HeadSettings.Matrix("extra.w", isTransposed: true), bias: nil, activation: activation)
    return HeadSettings(
      kind, of: kind == .sequence ? .first : .tokens, layers: [layer], transitions: transitions, pointer: pointer,
      labels: labels)
  }

  private let tail = ". Convert the model again, and say with --head what its head reads."

  @Test("a head whose tensors fit makes a model with its points")
  func fitting() throws {
    var weights = Weights.tiny()
    weights.tensors["extra.w"] = zeros(16, 3)
    let model = try Model(
      weights: weights, architecture: "bert", settings: .bert(), head: head(.token, labels: ["a", "b", "c"]))
    #expect(model.points.suffix(2) == [.headLogits, .headProbabilities])
  }

  @Test("missing, misshapen and mistyped tensors are problems")
  func tensors() {
    #expect(
      model(head(.token), [:])
        == "tiny.ingot: mismatched in ingot.head: found none, expected a matrix extra.w" + tail)
    #expect(
      model(head(.token), ["extra.w": zeros(16)])
        == "tiny.ingot: mismatched in ingot.head: found one of shape [16], expected a matrix extra.w" + tail)
    #expect(
      model(head(.token), ["extra.w": zeros(15, 3)])?.contains("extra.w of shape [15, 3], not [width = 16, 3]") == true)
    #expect(
      model(head(.token), ["extra.w": Tensor([Int32](repeating: 0, count: 48), shape: [16, 3])!])?
        .contains("extra.w of type int32") == true)
    #expect(
      model(head(.token, labels: ["a"]), ["extra.w": zeros(16, 3)])
        == "tiny.ingot: mismatched in ingot.head: found a layer extra.w of 3, expected 1 scores" + tail)
    #expect(
      model(head(.token, activation: .tanh), ["extra.w": zeros(16, 3)])
        == "tiny.ingot: mismatched in ingot.head: found another activation, expected softmax, sigmoid or linear behind the last layer"
        + tail)
  }

  @Test("pointers of any size, and transitions of any shape, are problems and never traps")
  func sizes() {
    for size in [Int.max, Int.max / 2 + 1, 3, 1] {
      let found = model(head(.globalPointer, pointer: HeadSettings.Pointer(size: size)), ["extra.w": zeros(16, 8)])
      #expect(
        found
          == "tiny.ingot: mismatched in ingot.head: found a layer of 8, expected queries and keys of \(size) features, in pairs"
          + tail)
    }
    func path(_ tensors: [String], starts: [Int] = [0]) -> HeadSettings {
      head(.memm, HeadSettings.Transitions(tensors, multiplier: 1, starts: starts), activation: .linear)
    }
    let dense = ["extra.w": zeros(16, 3)]
    #expect(model(path(["extra.t"]), dense)?.contains("expected factors of one size") == true)
    #expect(
      model(path(["extra.t"]), dense.merging(["extra.t": zeros(3, 2)]) { $1 })
        == "tiny.ingot: mismatched in ingot.head: found the shape [3, 2], expected extra.t with a row for each of 3 labels"
        + tail)
    #expect(
      model(path(["extra.l", "extra.r"]), dense.merging(["extra.l": zeros(3, 2), "extra.r": zeros(3, 4)]) { $1 })
        == "tiny.ingot: mismatched in ingot.head: found [2, 4], expected factors of one size" + tail)
    #expect(
      model(path(["extra.t"], starts: [3]), dense.merging(["extra.t": zeros(3, 3)]) { $1 })
        == "tiny.ingot: mismatched in ingot.head: found others to begin or end with, expected labels below 3" + tail)
  }
}
