import Bytes
import Foundation
import HDF5
import Tensors

/// A file made by h5py and what h5py read from it.
struct Fixture: CustomStringConvertible, Sendable {
  let name: String

  var description: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../Fixtures/HDF5").standardizedFileURL

  /// Every fixture of the folder.
  static let all: [Fixture] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".h5") }.sorted().map(Fixture.init)
  }()

  var path: String { Self.folder.appendingPathComponent(name).path }

  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  func open() throws -> HDF5File { try HDF5File(ByteView(mapping: path)) }

  func expectation() throws -> Expectation {
    try JSONDecoder().decode(
      Expectation.self, from: Data(contentsOf: URL(fileURLWithPath: path + ".expected.json")))
  }
}

/// A sidecar as tools/fixtures/HDF5/sidecar.py writes it.
struct Expectation: Decodable {
  struct Attribute: Decodable {
    var shape: [Int]
    var strings: [String]?
    var type: String?
    var sha256: String?
  }

  struct Object: Decodable {
    var kind: String
    var attributes: [String: Attribute]?
    var type: String?
    var shape: [Int]?
    var storage: String?
    var chunks: [Int]?
    var sha256: String?
    var unreadable: String?
  }

  var attributes: [String: Attribute]
  var objects: [String: Object]
}

/// Reads a whole source in pieces of a size that is no multiple of anything.
func contents(of source: some TensorSource, pieces: Int = 61) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: source.byteCount)
  try bytes.withUnsafeMutableBytes { bytes in
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      let end = min(bytes.count, start + pieces)
      try source.read(at: start, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }
  return bytes
}

/// SHA-256 (FIPS 180-4) in hexadecimal; the fixtures themselves are its test.
func sha256(_ message: [UInt8]) -> String {
  func roots(_ power: Double, _ count: Int) -> [UInt32] {
    let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }
    return primes.prefix(count).map { prime in
      let root = pow(Double(prime), power)
      return UInt32((root - root.rounded(.down)) * 4_294_967_296)
    }
  }
  func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
  let constants = roots(1.0 / 3, 64)
  var hash = roots(1.0 / 2, 8)
  var padded = message + [0x80]
  padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
  padded += (0..<8).map { UInt8(truncatingIfNeeded: UInt64(message.count * 8) >> UInt64(56 - 8 * $0)) }
  for block in stride(from: 0, to: padded.count, by: 64) {
    var words = (0..<16).map { index in
      (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * index + $1]) }
    }
    for index in 16..<64 {
      let (a, b) = (words[index - 15], words[index - 2])
      let low = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3
      let high = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10
      words.append(words[index - 16] &+ low &+ words[index - 7] &+ high)
    }
    var state = hash
    for index in 0..<64 {
      let (a, e) = (state[0], state[4])
      let choice = e & state[5] ^ ~e & state[6]
      let majority = a & state[1] ^ a & state[2] ^ state[1] & state[2]
      let first =
        state[7] &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[index] &+ words[index]
      let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
      state = [first &+ second] + state[0..<3] + [state[3] &+ first] + state[4..<7]
    }
    for index in 0..<8 { hash[index] &+= state[index] }
  }
  return hash.map { String(format: "%08x", $0) }.joined()
}
