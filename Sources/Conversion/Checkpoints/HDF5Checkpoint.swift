import Bytes
import HDF5
import JSON

/// HDF5 files: those of Keras by its conventions, all others by the paths of their datasets.
///
/// What is read is written down in `Formats/Checkpoints/Keras.md`.
extension Checkpoint {
  ///
  /// - Parameter isCutShort: Whether the end of the file is missing, and what is there is wanted.
  init(hdf5 bytes: ByteView, folder: String? = nil, isCutShort: Bool = false) throws {
    let hdf5 = try HDF5File(bytes, isCutShort: isCutShort)
    if try hdf5.root.hasNames(in: "layer_names") {
      if !isCutShort, let remark = try hdf5.root.remarkOnLayersWithoutGroups(file: bytes.file) {
        self = try Checkpoint(datasetsOf: hdf5, file: bytes.file, remarks: [remark])
        try checkByteCount(in: bytes.count)
        return
      }
      self = try Checkpoint(
        kerasLayersIn: hdf5.root, of: hdf5, container: .kerasWeights, file: bytes.file, byteCount: bytes.count,
        isCutShort: isCutShort)
    } else if case .group(let weights)? = try hdf5.root.object("model_weights") {
      self = try Checkpoint(
        kerasLayersIn: weights, of: hdf5, container: .kerasModel, file: bytes.file, byteCount: bytes.count,
        isCutShort: isCutShort)
    } else if try Keras3Variables.are(in: hdf5) {
      self = try Checkpoint(keras3: hdf5, file: bytes.file, folder: folder, isCutShort: isCutShort)
    } else {
      self = try Checkpoint(datasetsOf: hdf5, file: bytes.file)
    }
    try checkByteCount(in: bytes.count)
  }

  /// Refuses a file of HDF5 whose tensors together are far more than what is stored: chunks that unfold to nothing but zeros, and many
  /// datasets over one place.
  func checkByteCount(in fileByteCount: Int) throws {
    let most = Dataset.mostBytes(in: fileByteCount)
    var left = most
    // Those that alone are too large are listed, and not read.
    for tensor in tensors where (tensor.source as? Dataset)?.unreadable == nil {
      left -= min(left + 1, tensor.source.byteCount)
      guard left >= 0 else {
        throw Problem(
          .refused, file: file, object: tensor.path, found: "tensors of more than \(most) bytes together",
          expected: "at most 16 times the \(fileByteCount) bytes of the file and a gigabyte",
          advice: "If they are worth so much, copy the file with h5repack -l CONTI -f NONE")
      }
    }
  }

  /// Reads what `save_weights` (then `group` is the root) or `save` of Keras 1 and 2 wrote.
  private init(
    kerasLayersIn group: Group, of hdf5: HDF5File, container: Container, file: String, byteCount: Int, isCutShort: Bool
  ) throws {
    var layers = KerasLayers(file: file, byteCount: byteCount, isCutShort: isCutShort)
    try layers.read(group, besides: container == .kerasModel ? [] : ["optimizer_weights"])
    if container == .kerasModel, !isCutShort {
      try layers.noteUnlisted(in: hdf5.root, besides: ["model_weights", "optimizer_weights"])
    }
    let facts = hdf5.root.facts(named: ["keras_version", "backend"])
    var remarks = layers.remarks
    if try hdf5.root.links().contains("optimizer_weights") {
      remarks.append("The optimizer's state (optimizer_weights) is passed over unread.")
    }
    if facts.contains(Fact(name: "backend", value: "theano")) {
      remarks.append("Keras wrote this on Theano, which flips the kernels of convolutions; they are taken as they are.")
    }
    self.init(
      file: file, container: container, tensors: layers.tensors, unread: layers.unread, layers: layers.names,
      facts: facts,
      modelConfiguration: try isCutShort
        ? try? hdf5.root.modelConfiguration(file: file) : hdf5.root.modelConfiguration(file: file), remarks: remarks)
  }

  /// Lists every dataset by its path.
  private init(datasetsOf hdf5: HDF5File, file: String, remarks: [String] = []) throws {
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    var guessed: [String] = []
    var isListWhole = !hdf5.root.hasLostLinks
    for object in try hdf5.objects() {
      let name = String(object.path.dropFirst())
      switch object {
      case .dataset(let dataset):
        tensors.append(CheckpointTensor(name: name, dataset: dataset))
        if dataset.isGuessed { guessed.append(name) }
      case .other(_, let problem):
        unread.append(UnreadTensor(name: name, problem: problem))
        // What cannot be reached may have been a group.
        if problem.kind == .damaged { isListWhole = false }
      case .group(let group): if group.hasLostLinks { isListWhole = false }
      }
    }
    self.init(
      file: file, container: .hdf5, tensors: tensors, unread: unread,
      remarks: remarks + [guessRemark(on: guessed)].compactMap(\.self), isListWhole: isListWhole)
  }
}

extension Group {
  /// Says that none of the layers that are listed has a group, in which case nothing is lost by reading the file without Keras'
  /// conventions; nil when one has, or there are none.
  fileprivate func remarkOnLayersWithoutGroups(file: String) throws -> String? {
    guard let layers = try names(in: "layer_names", file: file), !layers.isEmpty else { return nil }
    let links = Set(try links().map { Spelling($0) })
    guard layers.allSatisfy({ !links.contains(Spelling($0)) }) else { return nil }
    return
      "layer_names lists \(layers.count) \(layers.count == 1 ? "layer" : "layers"), \(beginning(of: layers)), and none has a group: "
      + "the file's datasets are listed by their paths."
  }

  /// What the group says of its origin; an attribute that is no text says nothing, and weights do not depend on it.
  fileprivate func facts(named names: [String]) -> [Checkpoint.Fact] {
    names.compactMap { name in
      (try? attribute(name)?.text()).map { Checkpoint.Fact(name: name, value: $0) }
    }
  }

  /// The JSON that `save` writes beside the weights; nil when there is none.
  fileprivate func modelConfiguration(file: String) throws -> JSON? {
    guard let text = try attribute("model_config")?.text() else { return nil }
    do {
      return try JSON(parsing: text, file: file)
    } catch var problem as Problem {
      problem.object = "model_config"
      throw problem
    }
  }
}
