import Bytes
import Tensors
import Zip

/// A file of `torch.save`: the weights in it, found without running anything.
///
/// Opening reads the pickle, which names the tensors; their contents stay where they are until they are read.
/// Sources: `torch/serialization.py`, `torch/_weights_only_unpickler.py` and `torch/_utils.py` of PyTorch 2.2, and of 1.4 for the
/// stream form.
public struct PyTorchFile: Sendable {
  /// The weights, in the order of the file.
  public let tensors: [Entry]
  /// Numbers and texts that lie beside the weights.
  public let facts: [(name: String, value: String)]
  /// What was met and passed over, as sentences for people.
  public let remarks: [String]
  /// The members of an archive that the weights come from, as far as their CRC-32 can be compared; none of a stream.
  public let members: [ZipMember]
  /// The storages of an archive for whose contents room was left, which somebody else had to fill (`torch.serialization.skip_data`).
  public let reserved: [ZipMember]

  /// One weight.
  public struct Entry: Sendable {
    /// The name in the model.
    public let name: String
    /// The way to it in the file: `state_dict/module.bert.pooler.dense.weight`.
    public let path: String
    /// How it is stored, for people.
    public let storage: String
    /// The tensor, or why it is not read: its elements are no numbers that Ingot has.
    public let tensor: Result<any TensorSource, Problem>
  }

  /// Opens a file of either form.
  ///
  /// - Parameter isCutShort: Whether the end of the file is missing. Tensors whose storages lie there, or have another CRC-32, are
  ///   then listed with the problem.
  /// - Throws: `Problem` of kind *refused* when the file names anything of Python's but tensors and containers, a whole model among
  ///   that, and beyond the limits; *unsupported* for TorchScript, other protocols and compressed members; *damaged* when
  ///   pickle, archive and storages contradict each other; *mismatched* when there is no tensor in it.
  public init(_ bytes: ByteView, isCutShort: Bool = false) throws {
    if PyTorchFile.isStream(bytes) {
      try self.init(contents: StreamForm.read(bytes, isCutShort: isCutShort), isCutShort: isCutShort)
    } else if isCutShort {
      try self.init(contents: ArchiveForm.read(ZipArchive.beginning(of: bytes), of: bytes), isCutShort: true)
    } else {
      try self.init(contents: ArchiveForm.read(ZipArchive(bytes).members, of: bytes), isCutShort: false)
    }
  }

  /// Tells the stream form, which PyTorch wrote before version 1.6, by its beginning.
  public static func isStream(_ bytes: ByteView) -> Bool {
    StreamForm.signatureLength(of: bytes) != nil
  }

  /// Tells the archive form by the names of an archive's members.
  public static func isArchive(memberNames: [String]) -> Bool {
    memberNames.contains { ArchiveForm.root(ofPickle: $0) != nil }
  }

  private init(contents: Contents, isCutShort: Bool) throws {
    let dictionary = try StateDictionary(of: contents.root, in: contents.heap, file: contents.file)
    let (scaled, overflow) = contents.fileByteCount.multipliedReportingOverflow(by: Limits.expansion)
    var allowance = (overflow ? Int.max - (1 << 30) : min(scaled, Int.max - (1 << 30))) + (1 << 30)
    var storages: [String: Result<Storage, Problem>] = [:]
    var storing: [ZipMember] = []
    tensors = try dictionary.weights.map { weight in
      let reference = weight.view.storage
      if storages[reference.key] == nil {
        let storage = try contents.storage(reference, isCutShort: isCutShort)
        storages[reference.key] = storage
        if case .success(let storage) = storage { storing += [storage.member].compactMap(\.self) }
      }
      do {
        let bytes = try storages[reference.key]!.get().bytes
        let tensor = try weight.view.tensor(in: bytes, named: weight.name, isBigEndian: contents.isBigEndian)
        guard tensor.byteCount <= allowance else {
          throw Problem(
            .refused, file: contents.file, object: "tensor \"\(weight.name)\"", byte: weight.view.position,
            found: "tensors of more than \(Limits.expansion) times the file and a gigabyte",
            expected: "at most that much: a tensor that repeats its elements is no weight")
        }
        allowance -= tensor.byteCount
        let storage =
          tensor.contiguousBytes != nil
          ? "contiguous" : contents.isBigEndian ? "big-endian" : "strides \(weight.view.strides)"
        return Entry(name: weight.name, path: weight.path, storage: storage, tensor: .success(tensor))
      } catch let problem as Problem where problem.kind == .unsupported || isCutShort && problem.kind == .damaged {
        return Entry(name: weight.name, path: weight.path, storage: "", tensor: .failure(problem))
      }
    }
    facts = dictionary.facts
    let members = contents.members + storing
    self.members = members.filter { !$0.lacksChecksum }
    // Whoever computes no checksums at all computes none of the pickle, either.
    let isFilledLater = !contents.members.isEmpty && !contents.members.contains(where: \.lacksChecksum)
    reserved = isFilledLater ? storing.filter(\.lacksChecksum) : []
    remarks =
      dictionary.remarks
      + [PyTorchFile.remark(onMembersWithoutChecksum: members, reserved: reserved.count)].compactMap(\.self)
  }

  /// Says of a file that ends inside its pickle what that means.
  static func withoutPickle(_ problem: Problem) -> Problem {
    var problem = problem
    problem.advice =
      "Without the whole pickle, which names the tensors, none survives; get the file again from where it came"
    return problem
  }

  /// Says of how many members nobody can tell whether they are as they were written.
  private static func remark(onMembersWithoutChecksum members: [ZipMember], reserved: Int) -> String? {
    if reserved > 0 {
      return
        "PyTorch left room for the contents of \(reserved) of \(members.count) members (skip_data) and computed no CRC-32 of them: "
        + "nothing shows whether all of them were written, or changed."
    }
    let count = members.count(where: \.lacksChecksum)
    guard count > 0 else { return nil }
    return "Members without a CRC-32: \(count) of \(members.count). PyTorch was told to compute none "
      + "(set_crc32_options): nothing shows whether they changed."
  }
}
