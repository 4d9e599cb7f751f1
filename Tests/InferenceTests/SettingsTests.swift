import Bytes
import JSON
import Tensors
import Testing

@testable import Inference

@Suite("Settings of a model file") struct SettingsTests {
  /// What making a BERT, or another model, of settings says.
  private func read(_ json: JSON, by names: [String]) -> String? {
    problem { _ = try Settings(json, readBy: names, of: "m.ingot") }
  }

  @Test("are read under their names, as what they are")
  func values() throws {
    let json: JSON = [
      "blocks": 3, "epsilon": .double(0.5), "activation": "relu", "mask": "lm", "cross.position": false,
      "relative.terms": "c2p", "relative.distance": .double(4),
    ]
    let settings = try Settings(json, readBy: json.members!.map(\.name), of: "m.ingot")
    #expect(try settings.value(of: .blocks) == 3)
    #expect(try settings.value(of: .epsilon) == 0.5)
    #expect(try settings.value(of: .activation) == .relu)
    #expect(try settings.value(of: .mask) == .lm)
    #expect(try settings.value(of: .crossHasPositions) == false)
    #expect(try settings.value(of: .relativeTerms) == .c2p)
    #expect(try settings.value(of: .relativeDistance) == 4)
    #expect(try settings.value(of: .scalesScores) == true)
    #expect(try settings.valueIfSaid(of: .blockEpsilon) == nil)
  }

  @Test("that are of another type, missing, or of another architecture are problems")
  func problems() throws {
    let names = ["heads", "epsilon", "activation", "mask", "cross.position", "relative.distance"]
    let sound: JSON = ["heads": 4, "epsilon": 1, "activation": "relu", "mask": "lm"]
    #expect(read(sound, by: names) == nil)
    #expect(
      read(sound, by: ["epsilon", "activation", "mask"])
        == "m.ingot: mismatched in the setting heads: found 4, expected no such setting in this architecture.")
    func changed(_ name: String, _ value: JSON) -> String? {
      read(.object(sound.members!.filter { $0.name != name } + [JSON.Member(name, value)]), by: names)
    }
    #expect(
      changed("relative.distance", .double(2.5))
        == "m.ingot: mismatched in the setting relative.distance: found 2.5, expected a whole number.")
    #expect(
      changed("heads", "four") == "m.ingot: mismatched in the setting heads: found \"four\", expected a whole number.")
    #expect(
      changed("cross.position", 1)
        == "m.ingot: mismatched in the setting cross.position: found 1, expected true or false.")
    #expect(
      changed("activation", "gelu")
        == "m.ingot: mismatched in the setting activation: found \"gelu\", "
        + "expected one of gelu-erf, gelu-tanh, linear, relu, sigmoid, swish, tanh.")
    let settings = try Settings(["heads": 4], readBy: names, of: "m.ingot")
    #expect(
      problem { _ = try settings.value(of: .epsilon) }
        == "m.ingot: mismatched in the setting epsilon: found no value, expected a positive number.")
    #expect(
      problem { _ = try settings.value(of: .mask) }
        == "m.ingot: mismatched in the setting mask: found no value, expected one of none, lm, unilm.")
  }

  @Test("of a pooler must be there where its weights are")
  func pooler() {
    let json: JSON = ["heads": 4, "epsilon": 1, "activation": "relu", "mask": "lm"]
    func make(_ weights: Weights) -> String? {
      problem { _ = try Model(weights: weights, architecture: "bert", settings: json) }
    }
    #expect(make(.tiny(heads: false)) == nil)
    #expect(
      make(.tiny())
        == "tiny.ingot: mismatched in the setting pooler.activation: found no value, "
        + "expected one of gelu-erf, gelu-tanh, linear, relu, sigmoid, swish, tanh.")
  }

  @Test func aSharedBlockRunsAThousandTimesAndNoMore() throws {
    func count(_ json: JSON) throws -> Int {
      try Settings(json, readBy: ["blocks"], of: "m.ingot").value(of: .blocks)
    }
    for (json, found) in [
      ([:], "no value"), (["blocks": 0], "0"), (["blocks": 1_001], "1001"),
      (["blocks": .integer(.max)], "9223372036854775807"),
    ] as [(JSON, String)] {
      #expect(
        problem { _ = try count(json) }
          == "m.ingot: mismatched in the setting blocks: found \(found), expected 1 to 1000.")
    }
    #expect(try count(["blocks": 1_000]) == 1_000)
  }

  @Test func distancesAreToldApartUpToALimit() throws {
    func distance(_ json: JSON) throws -> Int {
      try Settings(json, readBy: ["relative.distance"], of: "m.ingot").value(of: .relativeDistance)
    }
    for (json, found) in [
      ([:], "no value"), (["relative.distance": -1], "-1"), (["relative.distance": 65_537], "65537"),
    ] as [(JSON, String)] {
      #expect(
        problem { _ = try distance(json) }
          == "m.ingot: mismatched in the setting relative.distance: found \(found), expected 1 to 65536.")
    }
    #expect(try distance(["relative.distance": 65_536]) == 65_536)
  }
}
