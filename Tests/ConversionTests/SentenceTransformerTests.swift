import Bytes
import Conversion
import Foundation
import ModelFiles
import SentenceVectors
import TestSupport
import Testing

/// Folders of sentence-transformers that ask for what Ingot does not compute, and such that are broken.
///
/// Each is a folder that sentence-transformers wrote (`SentenceVectors/dense`: the first token through two layers), with one file changed.
@Suite("What a folder of sentence-transformers asks for in vain") struct SentenceTransformerTests {
  /// A changed file, and what is said of it.
  struct Case: CustomTestStringConvertible, Sendable {
    let file: String
    let text: String
    let message: String

    init(_ file: String, _ text: String, _ message: String) {
      (self.file, self.text, self.message) = (file, text, message)
    }

    var testDescription: String { "\(file): \(text.prefix(60))" }
  }

  private static func modules(_ types: [(type: String, path: String)]) -> String {
    let modules = types.map { #"{"type": "sentence_transformers.models.\#($0.type)", "path": "\#($0.path)"}"# }
    return "[\(modules.joined(separator: ", "))]"
  }

  private static let advice =
    "Say --pooling to make vectors another way, or --no-vectors to convert the model without."

  static let cases = [
    Case("modules.json", "{}", #"modules.json: damaged: found {}, expected a list of modules."#),
    Case(
      "modules.json", #"[{"type": "Transformer"}]"#,
      #"modules.json: damaged: found {"type":"Transformer"}, expected a module with type and path."#),
    Case(
      "modules.json", modules([("Transformer", "../other")]),
      #"modules.json: refused: found the path "../other", expected a folder beside it."#),
    Case(
      "modules.json", modules([("Transformer", "")]),
      "modules.json: unsupported: found no module Pooling, expected one. \(advice)"),
    Case(
      "modules.json", modules([("Transformer", ""), ("LSTM", "1_LSTM")]),
      "1_LSTM/config.json: unsupported: found the module LSTM, expected Transformer, Pooling, Dense and Normalize, in this order. "
        + advice),
    Case(
      "modules.json",
      modules([("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "9"), ("Dense", "2_Dense")]),
      "2_Dense/config.json: unsupported: found a module behind Normalize, expected Normalize as the last one. \(advice)"
    ),
    Case(
      "1_Pooling/config.json", #"{"pooling_mode_cls_token": true, "pooling_mode_max_tokens": true}"#,
      "1_Pooling/config.json: unsupported: found the poolings cls and max, joined, expected one. \(advice)"),
    Case(
      "1_Pooling/config.json", #"{"pooling_mode": "lasttoken"}"#,
      "1_Pooling/config.json: unsupported in pooling_mode: found the pooling lasttoken, expected one of cls, mean, max. "
        + advice),
    Case(
      "1_Pooling/config.json", #"{"pooling_mode": "cls", "include_prompt": false}"#,
      "1_Pooling/config.json: unsupported in include_prompt: found false, expected true. \(advice)"),
    Case(
      "2_Dense/config.json", #"{"use_residual": true}"#,
      "2_Dense/config.json: unsupported in use_residual: found true, expected false. \(advice)"),
    Case(
      "2_Dense/config.json", #"{"module_input_name": "token_embeddings"}"#,
      #"2_Dense/config.json: unsupported in module_input_name: found "token_embeddings", expected "sentence_embedding". "#
        + advice),
    Case(
      "2_Dense/config.json", #"{"activation_function": "torch.nn.modules.activation.ReLU"}"#,
      "2_Dense/config.json: unsupported in activation_function: found \"torch.nn.modules.activation.ReLU\", "
        + "expected Tanh or Identity. \(advice)"),
    Case(
      "3_Dense/config.json", #"{"bias": true}"#,
      "3_Dense/model.safetensors: mismatched: found no tensor linear.bias, expected one."),
    Case(
      "sentence_bert_config.json", #"{"max_seq_length": 0}"#,
      "sentence_bert_config.json: damaged in max_seq_length: found 0, expected a whole number of at least 1."),
    Case(
      "config_sentence_transformers.json",
      #"{"prompts": {"query": "query: "}, "default_prompt_name": "query"}"#,
      "config_sentence_transformers.json: unsupported in default_prompt_name: found the words \"query: \" before every text, "
        + "expected none. \(advice)"),
  ]

  @Test("is refused by its name, with a way out", arguments: cases)
  func refusal(_ refused: Case) throws {
    let directory = try TemporaryDirectory()
    let folder = directory.path("model")
    try FileManager.default.copyItem(atPath: Fixtures.folder("SentenceVectors/dense").path, toPath: folder)
    try Data(refused.text.utf8).write(to: URL(filePath: "\(folder)/\(refused.file)"))
    let problem = #expect(throws: Problem.self) { try Conversion(planning: Release(at: folder)) }
    #expect(problem?.description.replacing("\(folder)/", with: "") == refused.message)
    guard refused.message.hasSuffix(Self.advice) else { return }
    var options = VectorPlan.Options(pooling: .mean)
    _ = try Conversion(planning: Release(at: folder), options: Conversion.Options(vectors: options))
    options = VectorPlan.Options(leavesOut: true)
    _ = try Conversion(planning: Release(at: folder), options: Conversion.Options(vectors: options))
  }
}
