import Bytes

/// The form that PyTorch wrote before version 1.6, and still writes when asked to: five pickles one behind the other, then the storages.
///
/// A number to know it by, the version 1001, facts about the machine, the object, and the keys of the storages; then for each key, in
/// that order, the number of elements in eight bytes and the elements.
enum StreamForm {
  /// The first pickle behind its protocol: `torch.serialization.MAGIC_NUMBER`, an integer of ten bytes.
  private static let signature: [UInt8] = [
    0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  /// The length of the first pickle, by which the form is known: protocols 4 and 5 put it into a frame; nil for any other beginning.
  static func signatureLength(of bytes: ByteView) -> Int? {
    bytes.withUnsafeBytes { bytes in
      guard bytes.count > 2, bytes[0] == Opcode.proto.rawValue, (2...5).contains(bytes[1]) else { return nil }
      let frame: [UInt8] = bytes[1] < 4 ? [] : [Opcode.frame.rawValue, UInt8(signature.count), 0, 0, 0, 0, 0, 0, 0]
      let expected = bytes[..<2] + frame + signature
      return bytes.starts(with: expected) ? expected.count : nil
    }
  }
  private static let version = 1_001

  /// Reads the pickles and finds the storages.
  ///
  /// - Parameter isCutShort: Whether the storages may end early.
  static func read(_ bytes: ByteView, isCutShort: Bool) throws -> Contents {
    let (object, names, cursor): (Pickled, [String], Cursor)
    do {
      (object, names, cursor) = try pickles(of: bytes)
    } catch let problem as Problem where isCutShort && problem.kind == .damaged {
      throw PyTorchFile.withoutPickle(problem)
    }
    var rest = cursor
    let storages = try locate(names, of: object.storages, at: &rest, isCutShort: isCutShort)
    return Contents(
      file: bytes.file, fileByteCount: bytes.count, root: object.root, heap: object.heap, isBigEndian: false
    ) { storage in
      guard let found = storages[storage.key] else {
        // Without being cut short, each storage of the object has been found.
        throw Problem(
          .damaged, file: bytes.file, object: "storage \(storage.key)", byte: bytes.count, found: "the end of the file",
          expected: "the bytes of the storage")
      }
      return Storage(bytes: found)
    }
  }

  /// What a pickle left, and the storages that it named.
  private typealias Pickled = (root: PickleValue, heap: PickleHeap, storages: [String: StorageReference])

  /// Reads the five pickles: the object, the keys of its storages, and where the storages begin.
  private static func pickles(of bytes: ByteView) throws -> (Pickled, [String], Cursor) {
    var cursor = Cursor(bytes, at: signatureLength(of: bytes) ?? 0)
    let start = cursor.filePosition
    guard case .integer(version) = try pickle(&cursor).root else {
      throw Problem(
        .damaged, file: bytes.file, byte: start, found: "no version \(version)", expected: "that of the stream form")
    }
    try checkMachine(&cursor)
    let object = try pickle(&cursor)
    let keysStart = cursor.filePosition
    let keys = try pickle(&cursor)
    guard case .list(let place) = keys.root, let names = texts(keys.heap.lists[place]) else {
      throw Problem(
        .damaged, file: bytes.file, byte: keysStart, found: "\(keys.root.kind) behind the object",
        expected: "a list of the storages' keys")
    }
    return (object, names, cursor)
  }

  private static func pickle(_ cursor: inout Cursor) throws -> Pickled {
    var machine = PickleMachine(cursor)
    let root = try machine.run()
    cursor = machine.cursor
    return (root, machine.heap, machine.storages)
  }

  /// The facts about the machine; the elements are little-endian on every machine, but nothing tells whether they were in a file
  /// that says otherwise.
  private static func checkMachine(_ cursor: inout Cursor) throws {
    let start = cursor.filePosition
    let machine = try pickle(&cursor)
    guard case .dictionary(let place) = machine.root else {
      throw Problem(
        .damaged, file: cursor.view.file, byte: start, found: machine.root.kind,
        expected: "a dictionary of facts about the machine")
    }
    for item in machine.heap.dictionaries[place] where item.key.text == "little_endian" {
      guard case .bool(true) = item.value else {
        throw Problem(
          .unsupported, file: cursor.view.file, byte: start, found: "a file of a big-endian machine",
          expected: "one of a little-endian machine", advice: "Load the file in PyTorch and save it again")
      }
    }
  }

  private static func texts(_ values: [PickleValue]) -> [String]? {
    let texts = values.compactMap(\.text)
    return texts.count == values.count ? texts : nil
  }

  /// Finds the bytes of every storage; nothing may be left over, and nothing missing unless the file is cut short.
  private static func locate(
    _ keys: [String], of storages: [String: StorageReference], at cursor: inout Cursor, isCutShort: Bool
  ) throws -> [String: ByteView] {
    let file = cursor.view.file
    func damaged(_ found: String, _ expected: String, at byte: Int) -> Problem {
      Problem(
        .damaged, file: file, byte: byte, found: found, expected: expected,
        advice: "The file is cut short or overwritten; get it again from where it came")
    }
    var found: [String: ByteView] = [:]
    for key in keys {
      let position = cursor.filePosition
      guard let storage = storages[key] else {
        throw damaged("the storage \"\(key.prefix(64))\", which no tensor has", "those of the tensors", at: position)
      }
      if isCutShort, cursor.remaining - 8 < storage.count * storage.type.byteCount { return found }
      let count = try cursor.u64("the size of the storage \(key)")
      guard count == UInt64(storage.count) else {
        throw damaged("a storage \(key) of \(count) elements", "\(storage.count), as its tensors say", at: position)
      }
      let bytes = try cursor.bytes(storage.count * storage.type.byteCount, "the storage \(key)")
      guard found.updateValue(bytes, forKey: key) == nil else {
        throw damaged("the storage \(key) a second time", "every storage once", at: position)
      }
    }
    guard found.count == storages.count else {
      let missing = storages.keys.sorted().first { found[$0] == nil } ?? ""
      throw damaged("no storage \(missing)", "the \(storages.count) storages of the tensors", at: cursor.filePosition)
    }
    guard cursor.remaining == 0 else {
      throw damaged("\(cursor.remaining) bytes behind the last storage", "the end of the file", at: cursor.filePosition)
    }
    return found
  }
}
