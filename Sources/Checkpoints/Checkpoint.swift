import Bytes
import JSON
import TensorFlow
import Tensors

/// A source of trained weights, whatever its container, as one list of named tensors.
///
/// Opening reads names, types and shapes only; each tensor reads its own contents when it is asked to.
public struct Checkpoint: Sendable {
  /// The path as the user gave it.
  public let file: String
  /// The kind of file, told by its content and not by its extension.
  public let container: Container
  /// Every weight, in the container's own order.
  public let tensors: [CheckpointTensor]
  /// The names of all layers in model order, those without weights included; empty when the container has no layers.
  public let layers: [String]
  /// What the file says of its origin, such as `keras_version`: shown to people, never interpreted.
  public let facts: [Fact]
  /// The model's own description of its layers, where the container carries one.
  public let modelConfiguration: JSON?
  /// What was met and passed over, as sentences for people.
  public let remarks: [String]

  /// One thing that a file says of itself.
  public struct Fact: Hashable, Sendable {
    /// What the fact is about.
    public let name: String
    /// What the file says.
    public let value: String
  }

  init(
    file: String, container: Container, tensors: [CheckpointTensor], layers: [String] = [], facts: [Fact] = [],
    modelConfiguration: JSON? = nil, remarks: [String] = []
  ) {
    self.file = file
    self.container = container
    self.tensors = tensors
    self.layers = layers
    self.facts = facts
    self.modelConfiguration = modelConfiguration
    self.remarks = remarks
  }

  /// Opens a file of any kind that Ingot reads, or the files of a TensorFlow checkpoint by what they have in common.
  ///
  /// - Parameter path: A file; the prefix (`bert_model.ckpt`), the index or a data file of a TensorFlow checkpoint, or its
  ///   folder.
  /// - Throws: `Problem`, also for files that are recognised and not read (a web page, a Git-LFS pointer, a pickle): the
  ///   message says what the file is.
  public init(opening path: String) throws {
    if let index = try TensorFlowCheckpoint.index(for: path) {
      self = try Checkpoint(tensorFlow: index)
      return
    }
    let bytes = try ByteView(mapping: path)
    switch try Container(recognising: bytes) {
    case .hdf5, .kerasWeights, .kerasModel: self = try Checkpoint(hdf5: bytes)
    case .numpyArchive: self = try Checkpoint(numpyArchive: bytes)
    case .numpyArray: self = try Checkpoint(numpyArray: bytes)
    case .safetensors: self = try Checkpoint(safetensors: bytes)
    case .tensorFlowCheckpoint: self = try Checkpoint(tensorFlow: path)
    }
  }
}

/// One weight of a checkpoint.
public struct CheckpointTensor: Sendable {
  /// The address that name tables use: `Embedding-Token[0]`, or the container's own name where that identifies a weight.
  public let name: String
  /// Where the tensor lies inside the container: a dataset path, an archive's member.
  public let path: String
  /// How it is stored there, for people: `contiguous`, `chunked [64, 64], deflate`.
  public let storage: String
  /// The tensor itself.
  public let source: any TensorSource
}
