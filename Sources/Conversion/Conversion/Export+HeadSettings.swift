import Architectures
import Bytes
import Heads
import JSON
import ModelFiles

/// What a model file says of its head, in the words of exports.
extension Export {
  /// The kind of head that a name table has for what a model file says, where its computation is the same; nil for any other.
  ///
  /// - Throws: `Problem` as reading the settings does.
  static func choice(of model: ModelFile, in architecture: Architecture) throws -> HeadChoice? {
    guard let settings = try HeadSettings(of: model), settings.transitions == nil, settings.pointer == nil else {
      return nil
    }
    let fitting = architecture.heads.first { known in
      (known.kind == settings.kind.rawValue || known.kind == "distilled" && settings.kind == .sequence)
        && known.input.rawValue == settings.input.rawValue
        && known.tensors.count(where: { $0.shape.count == 2 }) == settings.layers.count
        && (settings.layers.count < 2
          || activation(of: known, in: model) == settings.layers[0].activation.rawValue)
    }
    guard let fitting else { return nil }
    let matrix = settings.layers[0].weight.tensor.dropFirst("extra.".count)
    let layer = settings.layers.count == 1 ? matrix.lastIndex(of: "[").map { matrix[..<$0] } : nil
    return HeadChoice(fitting.kind + (layer.map { "=\($0)" } ?? ""))
  }

  /// What stands between the layers of a kind of head, which may be a setting of the model.
  private static func activation(of head: Architecture.Head, in model: ModelFile) -> String? {
    head.activation.map { model.settings[$0]?.string ?? $0 }
  }

  /// What tells transformers that labels do not exclude each other; nothing where they do, or where it says so already.
  static func problemType(of model: ModelFile, beside original: JSON?) throws -> [(name: String, value: JSON)] {
    guard let last = try HeadSettings(of: model)?.layers.last, last.activation == .sigmoid,
      original?["problem_type"] == nil
    else { return [] }
    return [("problem_type", "multi_label_classification")]
  }

  /// That nobody computes a head under the names of the destination, and why; nil where the model has none, or it is exported as one.
  static func remark(on model: ModelFile, exported head: ExportedHead, chosen: String?) throws -> String? {
    guard let settings = try HeadSettings(of: model), head.head == nil || head.tensors.isEmpty, let chosen else {
      return nil
    }
    let what = "The head (\(settings.kind.rawValue) of \(settings.input.rawValue)) is no part of \(chosen)"
    switch (settings.kind, settings.input) {
    case (.sequence, .first), (.sequence, .mean), (.sequence, .max):
      return "\(what): classes of texts read what a pooler, or a layer of their own, makes of the first token."
    default: return "\(what), and no class of transformers computes it."
    }
  }
}
