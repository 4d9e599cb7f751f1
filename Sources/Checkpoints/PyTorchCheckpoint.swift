import Bytes
import PyTorch

extension Checkpoint {
  /// Takes the weights of a file of `torch.save`.
  init(pytorch bytes: ByteView, container: Container) throws {
    let file = try PyTorchFile(bytes)
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    for entry in file.tensors {
      switch entry.tensor {
      case .success(let source):
        tensors.append(CheckpointTensor(name: entry.name, path: entry.path, storage: entry.storage, source: source))
      case .failure(let problem): unread.append(UnreadTensor(name: entry.name, problem: problem))
      }
    }
    self.init(
      file: bytes.file, container: container, tensors: tensors, unread: unread,
      facts: file.facts.map { Fact(name: $0.name, value: $0.value) }, remarks: file.remarks)
  }
}
