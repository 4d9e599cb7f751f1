import Bytes
import Zip

/// What either form of file comes to: what its pickle left, and where the storages lie.
struct Contents {
  let file: String
  let fileByteCount: Int
  let root: PickleValue
  let heap: PickleHeap
  let isBigEndian: Bool
  /// The members of an archive that say what there is.
  var members: [ZipMember] = []
  /// Finds a storage by its key.
  ///
  /// It throws `Problem` of kind *damaged* when there is none of this key, or of another length.
  let find: (StorageReference) throws -> Storage

  /// Finds a storage, whole.
  ///
  /// - Parameter isCutShort: Whether one that is damaged is an answer: of a file that is cut short each is read to compare its CRC-32.
  /// - Throws: `Problem` of a kind that is no answer.
  func storage(_ reference: StorageReference, isCutShort: Bool) throws -> Result<Storage, Problem> {
    guard isCutShort else { return .success(try find(reference)) }
    do {
      let storage = try find(reference)
      if let member = storage.member, !member.lacksChecksum { try member.verifyChecksum() }
      return .success(storage)
    } catch let problem as Problem where problem.kind == .damaged {
      return .failure(problem)
    }
  }
}

/// The bytes of a storage.
struct Storage {
  let bytes: ByteView
  /// The member of an archive that they are; nil in a stream.
  var member: ZipMember?
}

extension ZipMember {
  /// Whether PyTorch, which then writes 0, did not compute the CRC-32 of the contents: `torch.serialization.set_crc32_options(False)`
  /// computes none, and `skip_data` leaves room for contents that somebody else writes.
  var lacksChecksum: Bool { checksum == 0 && byteCount > 0 }
}
