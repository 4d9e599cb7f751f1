import Bytes
import Foundation
import TestSupport
import Testing
import Zip

/// Reads everything an archive has, and checks it.
func readAll(_ bytes: [UInt8], limits: ZipArchive.Limits = .init()) throws {
  for member in try ZipArchive(ByteView(bytes, file: "x.zip"), limits: limits).members {
    _ = try member.prefix(16)
    try member.verifyChecksum()
  }
}

func expectProblem(
  _ bytes: [UInt8], limits: ZipArchive.Limits = .init(), _ message: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let problem = #expect(throws: Problem.self, sourceLocation: sourceLocation) { try readAll(bytes, limits: limits) }
  #expect(problem?.description == message, sourceLocation: sourceLocation)
}
