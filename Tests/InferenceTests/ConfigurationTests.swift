import Bytes
import JSON
import Testing

@testable import Inference

@Suite("Settings of a model file") struct ConfigurationTests {
  private func read(_ json: JSON, hasHeads: Bool = true, hasPooler: Bool = false) -> String? {
    problem { _ = try Configuration(json, mask: nil, hasHeads: hasHeads, hasPooler: hasPooler, of: "m.ingot") }
  }

  @Test func eachIsReadUnderItsName() throws {
    let json: JSON = [
      "blocks": 3, "heads": 4, "embedding.epsilon": 1, "block.epsilon": 2, "mlm.epsilon": 3, "activation": "relu",
      "mask": "lm", "pooler.activation": "linear", "relative.distance": 64, "cross.position": false, "lm.scaled": false,
    ]
    var expected = Configuration(heads: 4, epsilon: 1, activation: .relu, mask: .lm, poolerActivation: .linear)
    expected.blocks = 3
    expected.blockEpsilon = 2
    expected.vocabularyEpsilon = 3
    expected.relativeDistance = 64
    expected.crossHasPositions = false
    expected.scalesOutput = false
    #expect(try Configuration(json, mask: nil, hasHeads: true, hasPooler: true, of: "m.ingot") == expected)
  }

  @Test func oneThatIsMissingOrUnknownOrNoneIsAProblem() {
    let sound: JSON = ["heads": 4, "epsilon": 1, "activation": "relu", "mask": "lm"]
    #expect(read(sound) == nil)
    #expect(
      read(sound, hasPooler: true)
        == "m.ingot: mismatched in the setting pooler.activation: found no value, "
        + "expected one of gelu-erf, gelu-tanh, linear, relu, sigmoid, swish, tanh.")
    #expect(
      read(sound, hasHeads: false)
        == "m.ingot: mismatched in the setting heads: found 4, expected no such setting in this architecture.")
    #expect(
      read(["heads": 4, "epsilon": 1, "activation": "relu", "mask": "lm", "relative.distance": .double(2.5)])
        == "m.ingot: mismatched in the setting relative.distance: found 2.5, expected a whole number.")
    #expect(
      read(["heads": "four", "epsilon": 1, "activation": "relu", "mask": "lm"])
        == "m.ingot: mismatched in the setting heads: found \"four\", expected a whole number.")
    #expect(
      read(["heads": 4, "epsilon": 1, "activation": "relu", "mask": "lm", "cross.position": 1])
        == "m.ingot: mismatched in the setting cross.position: found 1, expected true or false.")
    #expect(
      read(["heads": 4, "activation": "relu", "mask": "lm"])
        == "m.ingot: mismatched in the setting epsilon: found no value, expected a number.")
  }

  @Test func aSharedBlockRunsAThousandTimesAndNoMore() throws {
    var configuration = Configuration(heads: 4)
    for (blocks, found) in [(nil, "no value"), (0, "0"), (1_001, "1001"), (.max, "9223372036854775807")]
      as [(Int?, String)]
    {
      configuration.blocks = blocks
      #expect(
        problem { _ = try configuration.checkedBlockCount(of: "m.ingot") }
          == "m.ingot: mismatched in the setting blocks: found \(found), expected 1 to 1000.")
    }
    configuration.blocks = 1_000
    #expect(try configuration.checkedBlockCount(of: "m.ingot") == 1_000)
  }

  @Test func distancesAreToldApartUpToALimit() throws {
    var configuration = Configuration(heads: 4)
    for (distance, found) in [(nil, "no value"), (-1, "-1"), (65_537, "65537")] as [(Int?, String)] {
      configuration.relativeDistance = distance
      #expect(
        problem { _ = try configuration.checkedDistance(of: "m.ingot") }
          == "m.ingot: mismatched in the setting relative.distance: found \(found), expected 1 to 65536.")
    }
    configuration.relativeDistance = 65_536
    #expect(try configuration.checkedDistance(of: "m.ingot") == 65_536)
  }
}
