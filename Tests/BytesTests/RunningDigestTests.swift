import CKernels
import Foundation
import TestSupport
import Testing

@testable import Bytes

@Suite("Digests in the making") struct RunningDigestTests {
  /// The functions of this processor, and those in portable C.
  enum Kernels: CaseIterable {
    case fastest, portable

    var functions: CKSHA256 { self == .fastest ? ck_sha256().pointee : ck_sha256_portable().pointee }
  }

  /// A content and the digest that Python computes of it.
  struct Recorded {
    let bytes: [UInt8]
    let digest: String
  }

  /// The contents of `tools/fixtures/Digests/make.py`.
  static func recorded() throws -> [Recorded] {
    let file = Fixtures.folder("Digests").appending(path: "sha256.tsv")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    try #require(lines.count == 273)
    return try lines.map { line in
      let fields = line.split(separator: "\t")
      let count = try #require(Int(fields[0]))
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: count + 37 * $0 + $0 / 512) }
      return Recorded(bytes: bytes, digest: String(fields[1]))
    }
  }

  private static func update(_ digest: inout RunningDigest, _ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { digest.update($0) }
  }

  @Test("the examples of FIPS 180-4 have the digests that stand there", arguments: Kernels.allCases)
  func examples(kernels: Kernels) {
    let expected = [
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ]
    for (text, digits) in expected {
      var digest = RunningDigest(kernels: kernels.functions)
      Self.update(&digest, Array(text.utf8)[...])
      #expect(digest.digest.description == digits, "\(text)")
    }
  }

  @Test("every length has the digest that Python computes, in pieces of any length", arguments: Kernels.allCases)
  func lengths(kernels: Kernels) throws {
    var random = SeededGenerator(seed: 1_000)
    for content in try Self.recorded() {
      var digest = RunningDigest(kernels: kernels.functions)
      var rest = content.bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 0...90, using: &random))
        Self.update(&digest, piece)
        rest = rest.dropFirst(piece.count)
      }
      #expect(digest.digest.description == content.digest, "\(content.bytes.count) bytes")
    }
  }

  @Test("two digests that take their pieces together are those of each alone", arguments: Kernels.allCases)
  func pairs(kernels: Kernels) throws {
    let recorded = try Self.recorded()
    var random = SeededGenerator(seed: 7)
    for round in 0..<200 {
      let contents = (0..<2).map { _ in recorded.randomElement(using: &random)! }
      var (first, second) = (RunningDigest(kernels: kernels.functions), RunningDigest(kernels: kernels.functions))
      var rests = contents.map { $0.bytes[...] }
      while rests.contains(where: { !$0.isEmpty }) {
        // Tiles are whole blocks but for the last of a tensor; pieces of any length must do too.
        let unit = round.isMultiple(of: 2) ? 64 : 1
        let pieces = rests.map { $0.prefix(unit * Int.random(in: 0...20, using: &random)) }
        pieces[0].withUnsafeBytes { one in
          pieces[1].withUnsafeBytes { two in RunningDigest.update(&first, one, &second, two) }
        }
        rests = zip(rests, pieces).map { $0.dropFirst($1.count) }
      }
      #expect(first.digest.description == contents[0].digest)
      #expect(second.digest.description == contents[1].digest)
    }
  }
}
