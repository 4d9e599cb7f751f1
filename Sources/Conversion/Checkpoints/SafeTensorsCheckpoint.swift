import Bytes
import SafeTensors

extension Checkpoint {
  /// Takes the tensors of a safetensors file under their names.
  ///
  /// - Parameter isCutShort: Whether the end of the file is missing, and what is there is wanted.
  init(safetensors bytes: ByteView, isCutShort: Bool = false) throws {
    let file = try SafeTensorsFile(bytes, isCutShort: isCutShort)
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    for entry in file.tensors {
      do {
        guard let tensor = try file.tensor(entry.name) else { continue }
        tensors.append(
          CheckpointTensor(name: entry.name, path: entry.name, storage: "contiguous", source: tensor))
      } catch let problem as Problem where problem.kind == .unsupported || isCutShort {
        unread.append(UnreadTensor(name: entry.name, problem: problem))
      }
    }
    self.init(
      file: bytes.file, container: .safetensors, tensors: tensors, unread: unread,
      facts: file.metadata.map { Fact(name: $0.name, value: $0.value) })
  }
}
