import Bytes
import Conversion
import Foundation
import Inference
import ModelFiles
import TestSupport
import Testing
import Verification

/// A BERT that PyTorch saved, from the file to what it computes.
@Suite("PyTorch files, converted") struct PyTorchConversionTests {
  static let folder = Fixtures.folder("PyTorch").appending(path: "bert")

  /// Converts a layout of the small BERT; some of the folders hold no vocabulary, which changes no tensor.
  private static func convert(_ path: String, into directory: TemporaryDirectory, as name: String) throws -> ModelFile {
    let target = directory.path("\(name).ingot")
    _ = try Conversion(planning: Release(at: path)).write(to: target)
    return try ModelFile(mapping: target)
  }

  @Test(
    "every layout gives the tensors of the safetensors file, bit for bit",
    arguments: [
      "zip", "zip-2.13", "stream", "gamma-beta", "sharded-zip", "sharded-safetensors", "sharded-safetensors-5",
    ])
  func layouts(layout: String) throws {
    let directory = try TemporaryDirectory()
    let twin = try Self.convert(Self.folder.appending(path: "safetensors").path, into: directory, as: "twin")
    let path = Self.folder.appending(path: layout).path
    let file = try Self.convert(path, into: directory, as: "file")
    #expect(file.tensors.map(\.name) == twin.tensors.map(\.name))
    #expect(file.tensors.count == 46)
    for tensor in twin.tensors {
      let (found, expected) = (file.tensor(tensor.name), twin.tensor(tensor.name))
      #expect(found?.bytes.array() == expected?.bytes.array(), "\(tensor.name)")
      #expect(found?.shape == expected?.shape)
    }
    let comparison = try SourceComparison(of: file, with: Release(at: path).checkpoint)
    #expect(comparison.differences.map(\.tensor) == [])
  }

  @Test("a file of the stream form computes what transformers recorded", arguments: ["float32", "float64"])
  func reference(precision: String) throws {
    let directory = try TemporaryDirectory()
    let path = Fixtures.folder("PyTorch").appending(path: "bert-pretraining").path
    let model = try Model(Self.convert(path, into: directory, as: "file"))
    let recorded = Fixtures.folder("HuggingFace").appending(path: "bert-pretraining/reference.\(precision).npz").path
    let reference = try Reference(opening: recorded)
    let comparison = try ReferenceComparison(of: model, with: reference)
    #expect(comparison.agrees)
    #expect(comparison.points.count == reference.batches.reduce(0) { $0 + $1.points.count })
  }
}
