import Bytes

/// The names of weights in a `tf_model.h5`, as TensorFlow models of Hugging Face's transformers save themselves.
///
/// Such a file has one Keras layer, `bert`, for the whole encoder; but each weight's path says what it is, behind the name of
/// the class: `tf_bert_model/bert/encoder/layer_._0/attention/self/query/kernel:0`. The class differs from head to head,
/// so it is no part of the address. T5 alone keeps a weight outside the class, its embedding: `shared/shared/embeddings:0`.
/// Source: `TFPreTrainedModel.save_pretrained` of transformers 4.38.2, which calls Keras' `save_weights`.
struct HuggingFaceNames {
  /// The addresses of the weights of each layer, in their order; nil for a layer whose weights Keras itself named.
  let addresses: [[String]?]

  /// Looks at all layers with weights of a file.
  ///
  /// Where two addresses are the same, as when a model holds two encoders, none is used.
  init(_ layers: [(name: String, paths: [String])]) {
    let beginnings = layers.flatMap(\.paths).compactMap { $0.split(separator: "/").first }
    let classes = Set(beginnings.filter { $0.hasPrefix("tf") })
    guard let model = classes.first, classes.count == 1 else {
      addresses = layers.map { _ in nil }
      return
    }
    let found = layers.map { HuggingFaceNames.addresses(of: $0.paths, in: $0.name, of: model) }
    let all = found.compactMap(\.self).joined()
    let isUnique = Set(all.map { Spelling($0) }).count == all.count
    addresses = isUnique ? found : layers.map { _ in nil }
  }

  /// - Returns: nil unless all paths begin with the name of the class, or with what T5 shares.
  private static func addresses(of paths: [String], in layer: String, of model: Substring) -> [String]? {
    var addresses: [String] = []
    for path in paths {
      var parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count >= 3, [model, "shared"].contains(parts[0]), path.hasSuffix(":0") else { return nil }
      if parts[0] == model { parts.removeFirst() }
      let address = parts.joined(separator: "/").dropLast(":0".count)
      // A head lists the embeddings that it shares once more, in its own group.
      addresses.append(layer == model || layer == parts[0] ? String(address) : "\(layer)/\(address)")
    }
    return addresses
  }
}
