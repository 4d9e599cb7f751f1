import Bytes
import TensorFlow
import Tensors

extension Checkpoint {
  /// Takes the tensors of a TensorFlow checkpoint: under their names, or in one that Keras saved as objects, by layer.
  ///
  /// A tensor whose data file is missing or short is unread, as one of texts is.
  init(tensorFlow checkpoint: TensorFlowCheckpoint) throws {
    let graph = Result { try checkpoint.objectGraph() }
    let objects = KerasObjectNames(of: try? graph.get())
    var tensors: [(place: Int, tensor: CheckpointTensor)] = []
    var unread: [UnreadTensor] = []
    for entry in checkpoint.entries where entry.name != ObjectGraph.key {
      let object = objects.names[Spelling(entry.name)]
      let name = object?.name ?? entry.name.withoutAttribute
      switch entry.tensor {
      case .success(let source):
        let tensor = CheckpointTensor(
          name: name, path: entry.name,
          storage: entry.sliceCount.map { "\($0) slices" } ?? (checkpoint.isBigEndian ? "big-endian" : "contiguous"),
          source: source)
        tensors.append((object?.place ?? .max, tensor))
      case .failure(let problem): unread.append(UnreadTensor(name: name, problem: problem))
      }
    }
    var remarks: [String] = []
    if case .failure(let error) = graph { remarks.append("The graph of objects cannot be read: \(error)") }
    if let graph = try? graph.get(), !graph.nodes.isEmpty { remarks.append(objects.remark) }
    // Equal places keep the order of the index: the position breaks the tie.
    let order = tensors.indices.sorted { (tensors[$0].place, $0) < (tensors[$1].place, $1) }
    self.init(
      file: checkpoint.file, container: .tensorFlowCheckpoint, tensors: order.map { tensors[$0].tensor },
      unread: unread, remarks: remarks)
  }
}

extension String {
  /// The name of a tensor of an object-based checkpoint without the part that all have in common.
  fileprivate var withoutAttribute: String {
    let ending = "/.ATTRIBUTES/VARIABLE_VALUE"
    return hasSuffix(ending) ? String(dropLast(ending.count)) : self
  }
}
