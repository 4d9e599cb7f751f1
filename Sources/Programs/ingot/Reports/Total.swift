import Checkpoints
import Tensors

/// Some tensors, added up; what a hostile file claims beyond the largest integer counts as the largest integer.
struct Total {
  let name: String
  private(set) var tensors = 0
  private(set) var elements = 0
  private(set) var bytes = 0

  init(_ name: String) {
    self.name = name
  }

  /// - Parameter isShared: Whether the bytes are another tensor's and are counted there.
  mutating func add(_ source: any TensorSource, isShared: Bool) {
    tensors += 1
    guard !isShared else { return }
    elements = elements.saturatingSum(source.shape.elementCount)
    bytes = bytes.saturatingSum(source.byteCount)
  }
}

extension [CheckpointTensor] {
  /// The size of all the tensors.
  var byteCount: Int { reduce(0) { $0.saturatingSum($1.source.byteCount) } }
}

extension Int {
  fileprivate func saturatingSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
