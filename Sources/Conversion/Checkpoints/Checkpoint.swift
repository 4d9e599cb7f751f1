import Bytes
import JSON
import PyTorch
import TensorFlow
import Tensors
import Zip

/// A source of trained weights, whatever its container, as one list of named tensors.
///
/// Opening reads names, types and shapes only; each tensor reads its own contents when it is asked to.
public struct Checkpoint: Sendable {
  /// The path as the user gave it.
  public let file: String
  /// The kind of file, told by its content and not by its extension.
  public let container: Container
  /// Every weight, in the container's own order.
  public let tensors: [CheckpointTensor]
  /// What the container lists beside them and Ingot does not read, in no order.
  public let unread: [UnreadTensor]
  /// The names of all layers, those without weights included, in the model's order where the file tells it; empty when
  /// the container has no layers.
  public let layers: [String]
  /// What the file says of its origin, such as `keras_version`: shown to people, never interpreted.
  public let facts: [Fact]
  /// The model's own description of its layers, where the container carries one.
  public let modelConfiguration: JSON?
  /// What was met and passed over, as sentences for people.
  public let remarks: [String]
  /// Why names may be of no use to a name table, and what helps; nil when the file tells all of them.
  public let naming: Problem?
  /// The remarks that are about more than a single tensor passed over.
  let ownRemarks: [String]
  /// The parts of an archive whose checksums are not compared as tensors are read.
  let members: [ZipMember]
  /// The parts of an archive that somebody else had to fill after it was written.
  let reserved: [ZipMember]
  /// Whether the file names all that it held, which it need not if it is cut short.
  let isListWhole: Bool
  /// The place of the first tensor of each name.
  private let places: [Spelling: Int]

  /// One thing that a file says of itself.
  public struct Fact: Hashable, Sendable {
    /// What the fact is about.
    public let name: String
    /// What the file says.
    public let value: String
  }

  init(
    file: String, container: Container, tensors: [CheckpointTensor], unread: [UnreadTensor] = [],
    layers: [String] = [], facts: [Fact] = [], modelConfiguration: JSON? = nil, remarks: [String] = [],
    naming: Problem? = nil, members: [ZipMember] = [], reserved: [ZipMember] = [], isListWhole: Bool = true
  ) {
    self.file = file
    self.container = container
    self.tensors = tensors
    self.unread = unread
    self.layers = layers
    self.facts = facts
    self.modelConfiguration = modelConfiguration
    self.naming = naming
    self.members = members
    self.reserved = reserved
    self.isListWhole = isListWhole
    ownRemarks = remarks
    self.remarks =
      remarks + [sharedBytesRemark(on: tensors, in: container)].compactMap(\.self)
      + Checkpoint.remarks(on: unread)
    places = Dictionary(tensors.enumerated().map { (Spelling($1.name), $0) }) { first, _ in first }
  }

  /// The checkpoint with further tensors, which lie elsewhere.
  package func adding(_ others: [CheckpointTensor]) -> Checkpoint {
    others.isEmpty
      ? self
      : Checkpoint(
        file: file, container: container, tensors: tensors + others, unread: unread, layers: layers, facts: facts,
        modelConfiguration: modelConfiguration, remarks: ownRemarks, naming: naming, members: members,
        reserved: reserved, isListWhole: isListWhole)
  }

  /// The one reason for which none of the tensors that are listed is read; nil where some are, or the reasons differ.
  public var whyNothingIsRead: Problem? {
    guard tensors.isEmpty, var problem = unread.first?.problem,
      unread.allSatisfy({ $0.problem.found == problem.found })
    else { return nil }
    if unread.count > 1 { problem.object = "all \(unread.count) tensors" }
    return problem
  }

  /// Says what is passed over: one line for each reason, with the first few names where several tensors share it.
  private static func remarks(on unread: [UnreadTensor]) -> [String] {
    var reasons: [String] = []
    var names: [String: [String]] = [:]
    for tensor in unread {
      let reason = tensor.problem.found
      if names[reason] == nil { reasons.append(reason) }
      names[reason, default: []].append(tensor.name)
    }
    return reasons.map { reason in
      let names = names[reason] ?? []
      guard names.count > 1 else { return "\(names.joined()) is passed over: \(reason)." }
      return "\(names.count) tensors are passed over: \(reason). They are \(beginning(of: names))."
    }
  }

  /// Opens a file of any kind that Ingot reads, or a checkpoint of several files by any of them or by what they have in common.
  ///
  /// - Parameter path: A file; the prefix (`bert_model.ckpt`), the index or a data file of a TensorFlow checkpoint, or its
  ///   folder; the index (`model.safetensors.index.json`) or a shard of a checkpoint in shards, or its folder.
  /// - Throws: `Problem`, also for files that are recognised and not read (a web page, a Git-LFS pointer, a pickle): the
  ///   message says what the file is.
  public init(opening path: String) throws {
    if let index = try TensorFlowCheckpoint.index(for: path) {
      self = try Checkpoint(tensorFlow: TensorFlowCheckpoint(opening: index))
    } else if Checkpoint.isKerasIndex(path) {
      self = try Checkpoint(kerasIndex: path)
    } else if let index = try ShardIndex.path(for: path) {
      self = try Checkpoint(sharded: ShardIndex(ByteView(mapping: index)))
    } else {
      try self.init(reading: ByteView(mapping: path), folder: Path(path).folder.text)
    }
  }

  /// Opens the bytes of a file, whose name the view carries.
  ///
  /// - Parameter folder: The folder that the file lies in; nil for bytes in memory.
  init(reading bytes: ByteView, folder: String? = nil) throws {
    switch try Container(recognising: bytes) {
    case .kerasWeights, .kerasModel, .keras3Weights, .hdf5: self = try Checkpoint(hdf5: bytes, folder: folder)
    case .numpyArchive: self = try Checkpoint(numpyArchive: bytes)
    case .kerasArchive: self = try Checkpoint(kerasArchive: ZipArchive(bytes).members, file: bytes.file)
    case .numpyArray: self = try Checkpoint(numpyArray: bytes)
    case .safetensors, .shardedSafetensors: self = try Checkpoint(safetensors: bytes)
    case .pytorch, .pytorchStream, .shardedPyTorch:
      self = try Checkpoint(
        pytorch: PyTorchFile(bytes), container: Container(recognising: bytes), file: bytes.file)
    case .tensorFlowCheckpoint:
      self = try Checkpoint(tensorFlow: TensorFlowCheckpoint(index: bytes) { try ByteView(mapping: $0) })
    }
  }

  /// Returns the tensor that name tables know under a name, compared byte by byte, or the part of one (``TensorPart``); nil
  /// when there is none.
  public func tensor(addressedAs name: String) -> CheckpointTensor? {
    if let place = places[Spelling(name)] { return tensors[place] }
    guard let part = TensorPart(addressedAs: name), let place = places[Spelling(part.whole)] else { return nil }
    let whole = tensors[place]
    return whole.source.part(part).map {
      CheckpointTensor(name: name, path: whole.path, storage: whole.storage, source: $0)
    }
  }

  /// Reads the members of an archive whole and compares the CRC-32 that it keeps of each.
  ///
  /// Checksums that lie with the tensors themselves (compressed members, HDF5's, TensorFlow's) are compared whenever those are
  /// read.
  ///
  /// - Throws: `Problem` of kind *damaged* when a member's contents changed after it was written.
  public func verifyChecksums() throws {
    try forEachInParallel(members) { try $0.verifyChecksum() }
  }

  /// Compares checksums as ``verifyChecksums()`` does, and demands that room left for weights was filled.
  ///
  /// - Throws: `Problem` of kind *damaged* when a member's contents changed after it was written, *refused* when room was left
  ///   for all of them and never filled: zeros would pass for weights.
  public func verifyMembers() throws {
    try verifyChecksums()
    guard !reserved.isEmpty, try reserved.allSatisfy({ try $0.holdsOnlyZeros() }) else { return }
    throw Problem(
      .refused, file: file,
      found: "nothing but zeros in the \(reserved.count) storages for which room was left (skip_data)",
      expected: "weights that somebody wrote there",
      advice: "Fill the file by the program for which it was made, or save the weights again without skip_data")
  }

  /// Returns the tensor of a name, or the one at a path inside the container; names are compared byte by byte.
  ///
  /// - Throws: `Problem`: why it is not read when the container lists it all the same, such as a pickled array;
  ///   *mismatched* when there is none.
  public func tensor(named name: String) throws -> CheckpointTensor {
    let wanted = Spelling(name)
    if let tensor = tensor(addressedAs: name) ?? tensors.first(where: { Spelling($0.path) == wanted }) {
      return tensor
    }
    if let unread = unread.first(where: { Spelling($0.name) == wanted }) { throw unread.problem }
    throw Problem(.mismatched, file: file, found: "no tensor \(name)", expected: "one of its \(tensors.count) tensors")
  }
}
