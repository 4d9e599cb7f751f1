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
      "no-checksum",
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

  /// A copy of a layout in which the lowest bit of the first element of the pooler's bias is another, and where that is.
  private static func changed(_ layout: String, in directory: TemporaryDirectory) throws -> (path: String, byte: Int) {
    let source = folder.appending(path: layout).path
    let bytes = try #require(
      try Release(at: source).checkpoint.tensor(named: "bert.pooler.dense.bias").source.contiguousBytes)
    let file = String(try #require(bytes.file.split(separator: "(").first))
    for name in try FileManager.default.contentsOfDirectory(atPath: source) {
      var contents = try ByteView(mapping: "\(source)/\(name)").array()
      if file == "\(source)/\(name)" { contents[bytes.start] ^= 1 }
      _ = try directory.write(contents, to: name)
    }
    return (directory.path((file as NSString).lastPathComponent), bytes.start)
  }

  @Test(
    "a storage that changed after it was written gives no model file",
    arguments: [
      ("zip", "pytorch_model/data/38", "contents with the CRC-32 9a84063d, expected 6b5e0397"),
      ("sharded-zip", "pytorch_model-00002-of-00002/data/15", "contents with the CRC-32 9a84063d, expected 6b5e0397"),
    ])
  func changedStorage(layout: String, member: String, found: String) throws {
    let directory = try TemporaryDirectory()
    let (file, byte) = try Self.changed(layout, in: directory)
    let message =
      "\(file): damaged at byte \(byte), in \(member): found \(found). The file changed after it was written; get it again "
      + "from where it came."
    let problem = #expect(throws: Problem.self) { try Self.convert(directory.url.path, into: directory, as: "a") }
    #expect(problem?.description == message)
    #expect(!FileManager.default.fileExists(atPath: directory.path("a.ingot")))
    let sound = try Self.convert(Self.folder.appending(path: layout).path, into: directory, as: "sound")
    let unlike = #expect(throws: Problem.self) {
      try SourceComparison(of: sound, with: Release(at: directory.url.path).checkpoint)
    }
    #expect(unlike?.description == message)
  }

  @Test("where PyTorch computed no CRC-32, a storage that changed is taken as it is")
  func changedWithoutChecksum() throws {
    let directory = try TemporaryDirectory()
    _ = try Self.changed("no-checksum", in: directory)
    let file = try Self.convert(directory.url.path, into: directory, as: "a")
    let sound = try Self.convert(Self.folder.appending(path: "zip").path, into: directory, as: "sound")
    let differing = file.tensors.map(\.name).filter {
      file.tensor($0)?.bytes.array() != sound.tensor($0)?.bytes.array()
    }
    #expect(differing == ["pooler.bias"])
  }

  @Test("room for contents that nobody wrote gives no model file, and gives one when somebody has")
  func reservedRoom() throws {
    let directory = try TemporaryDirectory()
    let empty = Self.folder.appending(path: "skip-data").path
    let problem = #expect(throws: Problem.self) { try Self.convert(empty, into: directory, as: "a") }
    #expect(
      problem?.description
        == "\(empty)/pytorch_model.bin: refused: found nothing but zeros in the 46 storages for which room was left "
        + "(skip_data), expected weights that somebody wrote there. Fill the file by the program for which it was made, "
        + "or save the weights again without skip_data.")
    #expect(!FileManager.default.fileExists(atPath: directory.path("a.ingot")))

    var filled = try ByteView(mapping: "\(empty)/pytorch_model.bin").array()
    let places = try Release(at: empty).checkpoint
    let twin = try Release(at: Self.folder.appending(path: "zip").path).checkpoint
    for tensor in twin.tensors {
      let place = try #require(try places.tensor(named: tensor.name).source.contiguousBytes)
      let bytes = try #require(tensor.source.contiguousBytes).array()
      filled.replaceSubrange(place.start..<(place.start + place.count), with: bytes)
    }
    _ = try directory.write(ByteView(mapping: "\(empty)/config.json").array(), to: "config.json")
    _ = try directory.write(filled, to: "pytorch_model.bin")
    let file = try Self.convert(directory.url.path, into: directory, as: "filled")
    let sound = try Self.convert(Self.folder.appending(path: "zip").path, into: directory, as: "sound")
    #expect(file.tensors.map { file.digest(of: $0.name) } == sound.tensors.map { sound.digest(of: $0.name) })
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
