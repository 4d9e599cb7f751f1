import Bytes
import Foundation
import ModelFiles
import SafeTensors
import Testing

@Suite("Damaged model files") struct DamageTests {
  @Test("a flipped bit anywhere is found, and the part is named")
  func flips() throws {
    let golden = try ByteView(mapping: fixtures + "tiny.ingot").array()
    let file = try SafeTensorsFile(ByteView(golden))
    var named: Set<String> = []
    for byte in golden.indices {
      var bytes = golden
      bytes[byte] ^= 1 << UInt8(byte % 8)
      let owner = file.tensors.first { $0.range.contains(byte) }?.name
      do {
        let model = try ModelFile(ByteView(bytes, file: "x"))
        let mismatches = try model.verifyDigests()
        let tensor = try #require(owner, "byte \(byte) of the header")
        #expect(mismatches.map(\.part) == [.tensor(tensor)])
        named.insert(tensor)
      } catch let problem as Problem {
        #expect(owner == nil, "byte \(byte): \(problem)")
        #expect(problem.kind != .mismatched)
      }
    }
    #expect(named == Set(file.tensors.filter { !$0.range.isEmpty }.map(\.name)))
  }

  @Test("a tensor whose digest differs is damaged on first touch")
  func firstTouch() throws {
    var bytes = try ByteView(mapping: fixtures + "tiny.ingot").array()
    let place = try SafeTensorsFile(ByteView(bytes)).entry("pooler.bias")!.range.lowerBound
    bytes[place] ^= 0x40
    let model = try ModelFile(ByteView(bytes, file: "x"))
    let mismatch = try #require(try model.verifyDigests().first)
    #expect(mismatch.part == .tensor("pooler.bias"))
    #expect(mismatch.expected == model.digest(of: "pooler.bias"))
    #expect(
      message { _ = try model.verifiedTensor("pooler.bias") } == """
        x: damaged at byte \(place), in tensor "pooler.bias": found data with the SHA-256 \(mismatch.found), expected \
        \(mismatch.expected), as the header says. The file was changed after it was written; get it again from where it came.
        """)
    #expect(try model.verifiedTensor("empty") != nil)
    #expect(try model.verifiedTensor("nothing") == nil)
  }

  @Test("several damaged tensors are all named, and the header that changed under an open file too")
  func several() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      try TinyModel.write(to: path)
      let model = try ModelFile(mapping: path)
      let file = try SafeTensorsFile(ByteView(mapping: path))
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      for offset in [12, file.entry("ingot.ledger")!.range.lowerBound, file.entry("床")!.range.lowerBound] {
        try handle.seek(toOffset: UInt64(offset))
        try handle.write(contentsOf: Data([0xAA]))
      }
      let parts = try model.verifyDigests().map(\.part)
      #expect(parts.first == .header)
      #expect(Set(parts) == [.header, .tensor("ingot.ledger"), .tensor("床")])
    }
  }

  @Test("a file that shrinks while its digests are verified is an error, not a bus error")
  func shrinking() throws {
    try inFolder { folder in
      let path = folder + "/a.ingot"
      try TinyModel.write(to: path)
      let model = try ModelFile(mapping: path)
      try FileHandle(forWritingTo: URL(filePath: path)).truncate(atOffset: 100)
      let problem = #expect(throws: Problem.self) { try model.verifyDigests() }
      #expect(problem?.kind == .unavailable)
    }
  }

  @Test("a file cut at any length is an error")
  func truncations() throws {
    let golden = try ByteView(mapping: fixtures + "tiny.ingot").array()
    for length in golden.indices {
      #expect(throws: Problem.self, "\(length) bytes") { try ModelFile(ByteView(Array(golden[..<length]), file: "x")) }
    }
  }

  @Test("two random bytes changed, in many copies: an error or a reading")
  func mutations() throws {
    let golden = try ByteView(mapping: fixtures + "tiny.ingot").array()
    var random = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let changes = (0..<2).map { _ in
        (Int.random(in: golden.indices, using: &random), UInt8.random(in: 0...255, using: &random))
      }
      var bytes = golden
      for (byte, value) in changes { bytes[byte] = value }
      do {
        let model = try ModelFile(ByteView(bytes, file: "x"))
        #expect(try bytes == golden || !model.verifyDigests().isEmpty, "replay with \(changes)")
      } catch let problem as Problem {
        #expect(problem.file.hasPrefix("x"), "replay with \(changes)")
      }
    }
  }
}
