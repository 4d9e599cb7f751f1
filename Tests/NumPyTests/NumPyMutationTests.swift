import Bytes
import Foundation
import NumPy
import TestSupport
import Tensors
import Testing

@Suite("Mutations of NumPy files") struct NumPyMutationTests {
  private func readArray(_ bytes: [UInt8]) throws {
    let array = try NumPyArray(ByteView(bytes, file: "x.npy"))
    #expect(try Tensor(reading: array).bytes.count == array.byteCount)
  }

  private func readArchive(_ bytes: [UInt8]) throws {
    let archive = try NumPyArchive(ByteView(bytes, file: "x.npz"))
    for entry in archive.arrays { _ = try Tensor(reading: entry.array.get()) }
    try archive.verifyChecksums()
  }

  @Test(
    "every flip and every truncation of a .npy gives a reading or a problem",
    arguments: [
      "types/f4-little-c", "types/f4-big-fortran", "types/b1-c", "types/bfloat16-fortran", "shapes/scalar",
      "shapes/empty-fortran", "shapes/version-2", "shapes/version-3", "shapes/rank-6-fortran", "unreadable/object",
      "unreadable/structured", "unreadable/pickle",
    ])
  func arrays(name: String) throws {
    let file = NumPyFixtures.root.appending(path: "numpy-2.4/\(name).npy")
    let original = Array(try Data(contentsOf: file))
    try readMutants(of: original, Mutation.everyFlip(of: original, masks: [0xFF, 1]), read: readArray)
    let truncations = try readMutants(of: original, Mutation.everyTruncation(of: original), read: readArray)
    #expect(truncations == MutantTally(readings: 0, problems: original.count))
    try readMutants(of: original, Mutation.randomChanges(300, ofBytes: 2, seed: 61), read: readArray)
  }

  @Test(
    "every flip and every truncation of a .npz gives a reading or a problem",
    arguments: ["stored", "deflated", "streamed", "streamed-deflated", "zip64-deflated", "with-others"])
  func archives(name: String) throws {
    let file = NumPyFixtures.root.appending(path: "numpy-2.4/archives/\(name).npz")
    let original = Array(try Data(contentsOf: file))
    try readMutants(of: original, Mutation.everyFlip(of: original), read: readArchive)
    let truncations = try readMutants(of: original, Mutation.everyTruncation(of: original), read: readArchive)
    #expect(truncations == MutantTally(readings: 0, problems: original.count))
    try readMutants(of: original, Mutation.randomChanges(200, ofBytes: 2, seed: 62), read: readArchive)
  }
}
