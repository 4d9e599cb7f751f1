import Bytes
import Foundation
import TestSupport
import Testing

/// The promise behind every fixture: a pinned script made it, and nobody has touched it since.
@Suite("Manifests of fixtures") struct ManifestTests {
  struct Entry {
    let digest: String
    let path: String
    let script: String
  }

  static let scripts = Fixtures.repository.appending(path: "tools/fixtures", directoryHint: .isDirectory)

  static func manifests() throws -> [URL] {
    try Fixtures.files(in: scripts, withExtension: "tsv", atLeast: 1)
      .filter { $0.lastPathComponent == "MANIFEST.tsv" }
  }

  static func entries(of manifest: URL) throws -> [Entry] {
    try String(contentsOf: manifest, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      try #require(fields.count == 3, "\(manifest.path): a line of three fields is expected: \(line)")
      return Entry(digest: fields[0], path: fields[1], script: fields[2])
    }
  }

  @Test("every listed file exists with its digest, and so does the script that made it")
  func listed() throws {
    for manifest in try Self.manifests() {
      for entry in try Self.entries(of: manifest) {
        let bytes = try Data(contentsOf: Fixtures.repository.appending(path: entry.path))
        let digest = "\(Digest(of: bytes))"
        #expect(digest == entry.digest, "\(entry.path), listed in \(manifest.path)")
        let script = Fixtures.repository.appending(path: entry.script)
        #expect(FileManager.default.fileExists(atPath: script.path), "\(entry.script), listed in \(manifest.path)")
      }
    }
  }

  @Test("every manifest is sorted by path")
  func sorted() throws {
    for manifest in try Self.manifests() {
      let paths = try Self.entries(of: manifest).map { Array($0.path.utf8) }
      for (earlier, later) in zip(paths, paths.dropFirst()) {
        #expect(
          earlier.lexicographicallyPrecedes(later),
          "\(manifest.path): \(String(decoding: later, as: UTF8.self)) stands too late or twice")
      }
    }
  }

  @Test("every file under Tests/Fixtures is listed once")
  func complete() throws {
    let prefix = Fixtures.repository.path + "/"
    let files = try Fixtures.files(in: Fixtures.root, atLeast: 1).map { String($0.path.dropFirst(prefix.count)) }
    let listed = try Self.manifests().flatMap { try Self.entries(of: $0).map(\.path) }
    let counts = Dictionary(listed.map { (Array($0.utf8), 1) }, uniquingKeysWith: +)
    for file in files {
      #expect(counts[Array(file.utf8)] == 1, "\(file) is listed \(counts[Array(file.utf8)] ?? 0) times")
    }
  }
}
