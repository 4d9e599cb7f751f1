import Bytes
import Conversion
import Foundation
import Inference
import ModelFiles
import Tasks
import Tensors
import TestSupport
import Testing
import Tokenization
import Verification

/// The first task of each documentation catalogue, run as it stands there.
@Suite("The tasks in the documentation") struct DocumentationTests {
  private let directory = try! TemporaryDirectory()

  @Test("Conversion: convert a fine-tuned model and keep its head")
  func conversion() throws {
    let folder = Fixtures.folder("bert4keras").appending(path: "tagger").path
    let destination = directory.path("tagger.ingot")
    // Conversion
    let release = try Release(at: folder)
    let conversion = try Conversion(planning: release, options: Conversion.Options(extras: .keep))
    for extra in conversion.plan.extras { print("kept:", extra.tensor) }
    let outcome = try conversion.write(to: destination)
    for tensor in outcome.peculiar { print(tensor.tensor, "holds", tensor.count) }
    // end
    #expect(conversion.plan.extras.count == 3)
    #expect(try ModelFile(mapping: destination).tensors.filter { $0.name.hasPrefix("extra.") }.count == 3)
  }

  @Test("Verification: ask whether a file is still the same model")
  func verdict() throws {
    let path = try convertedSample()
    // Verification
    let verdict = try Verdict(on: ModelFile(mapping: path))
    print(verdict.isVerified ? "verified" : "damaged: \(verdict.damages)")
    // end
    #expect(verdict.isVerified)
  }

  @Test("Verification: compare a model file with what TensorFlow recorded")
  func verification() throws {
    let path = try convertedSample()
    let recorded = Fixtures.folder("Poems").appending(path: "reference.float32.npz").path
    // Verification
    let model = try Model(ModelFile(mapping: path))
    let comparison = try ReferenceComparison(of: model, with: Reference(opening: recorded))
    if let first = comparison.firstDivergence {
      print("differs first at", first.point, "by", first.maximumError, "at", first.place)
    } else {
      print(comparison.points.count, "points agree")
    }
    // end
    #expect(comparison.agrees)
  }

  @Test("Inference: get a sentence's vector")
  func inference() throws {
    let folder = Fixtures.folder("bert4keras").appending(path: "encoder").path
    let path = directory.path("encoder.ingot")
    _ = try Conversion(planning: Release(at: folder)).write(to: path)
    // Inference
    let model = try Model(ModelFile(mapping: path))
    let input = try Input(tokenIDs: [[2, 17, 5, 33, 8, 3]])
    let values = try model.run(input, computing: [.pooler])
    let vector = try values[.pooler]!.floats()  // [B, H]
    // end
    #expect(vector.count == model.sizes.width)
  }

  @Test("ModelFiles: check a file that arrived from elsewhere, and take a tensor")
  func modelFiles() throws {
    let path = try convertedSample()
    // ModelFiles
    let file = try ModelFile(mapping: path)
    let mismatches = try file.verifyDigests()
    for mismatch in mismatches { print("damaged:", mismatch.part) }
    let table = file.tensor("embedding.token.weight")
    print(file.architecture, file.settings.compact, table?.shape ?? [])
    // end
    #expect(mismatches.isEmpty)
    #expect(table?.shape == [1624, 80])
  }

  @Test("Tokenization: encode a pair of sentences")
  func tokenization() throws {
    let path = try convertedSample()
    // Tokenization
    let tokenizer = try Tokenizer(of: ModelFile(mapping: path))
    let encoding = try tokenizer.encode("床前明月光", second: "疑是地上霜", maximumLength: 32)
    print(encoding.tokens, encoding.ids, encoding.segments)
    // end
    #expect(encoding.tokens.joined() == "[CLS]床前明月光[SEP]疑是地上霜[SEP]")
  }

  @Test("Tasks: make the vectors of texts")
  func vectors() throws {
    let path = directory.path("vectors.ingot")
    let options = Conversion.Options(vectors: VectorPlan.Options(pooling: .mean, normalizes: true))
    let release = try Release(at: Fixtures.folder("Poems").path)
    _ = try Conversion(planning: release, options: options).write(to: path)
    // Tasks
    let session = try Session(opening: path)
    let vectors = try session.embed(["床前明月光", "举头望明月"])
    print(vectors.count, vectors.width, vectors[0])
    // end
    #expect(vectors.count == 2 && vectors.width == 80)
  }

  @Test("Tasks: fill the gaps of a line")
  func tasks() throws {
    let path = try convertedSample()
    // Tasks
    let file = try ModelFile(mapping: path)
    let task = try FillMask(model: Model(file), tokenizer: Tokenizer(of: file), file: path)
    let answer = try task.answers(to: "床前明[MASK]光", count: 1)[0]
    print(answer.candidates[0].token)
    // end
    #expect(answer.candidates[0].token == "月")
  }

  @Test("Tasks: tell labels")
  func labels() throws {
    let path = directory.path("labels.ingot")
    let release = try Release(at: Fixtures.folder("Heads").appending(path: "hf-sequence").path)
    _ = try Conversion(planning: release).write(to: path)
    // Tasks
    let labeller = try Labeller(Session(opening: path))
    for answer in try labeller.answers(to: [["床前明月光"], ["举头望明月"]]) {
      print(answer.label ?? "none", answer.probabilities, answer.spans ?? [])
    }
    // end
    #expect(labeller.head.labels == ["月", "山", "人"])
  }

  @Test(
    "each catalogue shows the code that is tested here",
    arguments: [
      ("Conversion", "Conversion"), ("Running", "Inference"), ("Containers", "ModelFiles"), ("Uses", "Tasks"),
      ("Text", "Tokenization"), ("Proof", "Verification"),
    ])
  func sameCode(floor: String, target: String) throws {
    let page = try text(Fixtures.repository.appending(path: "Sources/\(floor)/\(target)/\(target).docc/\(target).md"))
    let shown = page.split(separator: "```swift\n").dropFirst().map { $0.split(separator: "```")[0] }
    let source = try text(URL(filePath: #filePath))
    let tested = source.split(separator: "    // \(target)\n").dropFirst()
      .map { $0.split(separator: "    // end\n")[0] }
    #expect(!shown.isEmpty)
    let indented = shown.map { $0.split(separator: "\n").map { "    " + $0 } }
    #expect(indented == tested.map { $0.split(separator: "\n").map(String.init) })
  }

  private func text(_ file: URL) throws -> String {
    try String(contentsOf: file, encoding: .utf8)
  }

  private func convertedSample() throws -> String {
    let path = directory.path("poems.ingot")
    _ = try Conversion(planning: Release(at: Fixtures.folder("Poems").path)).write(to: path)
    return path
  }
}
