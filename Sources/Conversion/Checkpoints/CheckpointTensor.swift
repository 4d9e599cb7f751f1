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
}

/// Something that a checkpoint lists as a tensor and Ingot does not read.
public struct UnreadTensor: Sendable {
  /// The address that it would have.
  public let name: String
  /// Why it is not read.
  public let problem: Problem
}
