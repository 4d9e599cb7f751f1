import Architectures
import Checkpoints
import Conversion
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

@Suite("The recorded encoder in a .keras archive") struct KerasArchiveTests {
  static let folder = Fixtures.folder("Keras3").appending(path: "bert4keras").path

  private func convert(into directory: TemporaryDirectory) throws -> ModelFile {
    let path = directory.path("encoder.ingot")
    _ = try Conversion(planning: Release(at: Self.folder)).write(to: path)
    return try ModelFile(mapping: path)
  }

  @Test("holds the weights of the legacy file, bit for bit, and computes what it computed")
  func same() throws {
    let directories = try [TemporaryDirectory(), TemporaryDirectory()]
    let converted = try convert(into: directories[0])
    let expected = try RecordedModel.named("encoder").convert(into: directories[1])
    #expect(converted.tensors.map(\.name) == expected.tensors.map(\.name))
    for tensor in expected.tensors { #expect(converted.digest(of: tensor.name) == expected.digest(of: tensor.name)) }
    let comparison = try SourceComparison(of: converted, with: Release(at: Self.folder).checkpoint)
    #expect(comparison.differences.isEmpty)
    for path in RecordedModel.named("encoder").references {
      #expect(try ReferenceComparison(of: Model(converted), with: Reference(opening: path)).firstDivergence == nil)
    }
  }

  @Test("is planned as the legacy file is; the optimizer is left out by a row")
  func plan() throws {
    let conversion = try Conversion(planning: Release(at: Self.folder))
    #expect(conversion.plan.naming == "bert4keras")
    #expect(conversion.plan.dropped.map(\.source) == ["optimizer/vars/0"])
    #expect(conversion.plan.extras.isEmpty)
  }

  @Test("a file that names no layers is not planned, and says what helps")
  func nameless() throws {
    let path = Fixtures.folder("Keras").appending(path: "keras-2.15.0/modern.weights.h5").path
    let problems = #expect(throws: Problems.self) { try Conversion(planning: Release(at: path)) }
    #expect(
      problems?.all.last?.description
        == "\(path): mismatched: found layers by class and number, expected the names of layers. Before version 3.6 Keras "
        + "writes names only into config.json: give the whole archive (.keras), or write model.to_json() in Keras into a "
        + "file config.json beside the weights.")
  }
}
