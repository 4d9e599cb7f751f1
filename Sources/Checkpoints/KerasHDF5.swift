import Bytes
import HDF5
import HDF5Isolation
import JSON
import Tensors

/// The conventions of Keras 1 and 2 over HDF5 (`keras/engine/saving.py` 2.3.1, `keras/saving/legacy/hdf5_format.py` 2.15).
///
/// A group per layer; the order of layers and weights stands in the attributes `layer_names` and `weight_names`; a
/// weight is identified by its layer and its position there, because Keras numbers inner names over a whole session.
extension Checkpoint {
  init(hdf5 bytes: ByteView) throws {
    let hdf5 = try HDF5File(bytes)
    let root = hdf5.root
    if try root.names(in: "layer_names") != nil {
      self = try Checkpoint(kerasLayersOf: root, in: root, container: .kerasWeights, file: bytes.file)
    } else if case .group(let weights)? = try root.object("model_weights") {
      self = try Checkpoint(kerasLayersOf: weights, in: root, container: .kerasModel, file: bytes.file)
    } else {
      self = try Checkpoint(plainHDF5: hdf5, file: bytes.file)
    }
  }

  private init(kerasLayersOf group: Group, in root: Group, container: Container, file: String) throws {
    guard let layers = try group.names(in: "layer_names") else {
      throw Problem(
        .damaged, file: file, object: group.path, found: "no attribute layer_names",
        expected: "the names of the layers that Keras saved")
    }
    var tensors: [CheckpointTensor] = []
    var seen: Set<String> = []
    for layer in layers {
      guard seen.insert(layer).inserted else {
        throw Problem(
          .damaged, file: file, object: group.path, found: "the layer \(layer) twice in layer_names",
          expected: "each layer once")
      }
      guard case .group(let layerGroup)? = try group.object(layer) else {
        throw Problem(
          .damaged, file: file, object: group.path, found: "the layer \(layer) in layer_names and no group of that name",
          expected: "a group for each layer")
      }
      tensors += try layerGroup.kerasWeights(of: layer, file: file)
    }
    // Keras 2.10 and later keep variables that belong to no layer here, outside layer_names.
    let topLevel = "top_level_model_weights"
    if !seen.contains(topLevel), case .group(let extra)? = try group.object(topLevel) {
      tensors += try extra.kerasWeights(of: topLevel, file: file)
      seen.insert(topLevel)
    }
    var remarks: [String] = []
    for name in try group.links() where !seen.contains(name) && group.path != "/" {
      remarks.append("The group \(name) is not listed in layer_names and is passed over.")
    }
    if case .group? = try root.object("optimizer_weights") {
      remarks.append("The optimizer's state (optimizer_weights) is passed over unread.")
    }
    self.init(
      file: file, container: container, tensors: tensors, layers: layers,
      facts: try root.facts(named: ["keras_version", "backend"]),
      modelConfiguration: try root.attribute("model_config").map { try JSON(parsing: $0.text(), file: file) },
      remarks: remarks)
  }

  /// Lists every dataset of a file that Keras did not write, by its path.
  private init(plainHDF5 hdf5: HDF5File, file: String) throws {
    var tensors: [CheckpointTensor] = []
    var remarks: [String] = []
    for object in try hdf5.objects() {
      switch object {
      case .dataset(let dataset):
        tensors.append(try CheckpointTensor(name: String(dataset.path.dropFirst()), dataset: dataset, file: file))
      case .other(let path, let problem):
        remarks.append("\(path) is passed over: \(problem.found).")
      case .group: break
      }
    }
    self.init(file: file, container: .hdf5, tensors: tensors, remarks: remarks)
  }
}

extension Group {
  /// Reads a list of names, which Keras splits over `layer_names0`, `layer_names1`, … when it exceeds 64,512 bytes.
  fileprivate func names(in attribute: String) throws -> [String]? {
    if let whole = try self.attribute(attribute) { return try whole.strings() }
    var names: [String]?
    var part = 0
    while let piece = try self.attribute("\(attribute)\(part)") {
      names = try (names ?? []) + piece.strings()
      part += 1
    }
    return names
  }

  fileprivate func kerasWeights(of layer: String, file: String) throws -> [CheckpointTensor] {
    let paths = try names(in: "weight_names") ?? []
    return try paths.enumerated().map { position, path in
      guard case .dataset(let dataset)? = try object(at: path) else {
        throw Problem(
          .damaged, file: file, object: self.path, found: "the weight \(path) in weight_names and no dataset there",
          expected: "a dataset for each weight")
      }
      return try CheckpointTensor(name: "\(layer)[\(position)]", dataset: dataset, file: file)
    }
  }

  fileprivate func facts(named names: [String]) throws -> [Checkpoint.Fact] {
    try names.compactMap { name in
      try attribute(name).map { Checkpoint.Fact(name: name, value: try $0.text()) }
    }
  }
}

extension CheckpointTensor {
  /// What our reader does not support, libhdf5 reads in a process of its own; what it calls damaged stays damaged.
  fileprivate init(name: String, dataset: Dataset, file: String) throws {
    let unsupported = dataset.unreadable?.kind == .unsupported
    self.init(
      name: name, path: dataset.path, storage: dataset.storage.wording,
      source: unsupported
        ? try isolatedDataset(dataset.path, of: file, elementType: dataset.elementType, shape: dataset.shape)
        : dataset)
  }
}

extension Dataset.Storage {
  /// The storage in words.
  fileprivate var wording: String {
    switch self {
    case .contiguous: "contiguous"
    case .compact: "compact"
    case .chunked(let extents, let filters): (["chunked \(extents)"] + filters).joined(separator: ", ")
    case .external: "external"
    case .virtual: "virtual"
    case .unknown: "unknown"
    }
  }
}
