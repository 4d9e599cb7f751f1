import PyTorch

extension Checkpoint {
  /// Takes the weights of a file of `torch.save`.
  init(pytorch contents: PyTorchFile, container: Container, file: String) {
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    for entry in contents.tensors {
      switch entry.tensor {
      case .success(let source):
        tensors.append(CheckpointTensor(name: entry.name, path: entry.path, storage: entry.storage, source: source))
      case .failure(let problem): unread.append(UnreadTensor(name: entry.name, problem: problem))
      }
    }
    self.init(
      file: file, container: container, tensors: tensors, unread: unread,
      facts: contents.facts.map { Fact(name: $0.name, value: $0.value) }, remarks: contents.remarks,
      members: contents.members, reserved: contents.reserved)
  }
}
