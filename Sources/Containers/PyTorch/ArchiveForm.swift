import Bytes
import Zip

/// The form that PyTorch has written since version 1.6: an uncompressed ZIP archive with one pickle and a member for each storage.
///
/// The members lie in one folder of any name: `data.pkl`, `data/0`, `data/1` …, `version`, and since 2.1 `byteorder`.
enum ArchiveForm {
  /// Reads the pickle at the beginning of an archive that is cut short, and finds the storages that are left.
  ///
  /// - Throws: `Problem` also when the file ends inside the pickle, or the pickle has another CRC-32.
  static func read(_ beginning: ZipArchive.Beginning, of bytes: ByteView) throws -> Contents {
    if let cut = beginning.cut, root(ofPickle: cut.name) != nil {
      throw PyTorchFile.withoutPickle(cut.problem)
    }
    return try read(beginning.members, of: bytes)
  }

  /// Reads the pickle among the members of an archive and finds the storages.
  static func read(_ all: [ZipMember], of bytes: ByteView) throws -> Contents {
    let roots = all.compactMap { root(ofPickle: $0.name) }
    guard let root = roots.first, roots.count == 1 else {
      throw Problem(
        roots.isEmpty ? .mismatched : .damaged, file: bytes.file, found: "\(roots.count) members named data.pkl",
        expected: "one")
    }
    let members = Dictionary(uniqueKeysWithValues: all.map { (Spelling($0.name), $0) })
    func member(_ name: String) -> ZipMember? { members[Spelling(root + name)] }
    if member("constants.pkl") != nil {
      throw Problem(
        .unsupported, file: bytes.file, found: "a TorchScript program", expected: "a dictionary of tensors",
        advice: "Save its weights alone in PyTorch: torch.save(torch.jit.load(file).state_dict(), \"weights.pt\")")
    }
    let (pickled, byteOrder) = (member("data.pkl")!, member("byteorder"))
    let pickle = try contents(of: pickled)
    guard pickle.count <= Limits.pickleBytes else {
      throw Problem(
        .refused, file: pickle.file, found: "a pickle of \(pickle.count) bytes",
        expected: "at most \(Limits.pickleBytes)")
    }
    for member in [pickled, byteOrder].compactMap(\.self) where !member.lacksChecksum { try member.verifyChecksum() }
    var machine = PickleMachine(Cursor(pickle))
    let value = try machine.run()
    guard machine.cursor.remaining == 0 else {
      throw machine.cursor.damaged(found: "\(machine.cursor.remaining) bytes behind the pickle", expected: "its end")
    }
    return Contents(
      file: bytes.file, fileByteCount: bytes.count, root: value, heap: machine.heap,
      isBigEndian: try isBigEndian(byteOrder), members: [pickled] + [byteOrder].compactMap(\.self)
    ) { storage in
      guard let member = member("data/" + storage.key) else {
        throw Problem(
          .damaged, file: bytes.file, object: "storage \(storage.key)", found: "no member \(root)data/\(storage.key)",
          expected: "the bytes of the storage", advice: "Get the file again from where it came")
      }
      let stored = try contents(of: member)
      let expected = storage.count * storage.type.byteCount
      guard stored.count == expected else {
        throw Problem(
          .damaged, file: bytes.file, object: "storage \(storage.key)", byte: stored.start,
          found: "\(stored.count) bytes", expected: "\(expected) for \(storage.count) elements of \(storage.type.name)",
          advice: "Get the file again from where it came")
      }
      return Storage(bytes: stored, member: member)
    }
  }

  /// The folder of a pickle, with its slash; nil when the member is none.
  static func root(ofPickle name: String) -> String? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 2 && parts[1] == "data.pkl" ? "\(parts[0])/" : nil
  }

  private static func contents(of member: ZipMember) throws -> ByteView {
    guard let bytes = member.contiguousBytes else {
      throw Problem(
        .unsupported, file: member.file, found: "a compressed member", expected: "members stored as they are",
        advice: "Load the file in PyTorch and save it again")
    }
    return bytes
  }

  private static func isBigEndian(_ member: ZipMember?) throws -> Bool {
    guard let member else { return false }
    let bytes = try contents(of: member)
    switch String(decoding: bytes.withUnsafeBytes { $0.prefix(64) }, as: UTF8.self) {
    case "little": return false
    case "big": return true
    case let other:
      throw Problem(
        .damaged, file: member.file, byte: bytes.start, found: "the byte order \"\(other)\"",
        expected: "\"little\" or \"big\"")
    }
  }
}
