import Foundation
import TestSupport

/// The instructions of small pickles, as bytes to be put together.
enum Pickle {
  static let none: [UInt8] = [0x4E]
  static let mark: [UInt8] = [0x28]
  static let reduce: [UInt8] = [0x52]
  static let emptyTuple: [UInt8] = [0x29]
  static let emptyList: [UInt8] = [0x5D]
  static let emptyDictionary: [UInt8] = [0x7D]
  static let setItem: [UInt8] = [0x73]
  static let build: [UInt8] = [0x62]

  static func text(_ text: String) -> [UInt8] { [0x58] + littleEndian(text.utf8.count, 4) + Array(text.utf8) }

  static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + littleEndian(value, 8) }

  static func global(_ module: String, _ name: String) -> [UInt8] { [0x63] + Array("\(module)\n\(name)\n".utf8) }

  static func tuple(_ elements: [[UInt8]]) -> [UInt8] { mark + elements.joined() + [0x74] }

  static func integers(_ values: [Int]) -> [UInt8] { tuple(values.map(integer)) }

  static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
    emptyDictionary + mark + items.flatMap { text($0.0) + $0.1 } + [0x75]
  }

  static func storage(_ key: String = "0", type: String = "FloatStorage", count: Int = 4) -> [UInt8] {
    tuple([text("storage"), global("torch", type), text(key), text("cpu"), integer(count)]) + [0x51]
  }

  static func tensor(
    _ storage: [UInt8] = storage(), offset: Int = 0, size: [Int] = [4], stride: [Int] = [1]
  ) -> [UInt8] {
    let hooks = global("collections", "OrderedDict") + emptyTuple + reduce
    let arguments = [storage, integer(offset), integers(size), integers(stride), [0x89], hooks]
    return global("torch._utils", "_rebuild_tensor_v2") + tuple(arguments) + reduce
  }

  /// A whole pickle of protocol 2.
  static func whole(_ body: [UInt8]) -> [UInt8] { [0x80, 2] + body + [0x2E] }

  /// A whole pickle of a dictionary with one tensor.
  static func one(_ tensor: [UInt8] = tensor()) -> [UInt8] { whole(dictionary([("w", tensor)])) }
}

/// A number as `count` little-endian bytes.
func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0.prefix(count)) }
}

/// The bytes of four numbers, 1 to 4.
let fourFloats: [UInt8] = [1, 2, 3, 4].flatMap { (value: Float) in littleEndian(Int(value.bitPattern), 4) }

/// A file of the archive form whose pickle begins at byte 40, written by this code and not by PyTorch.
func archive(
  _ pickle: [UInt8], storage: [UInt8]? = fourFloats, others: [(String, [UInt8])] = []
) -> [UInt8] {
  storedZip([("a/data.pkl", pickle)] + (storage.map { [("a/data/0", $0)] } ?? []) + others)
}

/// An archive of stored members.
func storedZip(_ members: [(name: String, contents: [UInt8])]) -> [UInt8] {
  var bytes: [UInt8] = []
  var directory: [UInt8] = []
  for (name, contents) in members {
    let common =
      [0, 0, 0, 0, 0, 0, 0, 0] + littleEndian(Int(checksum(contents)), 4) + littleEndian(contents.count, 4)
      + littleEndian(contents.count, 4) + littleEndian(name.utf8.count, 2) + [0, 0]
    directory +=
      [0x50, 0x4B, 1, 2, 10, 0, 10, 0] + common + [UInt8](repeating: 0, count: 10) + littleEndian(bytes.count, 4)
      + Array(name.utf8)
    bytes += [0x50, 0x4B, 3, 4, 10, 0] + common + Array(name.utf8) + contents
  }
  let count = littleEndian(members.count, 2)
  return bytes + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + littleEndian(directory.count, 4)
    + littleEndian(bytes.count, 4) + [0, 0]
}

/// The CRC-32 of bytes.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
  ~bytes.reduce(UInt32.max) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }
}

/// A file of the stream form, written by this code and not by PyTorch; its object begins at byte 46.
func stream(
  _ object: [UInt8] = Pickle.one(), version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E],
  machine: [UInt8] = Pickle.whole(Pickle.dictionary([("little_endian", [0x88])])), keys: [String] = ["0"],
  rest: [UInt8] = littleEndian(4, 8) + fourFloats
) -> [UInt8] {
  let signature: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]
  let list = Pickle.emptyList + Pickle.mark + keys.flatMap { Pickle.text($0) } + [0x65]
  return signature + version + machine + object + Pickle.whole(list) + rest
}
