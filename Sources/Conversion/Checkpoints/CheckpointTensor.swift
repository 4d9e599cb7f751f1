import Bytes
import Tensors

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

  /// Describes one weight.
  package init(name: String, path: String, storage: String, source: any TensorSource) {
    self.name = name
    self.path = path
    self.storage = storage
    self.source = source
  }
}

/// Something that a checkpoint lists as a tensor and Ingot does not read.
public struct UnreadTensor: Sendable {
  /// The address that it would have.
  public let name: String
  /// Why it is not read.
  public let problem: Problem
}
