import Bytes
import Conversion
import Foundation
import TestSupport
import Testing

/// Configurations after published faults of other readers (c00 to c12 of `Formats/MalformedFiles.md`), beside weights that are whole.
@Suite("Hostile configurations") struct HostileConfigurationTests {
  /// Plans the poems beside a configuration in which one member is another.
  private func plan(_ old: String, _ new: String) throws -> (problem: String?, remarks: [String]) {
    let directory = try TemporaryDirectory()
    let poems = Fixtures.folder("Poems")
    let weights = directory.path("poem_bert.h5")
    try FileManager.default.createSymbolicLink(
      atPath: weights, withDestinationPath: poems.appending(path: "poem_bert.h5").path)
    let text = try String(contentsOf: poems.appending(path: "bert_config.json"), encoding: .utf8)
    try #require(text.contains(old))
    _ = try directory.write(Array(text.replacing(old, with: new).utf8), to: "bert_config.json")
    func own(_ text: String) -> String { text.replacing(directory.url.path + "/", with: "") }
    do {
      return (nil, try Conversion(planning: Release(at: weights)).remarks.map(own))
    } catch {
      return (own("\(error)"), [])
    }
  }

  @Test(
    "with values that cannot be are refused, each by its name",
    arguments: [
      (
        "\"num_attention_heads\": 4", "\"num_attention_heads\": 0",
        "bert_config.json: mismatched in num_attention_heads: found 0, expected a whole number of at least 1 for heads. "
          + "Correct the configuration, or give the value with --set heads=…."
      ),
      (
        "\"num_attention_heads\": 4", "\"num_attention_heads\": -4",
        "bert_config.json: mismatched in num_attention_heads: found -4, expected a whole number of at least 1 for heads. "
          + "Correct the configuration, or give the value with --set heads=…."
      ),
      (
        "\"num_attention_heads\": 4", "\"num_attention_heads\": 4.5",
        "bert_config.json: mismatched in num_attention_heads: found 4.5, expected a whole number of at least 1 for heads. "
          + "Correct the configuration, or give the value with --set heads=…."
      ),
      (
        "\"num_attention_heads\": 4", "\"num_attention_heads\": 3",
        "poem_bert.h5: mismatched in heads: found 3 (configuration: num_attention_heads = 3), expected a divisor of the "
          + "width, 80. Give the right value with --set heads=…."
      ),
      (
        "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1000000000",
        "bert_config.json: mismatched in num_hidden_layers: found 1000000000, expected 2, as the shapes in poem_bert.h5 show. "
          + "Give the configuration of this checkpoint, or confirm the shapes with --set blocks=2."
      ),
      (
        "\"hidden_size\": 80", "\"hidden_size\": 9223372036854775808",
        "bert_config.json: mismatched in hidden_size: found 9223372036854775808, expected 80, as the shapes in poem_bert.h5 show. "
          + "Give the configuration of this checkpoint, or confirm the shapes with --set width=80."
      ),
      (
        "\"hidden_size\": 80", "\"hidden_size\": \"80\"",
        "bert_config.json: mismatched in hidden_size: found \"80\", expected 80, as the shapes in poem_bert.h5 show. "
          + "Give the configuration of this checkpoint, or confirm the shapes with --set width=80."
      ),
      (
        "\"hidden_act\": \"gelu\"", "\"hidden_act\": \"os.system\"",
        "bert_config.json: mismatched in hidden_act: found \"os.system\", expected gelu-erf, gelu-tanh, relu, tanh, linear or swish "
          + "for activation. Correct the configuration, or give the value with --set activation=…."
      ),
      (
        "\"hidden_size\": 80", "\"hidden_size\": 80, \"hidden_size\": 81",
        "bert_config.json: damaged at byte 45: found the name \"hidden_size\" a second time in one object."
      ),
    ])
  func refused(old: String, new: String, expected: String) throws {
    #expect(try plan(old, new).problem == expected)
  }

  @Test(
    "with an epsilon that these files do not read are read, and the epsilon is named",
    arguments: ["-1", "0", "\"text\""])
  func passedOver(value: String) throws {
    let found = try plan("\"hidden_size\": 80", "\"layer_norm_eps\": \(value), \"hidden_size\": 80")
    #expect(found.problem == nil)
    #expect(
      found.remarks.contains(
        "bert_config.json says layer_norm_eps = \(value) (epsilon is 1e-12), which makes no sense, and files of bert4keras have "
          + "no word for it."))
  }
}
