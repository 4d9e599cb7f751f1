import Inference
import JSON
import TestSupport
import Testing
import Verification

@Suite("What architectures were verified against") struct EvidenceTests {
  /// What the references of every recorded model say of themselves, by architecture.
  private func recorded() throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    for model in RecordedModel.all {
      let directory = try TemporaryDirectory()
      let architecture = try model.convert(into: directory).architecture
      for path in model.references {
        guard let about = try Reference(opening: path).about, let precision = about["precision"]?.string else {
          continue
        }
        let versions = about["versions"]
        func version(_ name: String) -> String { versions?[name]?.string ?? "" }
        let framework =
          about["framework"] == "transformers"
          ? "transformers \(version("transformers"))"
          : "bert4keras \(version("bert4keras")), TensorFlow \(version("tensorflow"))"
        found[architecture, default: []].insert("\(framework), \(precision)")
      }
    }
    return found
  }

  @Test("every statement is backed by a record, and every architecture that is computed has one")
  func backed() throws {
    let recorded = try recorded()
    for evidence in Evidence.all {
      for precision in evidence.precisions {
        #expect(
          recorded[evidence.architecture]?.contains("\(evidence.framework), \(precision)") == true,
          "\(evidence.architecture): \(evidence.framework), \(precision)")
      }
    }
    #expect(Set(Evidence.all.map(\.architecture)) == Set(Model.architectures))
  }
}
