import Bytes
import Conversion
import Heads
import ModelFiles
import TestSupport
import Testing

@testable import Tasks

/// Answers of scores that rounding may exchange.
@Suite("Ties of answers") struct ScoreDecoderTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func decoder(_ kind: HeadSettings.Kind, _ activation: HeadSettings.Activation) throws -> ScoreDecoder {
    let path = directory.path("model.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Heads").appending(path: "hf-sequence").path))
      .write(to: path, replacing: true)
    let layer = HeadSettings.Layer(HeadSettings.Matrix("w", isTransposed: false), bias: nil, activation: activation)
    return try ScoreDecoder(
      HeadSettings(kind, of: .first, layers: [layer], labels: ["a", "b", "c"]), of: ModelFile(mapping: path))
  }

  @Test("labels whose scores are as large within rounding are a tie, of which the first is taken")
  func labels() throws {
    let decoder = try decoder(.sequence, .softmax)
    let near = Float(2).nextUp
    #expect(decoder.label([0, 2, near]).label == "c" && decoder.label([0, 2, near]).isTie)
    #expect(decoder.label([0, 2, 2]).label == "b")
    #expect(!decoder.label([0, 2, 2.001]).isTie)
  }

  @Test("labels that do not exclude each other are those above one half, and a tie within rounding of it")
  func several() throws {
    let decoder = try decoder(.sequence, .sigmoid)
    #expect(decoder.label([1, -1, 3]).labels == ["a", "c"])
    #expect(!decoder.label([1, -1, 3]).isTie)
    #expect(decoder.label([1, 1e-7, 3]).labels == ["a", "b", "c"] && decoder.label([1, 1e-7, 3]).isTie)
  }

  @Test("of several texts the one with the largest score is right")
  func choices() throws {
    let answer = try decoder(.choice, .linear).choice([1, 3, 2])
    #expect(answer.index == 1 && answer.label == "2" && !answer.isTie)
    #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-12)
    #expect(try decoder(.choice, .linear).choice([3, 3]).isTie)
  }
}
