import Bytes
import Foundation
import TestSupport
import Testing

@Suite("TestSupport") struct TestSupportTests {
  @Test("files are found in nested folders, in order and by extension; too few is an error")
  func discovery() throws {
    let directory = try TemporaryDirectory()
    let inner = directory.url.appending(path: "inner", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    for name in ["b.npy", "a.txt", "inner/c.npy"] { _ = try directory.write([1], to: name) }

    let all = try Fixtures.files(in: directory.url, atLeast: 3).map(\.lastPathComponent)
    #expect(all == ["a.txt", "b.npy", "c.npy"])
    let arrays = try Fixtures.files(in: directory.url, withExtension: "npy", atLeast: 2).map(\.lastPathComponent)
    #expect(arrays == ["b.npy", "c.npy"])

    let tooFew = #expect(throws: TooFewFixtures.self) {
      try Fixtures.files(in: directory.url, withExtension: "npy", atLeast: 3)
    }
    #expect(tooFew?.description == "\(directory.url.path): found 2 .npy files, expected at least 3")
    #expect(throws: TooFewFixtures.self) { try Fixtures.files(in: Fixtures.folder("no such folder"), atLeast: 1) }
  }

  @Test("a temporary directory takes its files with it")
  func temporaryDirectory() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(try directory?.write([1, 2, 3], to: "x"))
    #expect(try ByteView(mapping: path).array() == [1, 2, 3])
    directory = nil
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(!FileManager.default.fileExists(atPath: URL(filePath: path).deletingLastPathComponent().path))
  }

  @Test("a mutation changes what it says and nothing else")
  func mutations() {
    let original: [UInt8] = [1, 2, 3, 4]
    #expect(Mutation.flip(offset: 2, mask: 0xFF)(original) == [1, 2, 0xFC, 4])
    #expect(Mutation.truncation(count: 1)(original) == [1])
    #expect(patched(original, at: 1, with: [9, 8]) == [1, 9, 8, 4])
    let random = Mutation.random(seed: 5, bytes: 2)
    #expect(random(original) == random(original))
    #expect(random(original).count == original.count)
    #expect(Mutation.random(seed: 5, bytes: 2)([]) == [])
  }

  @Test("a spoiled file holds what each mutation says, whatever it held before")
  func spoiledFile() throws {
    let original: [UInt8] = [1, 2, 3, 4, 5]
    let mutations =
      Mutation.everyFlip(of: original) + Mutation.everyTruncation(of: original)
      + Mutation.randomChanges(5, ofBytes: 2, seed: 1)
    let file = try SpoiledFile(original)
    for (first, second) in mutations.flatMap({ first in mutations.map { (first, $0) } }) {
      for mutation in [first, second] {
        try file.spoil(by: mutation)
        #expect(try ByteView(mapping: file.path).array() == mutation(original), "\(first), \(second)")
      }
    }
  }

  @Test("the drivers visit every byte, every length and every seed")
  func drivers() {
    #expect(
      Mutation.everyFlip(of: [7, 7], masks: [1, 2])
        == [
          .flip(offset: 0, mask: 1), .flip(offset: 0, mask: 2), .flip(offset: 1, mask: 1), .flip(offset: 1, mask: 2),
        ])
    #expect(Mutation.everyTruncation(of: [7, 7]) == [.truncation(count: 0), .truncation(count: 1)])
    #expect(
      Mutation.randomChanges(2, ofBytes: 3, seed: 40) == [.random(seed: 40, bytes: 3), .random(seed: 41, bytes: 3)])
  }

  @Test("a mutation's description repeats it")
  func replayLines() {
    #expect("\(Mutation.flip(offset: 12, mask: 255))" == "Mutation.flip(offset: 12, mask: 255)")
    #expect("\(Mutation.truncation(count: 3))" == "Mutation.truncation(count: 3)")
    #expect("\(Mutation.random(seed: 9, bytes: 2))" == "Mutation.random(seed: 9, bytes: 2)")
  }

  @Test("mutants are tallied, and an error that is no Problem is a failure with its replay line")
  func tally() throws {
    struct Stray: Error {}
    let tally = try readMutants(of: [1, 2, 3], Mutation.everyTruncation(of: [1, 2, 3])) { bytes in
      if bytes.count < 2 { throw Problem(.damaged, file: "x", found: "too little") }
    }
    #expect(tally == MutantTally(readings: 1, problems: 2))
    let bad = #expect(throws: BadMutant.self) {
      try readMutants(of: [1], [.flip(offset: 0, mask: 1)]) { _ in throw Stray() }
    }
    #expect(bad?.description == "Mutation.flip(offset: 0, mask: 1) gives an error that is no Problem: Stray()")
  }

  @Test("the generator gives SplitMix64's published sequence")
  func generator() {
    // The first numbers for the seed 1234567 in the test vectors that accompany the algorithm on Rosetta Code.
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    #expect(generator.next() == 9_817_491_932_198_370_423)
  }
}
