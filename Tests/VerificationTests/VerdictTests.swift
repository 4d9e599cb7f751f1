import Bytes
import Conversion
import Foundation
import ModelFiles
import TestSupport
import Testing
import Verification

/// Everything that can be checked of a model file, in one call.
@Suite("A verdict on a model file") struct VerdictTests {
  private let directory = try! TemporaryDirectory()
  private let folder = Fixtures.folder("SentenceVectors/mean-normalized").path

  private func convert() throws -> (file: ModelFile, reference: Reference) {
    let reference = try Reference(opening: "\(folder)/reference.float64.npz")
    _ = try Conversion(planning: Release(at: folder)).write(
      to: directory.path("model.ingot"), probes: [reference.probe()])
    return (try ModelFile(mapping: directory.path("model.ingot")), reference)
  }

  @Test("holds what every check found of a file that is as it was")
  func verified() throws {
    let (file, reference) = try convert()
    let verdict = try Verdict(on: file, source: Release.source(at: folder, of: file), reference: reference)
    #expect(verdict.isVerified && verdict.damages.isEmpty && verdict.withoutNumbers.isEmpty)
    guard case .found(let probe) = verdict.probe, case .found(let answer) = verdict.reference,
      case .found(let source) = verdict.source
    else {
      Issue.record("a check that did not end")
      return
    }
    #expect(probe.points.points.count == 6 && answer.points.points.count == 12)
    guard case .compared(let texts, nil) = answer.texts else {
      Issue.record("texts that were not compared")
      return
    }
    #expect(texts.count == 6 && texts.agrees)
    #expect(source.agrees && source.count == file.tensors.count)
  }

  @Test("names the damaged tensor, and goes on with what can be checked")
  func damaged() throws {
    let (file, _) = try convert()
    let name = "block.1.attention.query.weight"
    let tensor = try #require(file.tensor(name))
    var bytes = try Data(contentsOf: URL(filePath: file.path))
    let place = try #require(bytes.range(of: Data(tensor.bytes.array())))
    bytes[place.lowerBound + 2] ^= 0x40
    try bytes.write(to: URL(filePath: directory.path("other.ingot")))
    let verdict = try Verdict(on: ModelFile(mapping: directory.path("other.ingot")))
    #expect(!verdict.isVerified && verdict.damages.map(\.part) == [.tensor(name)])
    guard case .found(let probe) = verdict.probe else {
      Issue.record("a probe that was not compared")
      return
    }
    #expect(!probe.agrees && verdict.reference == nil && verdict.source == nil)
  }
}
