import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// What transformers, bert4keras, TensorFlow and NumPy said of exported files (`tools/fixtures/Export`) holds for the files that are
/// exported now, because they are the same files.
@Suite struct ExportProofTests {
  /// One line of `exports.tsv`.
  struct Line: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String
    let destination: Export.Destination
    let isKept: Bool
    let naming: String?

    var testDescription: String { name }

    init(_ line: Substring) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      (name, source, destination) = (fields[0], fields[1], Export.Destination(rawValue: fields[2])!)
      isKept = fields[4] == "--extra keep"
      naming = fields[4].hasPrefix("--naming ") ? String(fields[4].dropFirst("--naming ".count)) : nil
    }

    static let all: [Line] = try! String(
      contentsOf: Fixtures.repository.appending(path: "tools/fixtures/Export/exports.tsv"), encoding: .utf8
    ).split(separator: "\n").map(Line.init)
  }

  private static let record = try! JSON(
    parsing: ByteView(mapping: Fixtures.folder("Export").appending(path: "proofs.json").path))

  /// The programs that have loaded the exports of a destination.
  private static let programs: [Export.Destination: [String]] = [
    .huggingface: ["transformers 4.38.2", "transformers 5.23.0"],
    .keras: [
      "bert4keras 0.11.5, Keras 2.15.0, TensorFlow 2.15.1", "bert4keras 0.11.5, Keras 2.3.1, TensorFlow 1.15.5",
    ],
    .tensorflow: ["bert4keras 0.11.5, TensorFlow 1.15.5", "bert4keras 0.11.5, TensorFlow 2.15.1"],
    .npz: ["NumPy 2.4.6"],
  ]

  @Test(arguments: Line.all)
  func exportsAreTheFilesThatWereProved(line: Line) throws {
    let directory = try TemporaryDirectory()
    let extras: Conversion.Options = Conversion.Options(extras: line.isKept ? .keep : .refuse)
    _ = try Conversion(planning: Release(at: Fixtures.folder(line.source).path), options: extras)
      .write(to: directory.path("model.ingot"))
    let export = try Export(
      planning: ModelFile(mapping: directory.path("model.ingot")), to: line.destination,
      options: Export.Options(naming: line.naming, extras: line.isKept ? .keep : .refuse))
    _ = try export.write(to: directory.path("exported"))

    let entry = try #require(Self.record[line.name])
    let files = try #require(entry["files"]?.members)
    let exported = try FileManager.default.contentsOfDirectory(atPath: directory.path("exported")).sorted()
    #expect(exported == files.map(\.name))
    for file in files {
      let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: directory.path("exported/\(file.name)"))))
      #expect(Digest(of: bytes).description == file.value.string, "\(file.name)")
    }
    let proofs = try #require(entry["proofs"]?.members)
    #expect(proofs.map(\.name) == Self.programs[line.destination])
    if line.destination == .huggingface {
      for proof in proofs {
        #expect(proof.value["missing"] == [] && proof.value["unexpected"] == [])
        #expect(proof.value["largestError"]?.double ?? 1 < 2e-5)
      }
    }
  }

  @Test func everyLineOfTheRecordIsExportedHere() {
    #expect(Self.record.members?.map(\.name).sorted() == Line.all.map(\.name).sorted())
    #expect(Line.all.count >= 16)
  }
}
