import Architectures
import Testing

@testable import Inference

@Suite("Settings of name tables and of the computation") struct DesignSettingsTests {
  @Test("are the same for every architecture", arguments: Architecture.all.map(\.name))
  func same(name: String) throws {
    let table = try #require(Architecture.all.first { $0.name == name })
    let design = try #require(Design(named: name))
    #expect(Set(table.settings.map(\.name)) == Set(design.reads))
  }
}
