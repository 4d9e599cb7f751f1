import Architectures
import Bytes
import Checkpoints
import Conversion
import Foundation
import JSON
import ModelFiles
import Tensors
import TestSupport
import Testing

/// Model files written from real checkpoints, and what writing them brings to light.
@Suite struct WritingTests {
  let directory: TemporaryDirectory
  let release: Release

  init() throws {
    directory = try TemporaryDirectory()
    release = try Release(at: Fixtures.folder("Poems").path)
  }

  /// The sample with other bytes at the beginning of its token embedding.
  private func spoiled(_ values: [UInt8]) throws -> Release {
    let tensor = try #require(release.checkpoint.tensors.first { $0.name == "Embedding-Token[0]" })
    let start = try #require(tensor.source.contiguousBytes?.start)
    let bytes = try ByteView(mapping: release.checkpoint.file).array()
    let path = try directory.write(patched(bytes, at: start, with: values), to: "weights.h5")
    return try Release(at: path, configuration: release.configurationPath)
  }

  @Test func aModelFileHoldsWhatTheReleaseHeld() throws {
    let path = directory.path("a.ingot")
    let outcome = try Conversion(planning: release).write(to: path)
    #expect(outcome.peculiar.isEmpty)
    #expect(outcome.narrowed.isEmpty)
    let file = try ModelFile(mapping: path)
    #expect(file.architecture == "bert")
    #expect(file.settings["heads"] == 4)
    #expect(file.settings["activation"] == "gelu-erf")
    #expect(file.tensors.count == 42)
    #expect(try file.verifyDigests().isEmpty)
    #expect(file.attachments.map(\.name) == ["bert_config.json", "vocab.txt"])
    for name in ["bert_config.json", "vocab.txt"] {
      let original = try ByteView(mapping: Fixtures.folder("Poems").appending(path: name).path).array()
      #expect(file.attachment(name)?.array() == original)
    }
  }

  @Test(
    "an archive whose weights changed after it was written gives no model file",
    arguments: [
      ("bert4keras/npz-google", "weights.npz", "bert/embeddings/word_embeddings"),
      ("Keras3/bert4keras", "model.keras", "Embedding-Token[0]"),
    ])
  func changedArchive(folder: String, name: String, tensor: String) throws {
    let folder = Fixtures.folder(folder)
    let original = try ByteView(mapping: folder.appending(path: name).path).array()
    let source = try Checkpoint(opening: folder.appending(path: name).path).tensor(named: tensor).source
    let place = try #require(source.contiguousBytes?.start)
    let path = try directory.write(patched(original, at: place, with: [original[place] ^ 1]), to: name)
    let changed = try Release(at: path, configuration: Release(at: folder.path).configurationPath)
    let destination = directory.path("a.ingot")
    let problem = try #require(throws: Problem.self) {
      try Conversion(planning: changed, options: Conversion.Options(extras: .drop)).write(to: destination)
    }
    #expect(problem.kind == .damaged)
    #expect(problem.found.hasPrefix("contents with the CRC-32 "))
    #expect(problem.advice == "The file changed after it was written; get it again from where it came")
    #expect(!FileManager.default.fileExists(atPath: destination))
  }

  @Test func theDescriptionOfASavedModelTravelsInside() throws {
    let saved = try Release(at: Fixtures.folder("bert4keras/encoder-saved").path)
    let path = directory.path("a.ingot")
    _ = try Conversion(planning: saved, options: Conversion.Options(extras: .keep)).write(to: path)
    let attached = try #require(ModelFile(mapping: path).attachment("model_config.json"))
    #expect(try JSON(parsing: attached) == saved.checkpoint.modelConfiguration)
  }

  @Test func progressAddsUpToTheWholeModel() throws {
    let conversion = try Conversion(planning: release)
    #expect(conversion.byteCount == 297_384 * 4)
    let done = Counter()
    _ = try conversion.write(to: directory.path("a.ingot"), progress: { done.add($0) })
    #expect(done.total == conversion.byteCount)
  }

  @Test(arguments: [
    // Half a unit in the last place of the largest weights, which lie between 4 and 8, or below.
    (ElementType.float16, 0x1p-9), (.bfloat16, 0x1p-6),
  ])
  func aNarrowerTypeCostsAtMostHalfAUnitInTheLastPlace(_ type: ElementType, _ bound: Double) throws {
    let path = directory.path("a.ingot")
    let outcome = try Conversion(planning: release, options: Conversion.Options(elementType: type)).write(to: path)
    #expect(outcome.narrowed.count == 42)
    for narrowing in outcome.narrowed {
      #expect(narrowing.cost.overflowed == 0)
      #expect(narrowing.cost.maximumError > 0 && narrowing.cost.maximumError <= bound, "\(narrowing.tensor)")
    }
    #expect(try ModelFile(mapping: path).tensors.allSatisfy { $0.elementType == type })
  }

  @Test func float32CostsNothingWhereItIsFloat32Already() throws {
    let options = Conversion.Options(elementType: .float32)
    let outcome = try Conversion(planning: release, options: options).write(to: directory.path("a.ingot"))
    #expect(outcome.narrowed.isEmpty)
    _ = try Conversion(planning: release).write(to: directory.path("b.ingot"))
    #expect(
      try ByteView(mapping: directory.path("a.ingot")).array() == ByteView(mapping: directory.path("b.ingot")).array())
  }

  @Test func aValueBeyondTheRangeIsRefusedAndLeavesNoFile() throws {
    let large = try spoiled([0, 0, 0x80, 0x49])  // 2^20 in float32
    let path = directory.path("a.ingot")
    #expect(
      throws: Problem(
        .refused, file: large.checkpoint.file, object: "embedding.token.weight",
        found: "1 value beyond the range of float16", expected: "values that fit",
        advice: "Convert with --dtype bfloat16, which has the range of float32")
    ) { try Conversion(planning: large, options: Conversion.Options(elementType: .float16)).write(to: path) }
    #expect(!FileManager.default.fileExists(atPath: path))
    let outcome = try Conversion(planning: large, options: Conversion.Options(elementType: .bfloat16)).write(to: path)
    #expect(outcome.narrowed.count == 42)
  }

  @Test(arguments: [nil, ElementType.float16, .bfloat16])
  func whatIsNoNumberIsReportedAndCarriedOver(_ type: ElementType?) throws {
    let sick = try spoiled([0, 0, 0xC0, 0x7F, 0, 0, 0x80, 0xFF, 0, 0, 0x80, 0x7F])  // NaN, −∞, +∞ in float32
    let path = directory.path("a.ingot")
    let outcome = try Conversion(planning: sick, options: Conversion.Options(elementType: type)).write(to: path)
    let found = try #require(outcome.peculiar.first)
    #expect(outcome.peculiar.count == 1)
    #expect(found.tensor == "embedding.token.weight")
    #expect(found.count.notANumber == 1)
    #expect(found.count.infinite == 2)
    let tensor = try #require(ModelFile(mapping: path).tensor("embedding.token.weight"))
    let statistics = try TensorSummary(of: tensor, intervals: 1).statistics
    #expect(statistics.notANumber == 1)
    #expect(statistics.infinite == 2)
  }

  @Test func aFailedVerificationLeavesNoFile() throws {
    struct Different: Error {}
    let path = directory.path("a.ingot")
    let conversion = try Conversion(planning: release)
    #expect(throws: Different.self) { try conversion.write(to: path, verifying: { _ in throw Different() }) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
  }
}

/// A sum that several threads add to.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var sum = 0

  var total: Int { lock.withLock { sum } }

  func add(_ count: Int) { lock.withLock { sum += count } }
}
