import Foundation
import Inference
import JSON
import TestSupport
import Testing
import Verification

@Suite("What architectures were verified against") struct EvidenceTests {
  /// What the references of every recorded model say of themselves, by architecture.
  private func recorded() throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    let kerasBERT = try FileManager.default.contentsOfDirectory(
      at: Fixtures.folder("KerasBERT"), includingPropertiesForKeys: nil)
    for model in RecordedModel.all + kerasBERT.map(RecordedModel.init) where !model.references.isEmpty {
      let directory = try TemporaryDirectory()
      let architecture = try model.convert(into: directory).architecture
      for path in model.references {
        guard let about = try Reference(opening: path).about, let precision = about["precision"]?.string else {
          continue
        }
        let versions = about["versions"]
        func version(_ name: String) -> String { versions?[name]?.string ?? "" }
        let framework =
          switch about["framework"]?.string {
          case "transformers": "transformers \(version("transformers"))"
          case "keras-bert": "keras-bert \(version("keras-bert")), TensorFlow \(version("tensorflow"))"
          case "openai/gpt-2": "openai/gpt-2, TensorFlow \(version("tensorflow"))"
          default: "bert4keras \(version("bert4keras")), TensorFlow \(version("tensorflow"))"
          }
        found[architecture, default: []].insert("\(framework), \(precision)")
      }
    }
    return found
  }

  @Test(
    "every statement is backed by a record, every record is stated, and every architecture that is computed has one")
  func backed() throws {
    var stated: [String: Set<String>] = [:]
    for evidence in Evidence.all {
      stated[evidence.architecture, default: []].formUnion(evidence.precisions.map { "\(evidence.framework), \($0)" })
    }
    let recorded = try recorded()
    for (architecture, records) in recorded { #expect(stated[architecture] == records, "\(architecture)") }
    #expect(Set(stated.keys) == Set(recorded.keys) && Set(stated.keys) == Set(Model.architectures))
  }
}
