import Bytes
import NumPy
import PyTorch
import TensorFlow
import Zip

/// What is left of a file that is cut short: an HDF5 file, a `.npz`, `.keras`, safetensors or PyTorch file, a TensorFlow checkpoint or one in
/// shards.
///
/// It presumes that the file is the beginning of a whole one, as an interrupted download leaves it. A tensor counts as whole
/// only when every one of its bytes has been read once from where the file says it is; those of archives and checkpoints also
/// have their checksums.
public struct Salvage: Sendable {
  /// The tensors that survive whole, with what else the file tells; what is lost is among its `unread`.
  public let checkpoint: Checkpoint
  /// What does not survive, in the order of the file, as far as the file still names it.
  public let lost: [UnreadTensor]
  /// Whether the file still names everything that it held.
  public var isListWhole: Bool { checkpoint.isListWhole }

  /// Reads what is there of a file, to its end.
  ///
  /// - Parameter path: As `Checkpoint.init(opening:)` takes it.
  /// - Throws: `Problem` when nothing can be listed, and as opening does for files of kinds that cannot be salvaged.
  public init(of path: String) throws {
    let listed: Checkpoint
    if let index = try TensorFlowCheckpoint.index(for: path) {
      listed = try Checkpoint(tensorFlow: TensorFlowCheckpoint(opening: index))
    } else if Checkpoint.isKerasIndex(path) {
      listed = try Checkpoint(kerasIndex: path, isCutShort: true)
    } else if let index = try ShardIndex.path(for: path) {
      listed = try Checkpoint(sharded: ShardIndex(ByteView(mapping: index)), isCutShort: true)
    } else {
      listed = try Checkpoint(beginningOf: ByteView(mapping: path))
    }
    var whole: [CheckpointTensor] = []
    var lost: [UnreadTensor] = listed.unread.filter { [.damaged, .unavailable].contains($0.problem.kind) }
    for tensor in listed.tensors {
      do {
        try tensor.source.forEachTile { _, _ in }
        whole.append(tensor)
      } catch let problem as Problem {
        lost.append(UnreadTensor(name: tensor.name, problem: problem))
      }
    }
    self.lost = lost
    let names = Set(lost.map { Spelling($0.name) })
    let others = listed.unread.filter { !names.contains(Spelling($0.name)) }
    checkpoint = Checkpoint(
      file: listed.file, container: listed.container, tensors: whole, unread: others + lost, layers: listed.layers,
      facts: listed.facts, modelConfiguration: listed.modelConfiguration, remarks: listed.ownRemarks,
      naming: listed.naming, isListWhole: listed.isListWhole)
  }
}

extension Checkpoint {
  /// Lists what the beginning of a file names.
  init(beginningOf bytes: ByteView) throws {
    // The directory, by which kinds of archives are told, is at the end that is missing.
    if bytes.head(4) == Array("PK\u{3}\u{4}".utf8) {
      self = try Checkpoint(beginningOfArchive: bytes)
      return
    }
    switch try Container(recognising: bytes) {
    case .kerasWeights, .kerasModel, .keras3Weights, .hdf5: self = try Checkpoint(hdf5: bytes, isCutShort: true)
    case .safetensors: self = try Checkpoint(safetensors: bytes, isCutShort: true)
    case .pytorchStream:
      self = try Checkpoint(
        pytorch: PyTorchFile(bytes, isCutShort: true), container: .pytorchStream, file: bytes.file)
    default: self = try Checkpoint(reading: bytes)
    }
  }

  /// Takes what is left of an archive that has lost its directory; each member that is whole must have its checksum.
  private init(beginningOfArchive bytes: ByteView) throws {
    let beginning = try ZipArchive.beginning(of: bytes)
    let names = beginning.members.map(\.name) + [beginning.cut?.name].compactMap(\.self)
    switch try Container(ofArchive: names, file: bytes.file) {
    case .pytorch:
      self = try Checkpoint(pytorch: PyTorchFile(bytes, isCutShort: true), container: .pytorch, file: bytes.file)
    case .kerasArchive: self = try Checkpoint(kerasArchive: beginning, file: bytes.file)
    default: self = try Checkpoint(numpyArchive: beginning, file: bytes.file)
    }
  }

  private init(numpyArchive beginning: ZipArchive.Beginning, file: String) throws {
    var tensors: [CheckpointTensor] = []
    var unread = beginning.cut.map { [UnreadTensor(name: $0.name.withoutExtension, problem: $0.problem)] } ?? []
    for entry in try NumPyArchive(beginning.members).arrays {
      do {
        try entry.member.verifyChecksum()
        tensors.append(
          CheckpointTensor(
            name: entry.name, path: entry.member.name, storage: "\(entry.member.method)",
            source: try entry.array.get()))
      } catch let problem as Problem {
        unread.append(UnreadTensor(name: entry.name, problem: problem))
      }
    }
    self.init(
      file: file, container: .numpyArchive, tensors: tensors, unread: unread, isListWhole: beginning.isListWhole)
  }
}

extension String {
  /// The key of an array by the name of its member.
  fileprivate var withoutExtension: String { hasSuffix(".npy") ? String(dropLast(4)) : self }
}
