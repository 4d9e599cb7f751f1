import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// Tied weights that a state dict holds twice.
@Suite struct CopyTests {
  private let folder = Fixtures.folder("HuggingFace/bert-2018")

  @Test func aTiedCopyIsComparedAndLeftOut() throws {
    let directory = try TemporaryDirectory()
    let conversion = try Conversion(planning: Release(at: folder.path))
    #expect(conversion.plan.dropped.map(\.source) == ["cls.predictions.decoder.weight"])
    _ = try conversion.write(to: directory.path("bert.ingot"))
    let ledger = try #require(try ModelFile(mapping: directory.path("bert.ingot")).ledger())
    #expect(
      ledger["dropped"]?.elements == [
        ["source": "cls.predictions.decoder.weight", "reason": "the output matrix, tied to the embedding"]
      ])
  }

  /// One bit of the output matrix differs: it is a weight of its own, which must not be lost.
  @Test func aCopyThatDiffersIsMismatched() throws {
    let directory = try TemporaryDirectory()
    var bytes = Array(try Data(contentsOf: folder.appending(path: "model.safetensors")))
    let headerLength = Int(bytes[0]) + Int(bytes[1]) << 8
    let header = try JSON(parsing: ByteView(Array(bytes[8..<(8 + headerLength)])))
    let start = try #require(header["cls.predictions.decoder.weight"]?["data_offsets"]?.elements?.first?.integer)
    bytes[8 + headerLength + start + 4 * (3 * 16 + 5)] ^= 1
    let path = try directory.write(bytes, to: "model.safetensors")
    let release = try Release(at: path, configuration: folder.appending(path: "config.json").path)
    let problem = #expect(throws: Problem.self) {
      try Conversion(planning: release).write(to: directory.path("bert.ingot"))
    }
    #expect(
      problem?.description == """
        \(path): mismatched in cls.predictions.decoder.weight: found other values than in \
        bert.embeddings.word_embeddings.weight, first at [3, 5], expected a copy, as the rows of bert (huggingface) say. \
        This model has a weight of its own here, for which bert has no tensor.
        """)
    #expect(!FileManager.default.fileExists(atPath: directory.path("bert.ingot")))
  }

  /// transformers saves the sines and cosines of rotary angles; trained positions in their place would be lost.
  @Test func aTableOfSinesThatDiffersIsMismatched() throws {
    let directory = try TemporaryDirectory()
    let folder = Fixtures.folder("Architectures/roformer-huggingface")
    let name = "roformer.encoder.embed_positions.weight"
    var bytes = Array(try Data(contentsOf: folder.appending(path: "model.safetensors")))
    let headerLength = Int(bytes[0]) + Int(bytes[1]) << 8
    let header = try JSON(parsing: ByteView(Array(bytes[8..<(8 + headerLength)])))
    let start = try #require(header[name]?["data_offsets"]?.elements?.first?.integer)
    // The sine of 1, 0.84, becomes 0.84 + 2⁻¹⁷: more than any program rounds.
    bytes[8 + headerLength + start + 4 * 4] ^= 0x80
    let path = try directory.write(bytes, to: "model.safetensors")
    let release = try Release(at: path, configuration: folder.appending(path: "config.json").path)
    let problem = #expect(throws: Problem.self) {
      try Conversion(planning: release).write(to: directory.path("roformer.ingot"))
    }
    #expect(
      problem?.description == """
        \(path): mismatched in \(name): found other values than sines and cosines, expected those of every position, sines \
        in the first half of a row. This model has positions of its own here, for which roformer has no tensor.
        """)
    #expect(!FileManager.default.fileExists(atPath: directory.path("roformer.ingot")))
  }
}
