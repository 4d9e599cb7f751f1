import Architectures
import Bytes
import HDF5
import Tensors

/// Weights as `save_weights` of Keras 2 lays them out in an HDF5 file: a group for each layer, in the model's order.
///
/// `keras/src/saving/legacy/hdf5_format.py` of Keras 2.15, `save_weights_to_hdf5_group`. Keras loads by the order of layers and of
/// their weights, or by the names of layers; what the weights themselves are called counts for nothing there.
struct KerasWeights {
  /// The whole file.
  let root: NewGroup

  /// The size in bytes beyond which Keras splits a list of names (`HDF5_OBJECT_HEADER_LIMIT`).
  private static let longestList = 64_512

  /// Groups tensors by layers.
  ///
  /// - Parameters:
  ///   - tensors: Tensors named `LAYER[k]`, those of a layer with k = 0, 1, 2, …, layers in the order of their first tensor.
  ///   - weightless: The names of layers without weights.
  ///   - witnesses: How the names of some weights end, by which others tell what naming the file is in.
  ///   - file: The destination, for messages.
  /// - Throws: `Problem` of kind *unsupported* for other names.
  init(
    _ tensors: [(name: String, source: any TensorSource)], weightless: [String],
    witnesses: [Architecture.Witness] = [], file: String
  ) throws {
    var layers: [String] = []
    var weights: [Spelling: [Int: any TensorSource]] = [:]
    for (name, source) in tensors {
      guard let match = name.wholeMatch(of: /(.+)\[(0|[1-9][0-9]{0,5})\]/), let number = Int(match.2) else {
        throw Problem(
          .unsupported, file: file, object: name, found: "a name that is no weight of a Keras layer",
          expected: "LAYER[0], LAYER[1] …", advice: "Leave such tensors out with --extra drop",
          ways: [[Remedy("--extra", "drop")]])
      }
      let layer = String(match.1)
      if weights[Spelling(layer)] == nil { layers.append(layer) }
      weights[Spelling(layer), default: [:]][number] = source
    }
    var root = NewGroup()
    root.attributes = Self.lists("layer_names", of: layers + weightless)
    root.attributes += [("backend", .text("tensorflow")), ("keras_version", .text("2.15.0"))]
    for layer in layers + weightless {
      let own = weights[Spelling(layer)] ?? [:]
      guard own.keys.sorted() == Array(0..<own.count), !layer.contains("/") else {
        throw Problem(
          .unsupported, file: file, object: layer, found: "the weights \(own.keys.sorted())",
          expected: "0, 1, 2 … of a layer without a slash in its name")
      }
      var group = NewGroup()
      let names = (0..<own.count).map { number in
        let address = Array("\(layer)[\(number)]".utf8)
        return witnesses.first { $0.pattern.match(address) != nil }?.ending ?? "weight_\(number):0"
      }
      group.attributes = Self.lists("weight_names", of: names.map { "\(layer)/\($0)" })
      for (number, source) in own { group.add(source, at: [layer, names[number]]) }
      root.members[layer] = .group(group)
    }
    self.root = root
  }

  /// A list of names as one attribute, or in parts `name0`, `name1` … when it is too long for one (`save_attributes_to_hdf5_group`).
  private static func lists(_ name: String, of texts: [String]) -> [(name: String, value: NewAttribute)] {
    let width = texts.map(\.utf8.count).max() ?? 0
    var parts = 1
    while (texts.count + parts - 1) / parts * width > longestList { parts += 1 }
    guard parts > 1 else { return [(name, .texts(texts))] }
    var rest = texts[...]
    return (0..<parts).map { part in
      let count = texts.count / parts + (part < texts.count % parts ? 1 : 0)
      defer { rest = rest.dropFirst(count) }
      return ("\(name)\(part)", .texts(Array(rest.prefix(count))))
    }
  }
}
