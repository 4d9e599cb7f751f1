import Bytes
import NumPy
import Zip

extension Checkpoint {
  /// Opens a ZIP archive: one of arrays, or one of Keras.
  init(archive bytes: ByteView) throws {
    let archive = try ZipArchive(bytes)
    if archive.members.contains(where: { ["model.weights.h5", "model.weights.npz"].contains($0.name) }) {
      self = try Checkpoint(kerasArchive: archive)
    } else {
      try Checkpoint.checkIsNumPy(archive)
      self = try Checkpoint(numpyArchive: bytes)
    }
  }

  /// Takes the arrays of an archive under their keys.
  ///
  /// - Throws: `Problem` when the archive is damaged, or is a ZIP file of another kind, which it names.
  private init(numpyArchive bytes: ByteView) throws {
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
    self.init(file: bytes.file, container: .numpyArchive, tensors: tensors, unread: unread, remarks: remarks)
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

  /// Names the kinds of ZIP file that are no archive of arrays; an archive without any member is an empty one.
  private static func checkIsNumPy(_ archive: ZipArchive) throws {
    func problem(_ kind: Problem.Kind, _ found: String, _ advice: String) -> Problem {
      Problem(kind, file: archive.bytes.file, found: found, expected: Problem.readableKinds, advice: advice)
    }
    let names = archive.members.map(\.name)
    if names.contains(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) {
      throw problem(
        .unsupported, "a PyTorch file", "Load it in PyTorch and save the weights with the safetensors library")
    }
    if !names.isEmpty, !names.contains(where: { $0.hasSuffix(".npy") }) {
      throw problem(.mismatched, "a ZIP archive without an array in it", "Unpack it and name the file with the weights")
    }
  }
}
