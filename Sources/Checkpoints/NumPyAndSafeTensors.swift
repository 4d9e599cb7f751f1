import Bytes
import NumPy
import SafeTensors
import Tensors

extension Checkpoint {
  /// Takes the arrays of an archive under their keys.
  init(numpyArchive bytes: ByteView) throws {
    let archive = try NumPyArchive(bytes)
    var tensors: [CheckpointTensor] = []
    var remarks = archive.ignored.map { "The member \($0) is no array and is passed over." }
    for entry in archive.arrays {
      switch entry.array {
      case .success(let array):
        tensors.append(
          CheckpointTensor(
            name: entry.name, path: entry.member.name, storage: "\(entry.member.method)", source: array))
      case .failure(let problem) where problem.kind == .damaged: throw problem
      case .failure(let problem): remarks.append("The array \(entry.name) is passed over: \(problem.found).")
      }
    }
    self.init(file: bytes.file, container: .numpyArchive, tensors: tensors, remarks: remarks)
  }

  /// Takes a single array, which has no name of its own, under its file's.
  init(numpyArray bytes: ByteView) throws {
    let name = bytes.file.split(separator: "/").last.map(String.init) ?? bytes.file
    self.init(
      file: bytes.file, container: .numpyArray,
      tensors: [CheckpointTensor(name: name, path: name, storage: "contiguous", source: try NumPyArray(bytes))])
  }

  /// Takes the tensors of a safetensors file under their names.
  init(safetensors bytes: ByteView) throws {
    let file = try SafeTensorsFile(bytes)
    var tensors: [CheckpointTensor] = []
    var remarks: [String] = []
    for entry in file.tensors {
      if entry.elementType != nil, let tensor = try file.tensor(entry.name) {
        tensors.append(
          CheckpointTensor(name: entry.name, path: entry.name, storage: "contiguous", source: tensor))
      } else {
        remarks.append("The tensor \(entry.name) is passed over: its type \(entry.dataType.rawValue) is not read.")
      }
    }
    self.init(
      file: bytes.file, container: .safetensors, tensors: tensors,
      facts: file.metadata.map { Fact(name: $0.name, value: $0.value) }, remarks: remarks)
  }
}
