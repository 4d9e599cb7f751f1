import Bytes
import NumPy
import Zip

extension Checkpoint {
  /// Takes the arrays of an archive under their keys.
  ///
  /// - Throws: `Problem` when the archive is damaged.
  init(numpyArchive bytes: ByteView) throws {
    let archive = try NumPyArchive(bytes)
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    var remarks = archive.ignored.map { "The member \($0) is no array and is passed over." }
    for entry in archive.arrays {
      switch entry.array {
      case .success(let array):
        tensors.append(
          CheckpointTensor(name: entry.name, path: entry.member.name, storage: "\(entry.member.method)", source: array))
        remarks += array.remarks.map { "\(entry.name): \($0)." }
      case .failure(let problem) where problem.kind == .damaged: throw problem
      case .failure(let problem): unread.append(UnreadTensor(name: entry.name, problem: problem))
      }
    }
    self.init(
      file: bytes.file, container: .numpyArchive, tensors: tensors, unread: unread, remarks: remarks,
      members: archive.arrays.map(\.member).filter { $0.method == .stored })
  }

  /// Takes a single array, which has no name of its own, under its file's.
  init(numpyArray bytes: ByteView) throws {
    let array = try NumPyArray(bytes)
    let name = bytes.file.split(separator: "/").last.map(String.init) ?? bytes.file
    self.init(
      file: bytes.file, container: .numpyArray,
      tensors: [CheckpointTensor(name: name, path: name, storage: "contiguous", source: array)],
      remarks: array.remarks.map { "\(name): \($0)." })
  }
}
