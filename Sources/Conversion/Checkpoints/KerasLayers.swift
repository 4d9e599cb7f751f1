import Bytes
import HDF5

/// The weights of a Keras HDF5 file, by the conventions of Keras 1 and 2.
///
/// A group per layer; the order of layers and weights stands in the attributes `layer_names` and `weight_names`. A
/// weight is identified by its layer and its position there, because Keras numbers inner names over a whole session. Models of
/// Hugging Face's transformers name their weights themselves (``HuggingFaceNames``), and an encoder inside a layer has the
/// names of its own layers (``NestedEncoder``).
/// Sources: `keras/engine/saving.py` of Keras 2.2.4 and 2.3.1, `keras/src/saving/legacy/hdf5_format.py` of 2.15.0.
struct KerasLayers {
  let file: String
  private(set) var names: [String] = []
  private(set) var tensors: [CheckpointTensor] = []
  private(set) var unread: [UnreadTensor] = []
  /// The paths of what no attribute lists.
  private var unlisted: [String] = []
  /// The names of the tensors whose type is a guess.
  private var guessed: [String] = []

  /// Whether what lies behind the end of the file is noted instead of thrown.
  private let isCutShort: Bool
  /// How many bytes of names may still be listed: no more than the file has, though several lists may share their bytes.
  private var nameBytesLeft: Int

  /// Begins without layers.
  ///
  /// - Parameter byteCount: How many bytes the file has.
  init(file: String, byteCount: Int, isCutShort: Bool = false) {
    self.file = file
    self.isCutShort = isCutShort
    nameBytesLeft = byteCount
  }

  /// What was met and passed over, as sentences.
  var remarks: [String] {
    var remarks: [String] = []
    if !unlisted.isEmpty { remarks.append("Passed over, because Keras lists it nowhere: \(beginning(of: unlisted)).") }
    if let remark = guessRemark(on: guessed) { remarks.append(remark) }
    return remarks
  }

  /// Reads the layers of a group with `layer_names`.
  ///
  /// - Parameter known: The names of links that are no layers and are reported elsewhere.
  /// - Throws: `Problem` of kind *damaged* when attributes and groups contradict each other, *mismatched* when there are
  ///   no layers, *refused* for links that lead elsewhere.
  mutating func read(_ group: Group, besides known: [String]) throws {
    guard let layers = try group.names(in: "layer_names", file: file) else {
      throw damaged(in: group, found: "no attribute layer_names", expected: "the names of the layers that Keras saved")
    }
    guard !layers.isEmpty else {
      throw Problem(
        .mismatched, file: file, object: group.path, found: "an empty layer_names", expected: "the names of layers",
        advice: "Save the weights of a model that has layers")
    }
    try spend(layers, in: group)
    var seen: Set<Spelling> = []
    var places: [UInt64: String] = [:]
    var groups: [(name: String, group: Group, paths: [String])] = []
    for layer in layers {
      guard seen.insert(Spelling(layer)).inserted else {
        throw damaged(in: group, found: "the layer \(layer) twice in layer_names", expected: "each layer once")
      }
      do {
        guard case .group(let layerGroup)? = try group.object(layer) else {
          throw damaged(
            in: group, found: "the layer \(layer) in layer_names and no group of that name",
            expected: "a group for each layer")
        }
        if let other = places.updateValue(layer, forKey: layerGroup.address) {
          throw damaged(
            in: group, found: "the layers \(other) and \(layer) in one group", expected: "a group for each layer")
        }
        groups.append((layer, layerGroup, try layerGroup.names(in: "weight_names", file: file) ?? []))
        try spend(groups[groups.count - 1].paths, in: layerGroup)
      } catch let problem as Problem where isCutShort && problem.kind == .damaged {
        unread.append(UnreadTensor(name: "\(layer)[0]", problem: problem))
      }
    }
    names = layers
    // Keras 2.10 and later keep variables that belong to no layer here, outside layer_names.
    let topLevel = "top_level_model_weights"
    if !seen.contains(Spelling(topLevel)), case .group(let extra)? = try group.object(topLevel) {
      do {
        groups.append((topLevel, extra, try extra.names(in: "weight_names", file: file) ?? []))
      } catch let problem as Problem where isCutShort && problem.kind == .damaged {
        unread.append(UnreadTensor(name: "\(topLevel)[0]", problem: problem))
      }
    }
    let addresses = HuggingFaceNames(groups.map { ($0.name, $0.paths) }).addresses
    for (layer, addresses) in zip(groups, addresses) {
      let addresses = addresses ?? NestedEncoder(layer.paths, in: layer.name)?.addresses
      try readWeights(
        layer.paths, in: layer.group, as: addresses ?? layer.paths.indices.map { "\(layer.name)[\($0)]" })
    }
    if !isCutShort { try noteUnlisted(in: group, besides: layers + [topLevel] + known) }
  }

  private mutating func readWeights(_ paths: [String], in group: Group, as addresses: [String]) throws {
    for (path, name) in zip(paths, addresses) {
      switch try object(at: path, in: group) {
      case .dataset(let dataset):
        tensors.append(CheckpointTensor(name: name, dataset: dataset))
        if dataset.isGuessed { guessed.append(name) }
      case .other(_, let problem): unread.append(UnreadTensor(name: name, problem: problem))
      case .group:
        throw damaged(
          in: group, found: "the weight \(path) in weight_names, which is a group",
          expected: "a dataset for each weight")
      case nil:
        let problem = damaged(
          in: group, found: "the weight \(path) in weight_names and no dataset there",
          expected: "a dataset for each weight")
        guard isCutShort else { throw problem }
        unread.append(UnreadTensor(name: name, problem: problem))
      }
    }
    if !isCutShort { try noteUnlisted(in: group, weights: paths) }
  }

  private func object(at path: String, in group: Group) throws -> Object? {
    do {
      return try group.object(at: path)
    } catch let problem as Problem where isCutShort && problem.kind == .damaged {
      return .other(path: path, problem)
    }
  }

  private mutating func spend(_ names: [String], in group: Group) throws {
    // In the file, a name is at least one byte, and what it names an object header of sixteen.
    nameBytesLeft -= names.reduce(0) { $0 + $1.utf8.count + 16 }
    guard nameBytesLeft >= 0 else {
      throw Problem(
        .refused, file: file, object: group.path, found: "lists of more names than there is room for in the file",
        expected: "every weight once", advice: "Save the weights again, or get the file again from where it came")
    }
  }

  /// Notes the links of a group that are not among the given names.
  mutating func noteUnlisted(in group: Group, besides listed: [String]) throws {
    let listed = Set(listed.map(Spelling.init))
    let prefix = group.path == "/" ? "/" : group.path + "/"
    unlisted += try group.links().filter { !listed.contains(Spelling($0)) }.map { prefix + $0 }
  }

  /// Notes what a layer's group holds and no path leads to; only groups on the way to a weight are looked into.
  private mutating func noteUnlisted(in layer: Group, weights paths: [String]) throws {
    var children: [Spelling: [String]] = [Spelling(""): []]
    for path in paths {
      var parent = ""
      for name in path.split(separator: "/").map(String.init) {
        children[Spelling(parent), default: []].append(name)
        parent += parent.isEmpty ? name : "/" + name
      }
    }
    for (path, names) in children.sorted(by: { $0.key < $1.key }) {
      if path.text.isEmpty {
        try noteUnlisted(in: layer, besides: names)
      } else if case .group(let group)? = try layer.object(at: path.text) {
        try noteUnlisted(in: group, besides: names)
      }
    }
  }

  private func damaged(in group: Group, found: String, expected: String) -> Problem {
    Problem(
      .damaged, file: file, object: group.path, found: found, expected: expected,
      advice: "Save the weights again, or get the file again from where it came")
  }
}

/// Lists a few names and counts the rest.
func beginning(of names: [String]) -> String {
  let shown = names.prefix(5).joined(separator: ", ")
  return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
