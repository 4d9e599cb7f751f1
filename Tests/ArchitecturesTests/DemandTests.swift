import Architectures
import Foundation
import JSON
import Testing

@Suite("Computations that no setting chooses") struct DemandTests {
  /// Recorded lists of variables, each with the configuration beside it.
  private static let lists: [(list: String, configuration: String)] = {
    let folders =
      ["HuggingFace/bert-pretraining", "bert4keras/gpt2-ml-0.7.2"]
      + (RecordedArchitecture.all.map(\.folder) + SavedOnce.all.filter(\.extras.isEmpty).map(\.folder)).map {
        "Architectures/\($0)"
      }
    return folders.flatMap { folder in
      ["", "checkpoint/"].flatMap { place in
        ["bert_config.json", "config.json", "xlnet_config.json"].map {
          ("Tests/Fixtures/\(folder)/\(place)variables.tsv", "Tests/Fixtures/\(folder)/\(place)\($0)")
        }
      }
    }.filter { list in
      [list.0, list.1].allSatisfy { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
    }
  }()

  /// What is wrong with a configuration when a member is replaced.
  private static func complaints(
    _ architecture: Architecture, _ plan: Plan, _ json: JSON, _ member: String, _ value: JSON
  ) -> [String] {
    let members = (json.members ?? []).filter { $0.name != member } + [JSON.Member(member, value)]
    do throws(Problems) {
      _ = try architecture.settings(
        for: plan, of: "x", configuration: Configuration(file: "config.json", json: .object(members)))
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test("are refused by name in every configuration that asks for another one, and in no other")
  func everyDemand() throws {
    var tried: Set<String> = []
    for (list, configuration) in Self.lists {
      let variables = try RecordedVariables(reading: root.appending(path: list))
      let json = try JSON(
        parsing: String(contentsOf: root.appending(path: configuration), encoding: .utf8))
      let plans = Architecture.all.flatMap { architecture in
        architecture.namings.compactMap { naming in
          // A RobertaModel alone has the names of a BertModel; the configuration tells them apart.
          let kinds = architecture.classes.filter { $0.naming == naming.name }.map { JSON.string($0.modelType) }
          return kinds.isEmpty || json["model_type"].map(kinds.contains) != false ? naming : nil
        }.compactMap { (naming: Architecture.Naming) in
          (try? architecture.plan(for: variables.tensors, of: "x", naming: naming.name)).map {
            (architecture, naming, $0)
          }
        }
      }
      #expect(!plans.isEmpty, "\(list)")
      for (architecture, naming, plan) in plans {
        for demand in naming.demands {
          tried.insert("\(architecture.name) \(naming.name) \(demand.member)")
          for value in demand.values + [.null] {
            #expect(Self.complaints(architecture, plan, json, demand.member, value).isEmpty, "\(list) \(demand.member)")
          }
          let allowed = demand.values.map(\.compact).joined(separator: " or ")
          #expect(
            Self.complaints(architecture, plan, json, demand.member, "another") == [
              "config.json: unsupported in \(demand.member): found \"another\", expected \(allowed): \(demand.reason) "
                + "(\(architecture.file):\(demand.line)). No architecture that Ingot knows computes this."
            ])
        }
      }
    }
    let all = Architecture.all.flatMap { architecture in
      architecture.namings.flatMap { naming in
        naming.demands.map { "\(architecture.name) \(naming.name) \($0.member)" }
      }
    }
    // tf_model.h5 shares the section of model.safetensors.
    #expect(Set(all).subtracting(tried).filter { !$0.contains(" huggingface-tf ") } == [])
    #expect(tried.count >= 40)
  }

  @Test("are refused where the checkpoint itself tells of them")
  func hint() throws {
    let gpt = try #require(Architecture.named("gpt"))
    let recorded = try #require(RecordedArchitecture.all.first { $0.folder == "gpt" })
    let plan = try gpt.plan(for: recorded.variables().tensors, of: "x.h5")
    let problems = #expect(throws: Problems.self) {
      try gpt.settings(
        for: plan, of: "x.h5", hints: ["attention.residual": "true"], given: ["heads": "3", "activation": "relu"])
    }
    #expect(
      problems?.description
        == "x.h5: unsupported in model_config: found attention.residual true, expected false, for gpt has no such setting. "
        + "No architecture that Ingot knows computes this.")
  }
}
