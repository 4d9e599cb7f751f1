import Foundation
import Subjects
import TestSupport
import Testing

/// Every reader, mutants of every fixture: a few here, all of them by `tools/mutate`.
@Suite("Mutations over every reader") struct MutationTests {
  /// `INGOT_MUTATIONS=10000 swift test --filter MutationTests` tries so many of each kind, of each fixture.
  @Test("a mutant is read, or answered by a problem that can be printed", arguments: Subject.allCases)
  func mutants(subject: Subject) throws {
    let fixtures = try subject.fixtures()
    let asked = ProcessInfo.processInfo.environment["INGOT_MUTATIONS"].flatMap { Int($0) }
    let count = asked ?? max(1, 60 / fixtures.count)
    for (number, fixture) in fixtures.enumerated() {
      let original = Array(try Data(contentsOf: fixture))
      guard !original.isEmpty else { continue }
      let step = max(1, original.count / count)
      let places = stride(from: number % step, to: original.count, by: step)
      let mutations =
        places.map { Mutation.flip(offset: $0, mask: 0xFF) } + places.map { Mutation.truncation(count: $0) }
        + Mutation.randomChanges(count, ofBytes: 2, seed: UInt64(original.count))
      for mutation in mutations {
        #expect(throws: Never.self, "\(fixture.path): \(mutation)") { try subject.isReadable(mutation(original)) }
      }
    }
  }

  @Test(
    "the sound fixtures are read",
    arguments: [
      Subject.names, .configuration, .model, .reference, .vocabulary, .tokenizerJSON, .bytePairVocabulary, .merges,
      .sentencepiece, .dictionary, .tokenizerConfiguration,
    ])
  func sound(subject: Subject) throws {
    #expect(try subject.fixtures().contains { try subject.isReadable(Array(try Data(contentsOf: $0))) })
  }
}
