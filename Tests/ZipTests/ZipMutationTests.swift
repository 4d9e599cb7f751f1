import Bytes
import Foundation
import TestSupport
import Testing
import Zip

@Suite("Mutations of ZIP archives") struct ZipMutationTests {
  static func archives() throws -> [URL] {
    try Fixtures.files(in: Fixtures.folder("Zip"), withExtension: "zip", atLeast: 9)
  }

  @Test("every flip, every truncation and random changes give a reading or a problem", arguments: try archives())
  func mutations(file: URL) throws {
    let original = Array(try Data(contentsOf: file))
    try readMutants(of: original, Mutation.everyFlip(of: original, masks: [0xFF])) { try readAll($0) }
    try readMutants(of: original, Mutation.randomChanges(300, ofBytes: 2, seed: 1)) { try readAll($0) }
    try readMutants(of: original, Mutation.randomChanges(300, ofBytes: 6, seed: 1001)) { try readAll($0) }
    let truncations = try readMutants(of: original, Mutation.everyTruncation(of: original)) { try readAll($0) }
    #expect(truncations == MutantTally(readings: 0, problems: original.count))
  }
}
