import Bytes
import Foundation
import JSON
import TestSupport
import Testing

@testable import Checkpoints

/// What the layers of a saved bert4keras model tell of its computation.
@Suite("Settings of bert4keras") struct SettingsTests {
  /// The configuration of a model with the given layers, in JSON.
  private func settings(_ layers: String...) throws -> [String: String] {
    let text = #"{"class_name": "Model", "config": {"name": "model", "layers": [\#(layers.joined(separator: ", "))]}}"#
    return try BERT4KerasSettings(layers: [], modelConfiguration: JSON(parsing: text), file: "model.h5").values
  }

  private func layer(_ kind: String, _ name: String, _ configuration: String = "") -> String {
    #"{"class_name": "\#(kind)", "config": {"name": "\#(name)"\#(configuration.isEmpty ? "" : ", ")\#(configuration)}}"#
  }

  private func problem(_ layers: String...) -> String {
    do {
      let text = #"{"config": {"layers": [\#(layers.joined(separator: ", "))]}}"#
      _ = try BERT4KerasSettings(layers: [], modelConfiguration: JSON(parsing: text), file: "model.h5")
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "both versions of Keras tell the same of the same model", arguments: ["encoder-saved", "encoder-saved-keras231"])
  func real(model: String) throws {
    let path = Fixtures.folder("bert4keras").appending(path: "\(model)/model.h5").path
    #expect(
      try BERT4KerasSettings(of: Checkpoint(opening: path)).values == [
        "heads": "4", "epsilon": "1e-12", "activation": "gelu-erf", "mask": "none", "pooler.activation": "tanh",
        "hierarchical": "0", "segment.shared": "false", "attention.residual": "false",
      ])
  }

  @Test(
    "weights alone tell the mask, by the names of two layers without weights",
    arguments: [
      ("encoder", "none"), ("lm", "lm"), ("unilm", "unilm"),
    ])
  func mask(model: String, mask: String) throws {
    let path = Fixtures.folder("bert4keras").appending(path: "\(model)/weights.h5").path
    #expect(
      try BERT4KerasSettings(of: Checkpoint(opening: path)).values == ["mask": mask, "segment.shared": "false"])
  }

  @Test(
    "a gated attention unit's normalisation is told as bert4keras spells it",
    arguments: [("softmax_plus", "softmax-plus"), ("squared_relu", "squared-relu"), ("softmax", "softmax")])
  func normalization(spelled: String, setting: String) throws {
    let unit = layer("GatedAttentionUnit", "Transformer-0-GatedAttentionUnit", "\"normalization\": \"\(spelled)\"")
    let settings = try BERT4KerasSettings(
      layers: [], modelConfiguration: JSON(parsing: "{\"config\": {\"layers\": [\(unit)]}}"), file: "model.h5")
    #expect(settings.values == ["attention.normalization": setting])
  }

  @Test("weights alone tell that segments share the tokens' table, by a layer that is not there")
  func sharedSegments() throws {
    let path = Fixtures.folder("Architectures").appending(path: "bert-shared-segments/weights.h5").path
    #expect(
      try BERT4KerasSettings(of: Checkpoint(opening: path)).values == ["mask": "none", "segment.shared": "true"])
  }

  @Test(
    "the options of a BERT stand in the configurations of its layers",
    arguments: [
      (
        "MultiHeadAttention", "Transformer-0-MultiHeadSelfAttention", #""return_attention_scores": true"#,
        ["attention.residual": "true"]
      ),
      ("PositionEmbedding", "Embedding-Position", #""hierarchical": null"#, ["hierarchical": "0"]),
      ("PositionEmbedding", "Embedding-Position", #""hierarchical": false"#, ["hierarchical": "0"]),
      ("PositionEmbedding", "Embedding-Position", #""hierarchical": true"#, ["hierarchical": "0.4"]),
      ("PositionEmbedding", "Embedding-Position", #""hierarchical": 0.25"#, ["hierarchical": "0.25"]),
      (
        "LayerNormalization", "Embedding-Norm",
        #""conditional": true, "hidden_units": 3, "hidden_activation": "gelu_erf""#,
        ["condition.activation": "gelu-erf"]
      ),
      (
        "LayerNormalization", "Embedding-Norm",
        #""conditional": true, "hidden_units": null, "hidden_activation": "linear""#, [:]
      ),
    ])
  func options(kind: String, name: String, configuration: String, expected: [String: String]) throws {
    #expect(try settings(layer(kind, name, configuration)) == expected)
  }

  @Test("a model of another origin tells nothing")
  func otherOrigin() throws {
    let checkpoint = try Checkpoint(opening: keras.appending(path: "keras-2.15.0/compiled.h5").path)
    #expect(try BERT4KerasSettings(of: checkpoint).values.isEmpty)
  }

  @Test("an activation is a name or an object around one; a single gate may stand in a list")
  func activations() throws {
    #expect(
      try settings(layer("FeedForward", "Transformer-0-FeedForward", #""activation": "relu""#)) == [
        "activation": "relu"
      ])
    #expect(
      try settings(layer("FeedForward", "Transformer-0-FeedForward", #""activation": {"config": "gelu_tanh"}"#))
        == ["activation": "gelu-tanh"])
    #expect(
      try settings(layer("FeedForward", "Transformer-0-FeedForward", #""activation": ["gelu_erf"]"#))
        == ["activation": "gelu-erf"])
  }

  @Test("the layers of a user's head say nothing of the encoder, whatever their classes")
  func head() throws {
    #expect(
      try settings(
        layer("MultiHeadAttention", "Transformer-0-MultiHeadSelfAttention", #""heads": 4"#),
        layer("MultiHeadAttention", "multi_head_attention", #""heads": 2, "attention_scale": false"#),
        layer("LayerNormalization", "layer_normalization", #""epsilon": 0.001"#))
        == ["heads": "4", "attention.residual": "false"])
  }

  @Test("layers of one kind that disagree are a mismatch")
  func conflict() {
    #expect(
      problem(
        layer("MultiHeadAttention", "Transformer-0-MultiHeadSelfAttention", #""heads": 4"#),
        layer("MultiHeadAttention", "Transformer-1-MultiHeadSelfAttention", #""heads": 2"#))
        == "model.h5: mismatched in model_config: found heads 2 in Transformer-1-MultiHeadSelfAttention and 4 in an earlier "
        + "layer, expected one value for all layers.")
    #expect(
      problem(
        layer("FeedForward", "Transformer-0-FeedForward", #""activation": "gelu_erf""#),
        layer("Dense", "MLM-Dense", #""activation": "gelu_tanh""#))
        == "model.h5: mismatched in model_config: found activation gelu-tanh in MLM-Dense and gelu-erf in an earlier layer, "
        + "expected one value for all layers.")
  }

  @Test(
    "what no architecture computes is unsupported, by the layer that does it",
    arguments: [
      (
        #"MultiHeadAttention"#, "Transformer-0-MultiHeadSelfAttention", #""normalization": "softmax-plus""#,
        "attention normalisation \"softmax-plus\", expected \"softmax\""
      ),
      (
        "MultiHeadAttention", "Transformer-0-MultiHeadSelfAttention", #""attention_scale": false"#,
        "attention scaling false, expected true"
      ),
      ("LayerNormalization", "Embedding-Norm", #""zero_mean": false"#, "zero_mean false, expected true"),
      (
        "FeedForward", "Transformer-0-FeedForward", #""activation": ["gelu", "linear"]"#,
        "a gated feed-forward layer, expected one activation"
      ),
      (
        "PositionEmbedding", "Embedding-Position", #""hierarchical": "deep""#,
        "hierarchical positions \"deep\", expected null"
      ),
      ("PositionEmbedding", "Embedding-Position", #""merge_mode": "mul""#, "merge_mode \"mul\", expected \"add\""),
    ])
  func unsupported(kind: String, name: String, configuration: String, words: String) {
    #expect(
      problem(layer(kind, name, configuration))
        == "model.h5: unsupported in model_config, layer \(name): found \(words). "
        + "No architecture of Ingot with these names computes this.")
  }

  @Test(
    "what other architectures compute is told from what theirs do",
    arguments: [
      (
        "t5", "MultiHeadAttention", "Encoder-Transformer-0-MultiHeadSelfAttention", #""attention_scale": true"#,
        "attention scaling true, expected false"
      ),
      ("t5", "LayerNormalization", "Decoder-Output-Norm", #""zero_mean": true"#, "zero_mean true, expected false"),
      ("roformer-v2", "LayerNormalization", "Embedding-Norm", "", "zero_mean true, expected false"),
      (
        "t5", "FeedForward", "Encoder-Transformer-0-FeedForward", #""activation": ["gelu", "linear"]"#,
        "a gated feed-forward layer, expected one activation"
      ),
      (
        "t5-gated", "FeedForward", "Encoder-Transformer-0-FeedForward", #""activation": "relu""#,
        "a feed-forward layer without a gate, expected 2 activations"
      ),
      (
        "t5-gated", "FeedForward", "Encoder-Transformer-0-FeedForward", #""activation": ["gelu", "relu"]"#,
        "a second activation \"relu\", expected \"linear\""
      ),
    ])
  func families(architecture: String, kind: String, name: String, configuration: String, words: String) {
    let text = #"{"config": {"layers": [\#(layer(kind, name, configuration))]}}"#
    let problem = #expect(throws: Problem.self) {
      try BERT4KerasSettings(
        layers: [], modelConfiguration: JSON(parsing: text), family: BERT4KerasFamily(architecture, settings: []),
        file: "model.h5")
    }
    #expect(
      problem?.description
        == "model.h5: unsupported in model_config, layer \(name): found \(words). "
        + "No architecture of Ingot with these names computes this.")
  }

  @Test("numbers of any size in a description are no arithmetic", arguments: [Int.min, 0, Int.max])
  func distances(count: Int) throws {
    let text =
      #"{"config": {"layers": [\#(layer("RelativePositionEmbedding", "Embedding-Relative-Position", "\"input_dim\": \(count)"))]}}"#
    let values = try BERT4KerasSettings(layers: [], modelConfiguration: JSON(parsing: text), file: "model.h5").values
    #expect(values["relative.distance"] == "\(max(0, count / 2))")
  }
}
