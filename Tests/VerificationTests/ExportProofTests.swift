import Architectures
import Bytes
import Conversion
import Foundation
import JSON
import ModelFiles
import TestSupport
import Tensors
import Testing

/// What transformers, sentence-transformers, bert4keras, TensorFlow and NumPy said of exported files (`tools/fixtures/Export`) holds for the files that are
/// exported now, because they are the same files.
@Suite struct ExportProofTests {
  /// One line of `exports.tsv`.
  struct Line: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String
    let destination: Export.Destination
    let converting: Conversion.Options
    /// A vocabulary, or pieces, from elsewhere.
    let vocabulary: String?
    let options: Export.Options

    var testDescription: String { name }

    init(_ line: Substring) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      (name, source, destination) = (fields[0], fields[1], Export.Destination(rawValue: fields[2])!)
      var options = Export.Options()
      Self.read(fields[4]) { option, value in
        switch option {
        case "--extra": options.extras = ExtraPolicy(rawValue: value)!
        case "--naming": options.naming = value
        case "--head": options.head = HeadChoice(value)
        case "--without": options.without.append(value)
        case "--dtype": options.elementType = ElementType(rawValue: value)!
        case "--set":
          let sides = value.split(separator: "=").map(String.init)
          options.settings[sides[0]] = sides[1]
        default: fatalError("\(option) is not read here")
        }
      }
      self.options = options
      var settings: [String: String] = [:]
      var vocabulary: String?
      var extras = options.extras
      Self.read(fields[3]) { option, value in
        let sides = value.split(separator: "=").map(String.init)
        if option == "--extra" { extras = ExtraPolicy(rawValue: value)! }
        if option == "--set" { settings[sides[0]] = sides[1] }
        if option == "--vocabulary" { vocabulary = Fixtures.repository.appending(path: value).path }
      }
      self.vocabulary = vocabulary
      let length = fields[3].split(separator: " ").drop { $0 != "--maximum-length" }.dropFirst().first
      converting = Conversion.Options(
        extras: extras, settings: settings, vectors: VectorPlan.Options(maximumLength: length.flatMap { Int($0) }))
    }

    /// The authors' code that has loaded an export in its own names.
    private static let authors = [
      "deberta-original-microsoft": "microsoft/DeBERTa 0.1.4, PyTorch 2.2.2",
      "deberta-v3-original-microsoft": "microsoft/DeBERTa 0.1.12, PyTorch 2.2.2",
      "gpt2-openai-tensorflow": "openai/gpt-2, TensorFlow 1.15.5",
      "pretraining-keras-bert": "keras-bert 0.89.0, Keras 2.15.0, TensorFlow 2.15.1",
      "xlnet-google-tensorflow": "zihangdai/xlnet 1.1.2, TensorFlow 1.15.5",
    ]

    /// The programs that have loaded it: transformers 5 has no NEZHA any more; TensorFlow 1 has loaded BERTs.
    var programs: [String] {
      if let program = Self.authors[name] { return [program] }
      let isBERT = !source.hasPrefix("Architectures/")
      return switch destination {
      case .huggingface: ["transformers 4.38.2"] + (name.hasPrefix("nezha-") ? [] : ["transformers 5.23.0"])
      case .sentenceTransformers:
        // Layers behind the pooling are read from 3.1 on.
        (["vectors-dense", "vectors-pooler"].contains { name.hasPrefix($0) }
          ? [] : ["sentence-transformers 2.7.0, transformers 4.38.2"])
          + ["sentence-transformers 6.2.0, transformers 5.23.0"]
      case .keras:
        ["bert4keras 0.11.5, Keras 2.15.0, TensorFlow 2.15.1"]
          + (isBERT ? ["bert4keras 0.11.5, Keras 2.3.1, TensorFlow 1.15.5"] : [])
      case .tensorflow:
        (isBERT ? ["bert4keras 0.11.5, TensorFlow 1.15.5"] : []) + ["bert4keras 0.11.5, TensorFlow 2.15.1"]
      case .npz: ["NumPy 2.4.6"]
      }
    }

    /// What evidence states of it.
    var loaded: Evidence.LoadedExport {
      Evidence.LoadedExport(name: name, destination: destination.rawValue, programs: programs)
    }

    /// Takes options and their values apart.
    private static func read(_ text: String, _ body: (String, String) -> Void) {
      var words = text.split(separator: " ").map(String.init)[...]
      while let option = words.popFirst(), let value = words.popFirst() { body(option, value) }
    }

    static let all: [Line] = try! String(
      contentsOf: Fixtures.repository.appending(path: "tools/fixtures/Export/exports.tsv"), encoding: .utf8
    ).split(separator: "\n").map(Line.init)
  }

  /// The models whose heads' logits are recorded (`make_logits.py`).
  private static let hasHead: Set = [
    "Architectures/albert-classifier", "Architectures/electra-tagger", "Architectures/mpnet-classifier",
    "Architectures/nezha-tagger",
    "Architectures/roberta-classifier", "Architectures/roformer-classifier", "Architectures/t5-classifier",
    "Architectures/t5-gated-tagger",
    "Export/google-classifier", "HuggingFace/bert-classifier", "HuggingFaceTF/classifier", "bert4keras/classifier",
  ]

  private static let record = try! JSON(
    parsing: ByteView(mapping: Fixtures.folder("Export").appending(path: "proofs.json").path))

  @Test(arguments: Line.all)
  func exportsAreTheFilesThatWereProved(line: Line) throws {
    let directory = try TemporaryDirectory()
    let export = try Self.export(of: line, into: directory)
    _ = try export.write(to: directory.path("exported"))

    let stated = Evidence.all.first {
      $0.architecture == export.plan.architecture && $0.naming == export.plan.naming
    }?.exports.first { $0.name == line.name }
    #expect(stated == line.loaded)

    let entry = try #require(Self.record[line.name])
    let files = try #require(entry["files"]?.members)
    var isFolder: ObjCBool = false
    let exported = try FileManager.default.subpathsOfDirectory(atPath: directory.path("exported")).filter {
      FileManager.default.fileExists(atPath: directory.path("exported/\($0)"), isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
    // What the folder tells Ingot is no business of the programs that loaded it.
    #expect(exported.filter { $0 != "ingot.json" } == files.map(\.name) && exported.contains("ingot.json"))
    for file in files {
      let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: directory.path("exported/\(file.name)"))))
      #expect(Digest(of: bytes).description == file.value.string, "\(file.name)")
    }
    let proofs = try #require(entry["proofs"]?.members)
    #expect(proofs.map(\.name) == line.programs)
    for proof in proofs where line.destination != .npz {
      if let elementType = line.options.elementType {
        // Every weight that the program has is the one that its own library makes of the whole number.
        #expect(proof.value["dtype"]?.string == elementType.rawValue)
        let rounded = proof.value["roundedAsTorchDoes"] ?? proof.value["roundedAsNumPyDoes"]
        #expect(try #require(rounded?.integer) > 20)
        continue
      }
      let said = proof.value["as told"] ?? proof.value["by name"] ?? proof.value
      #expect(said["largestError"]?.double ?? 1 < 2e-5 && said["points"]?.integer ?? 0 > 0)
      if Self.hasHead.contains(line.source) {
        // What the head of the exported model says is what the original's says in its own program.
        #expect(said["logitsError"]?.double ?? 1 < 2e-5)
      }
      if line.destination == .huggingface {
        #expect(proof.value["missing"] == [] && proof.value["unexpected"] == [])
      } else if proof.name.hasSuffix("TensorFlow 2.15.1") || line.destination == .sentenceTransformers {
        // The very lines that loaded the folder are printed.
        #expect(proof.value["lines"]?.elements == export.loading(from: "FOLDER").map { .string($0) })
      }
    }
  }

  @Test func everyLineOfTheRecordIsExportedHere() {
    #expect(Self.record.members?.map(\.name).sorted() == Line.all.map(\.name).sorted())
    #expect(Line.all.count >= 45)
    #expect(
      Evidence.all.flatMap(\.exports).map(\.name).sorted() == Line.all.map(\.name).sorted(),
      "tools/fixtures/evidence states them anew")
  }

  /// The lines as evidence, by architecture and naming.
  static func loaded() throws -> [String: [Evidence.LoadedExport]] {
    var loaded: [String: [Evidence.LoadedExport]] = [:]
    for line in Line.all {
      let directory = try TemporaryDirectory()
      let plan = try export(of: line, into: directory).plan
      loaded["\(plan.architecture) \(plan.naming)", default: []].append(line.loaded)
    }
    return loaded
  }

  private static func export(of line: Line, into directory: TemporaryDirectory) throws -> Export {
    _ = try Conversion(
      planning: Release(at: Fixtures.folder(line.source).path, vocabulary: line.vocabulary), options: line.converting
    ).write(to: directory.path("model.ingot"))
    return try Export(
      planning: ModelFile(mapping: directory.path("model.ingot")), to: line.destination, options: line.options)
  }
}
