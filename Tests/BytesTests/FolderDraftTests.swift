import Bytes
import Foundation
import Testing
import TestSupport

@Suite("Folders that appear only when whole") struct FolderDraftTests {
  private let directory = try! TemporaryDirectory()

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: directory.url.path).sorted() }
  }

  @Test("a draft has no name until it is published, and one that is let go leaves nothing")
  func publishing() throws {
    let path = directory.path("a")
    do {
      let draft = try FolderDraft(of: path + "/")
      try draft.write(ByteView([1, 2]), to: "one")
      #expect(try names.allSatisfy { $0.hasPrefix(".a.ingot-") && $0.hasSuffix(".partial") })
    }
    #expect(try names.isEmpty)
    let draft = try FolderDraft(of: path)
    try draft.write(ByteView([1, 2]), to: "one")
    try draft.publish()
    #expect(try names == ["a"])
    #expect(try Data(contentsOf: directory.url.appending(path: "a/one")) == Data([1, 2]))
  }

  @Test("only nothing and an empty folder are replaced; a file, a full folder and a link are not")
  func replacing() throws {
    let files = FileManager.default
    try files.createDirectory(atPath: directory.path("empty"), withIntermediateDirectories: false)
    let draft = try FolderDraft(of: directory.path("empty"))
    try draft.write(ByteView([1]), to: "one")
    try draft.publish()
    _ = try directory.write([1], to: "file")
    try files.createSymbolicLink(atPath: directory.path("link"), withDestinationPath: "nothing")
    for name in ["empty", "file", "link"] {
      let problem = #expect(throws: Problem.self) { try FolderDraft(of: directory.path(name)) }
      #expect(
        problem?.description
          == "\(directory.path(name)): refused: found something of this name, expected nothing, or an empty folder. "
          + "Name another destination; a folder with files in it is never replaced.")
    }
    #expect(try names == ["empty", "file", "link"])
  }

  @Test("the draft of a killed process is removed by the next one, that of a living one is not")
  func strays() throws {
    let stray = directory.path(".a.ingot-1-f00.partial")
    try FileManager.default.createDirectory(atPath: stray + "/deep", withIntermediateDirectories: true)
    try Data("half".utf8).write(to: URL(filePath: stray + "/deep/file"))
    _ = try directory.write([], to: ".b.ingot-1-f00.partial")
    let living = try FolderDraft(of: directory.path("a"))
    let next = try FolderDraft(of: directory.path("a"))
    #expect(try names.count == 3)
    for draft in [living, next] { try draft.write(ByteView([1]), to: "one") }
    try next.publish()
    let problem = #expect(throws: Problem.self) { try living.publish() }
    #expect(problem?.kind == .refused)
  }

  @Test("of drafts of one name from many threads one is published, whole")
  func threads() throws {
    let path = directory.path("a")
    DispatchQueue.concurrentPerform(iterations: 16) { number in
      do {
        let draft = try FolderDraft(of: path)
        for file in 0..<10 { try draft.write(ByteView([UInt8(number)]), to: "\(file)") }
        try draft.publish()
      } catch {
        #expect((error as? Problem)?.kind == .refused, "\(error)")
      }
    }
    #expect(try names == ["a"])
    let contents = try (0..<10).map { try Data(contentsOf: directory.url.appending(path: "a/\($0)")) }
    #expect(Set(contents).count == 1)
  }

  @Test("a problem names the file that was to be, not the one beside it")
  func places() throws {
    let draft = try FolderDraft(of: directory.path("a"))
    let problem = #expect(throws: Problem.self) { try draft.write(ByteView([1]), to: "no/file") }
    #expect(
      problem?.description
        == "\(directory.path("a/no/file")): unavailable: found no such file or directory, expected a folder in which files "
        + "can be created.")
  }

  @Test(
    "a destination on another device, and a link to one",
    .enabled(if: FileManager.default.isWritableFile(atPath: "/dev/shm"), "no second file system"))
  func otherDevice() throws {
    let elsewhere = "/dev/shm/ingot-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: elsewhere) }
    let folder = try FolderDraft(of: elsewhere + "/folder")
    try folder.write(ByteView([1]), to: "one")
    try folder.publish()
    try FileManager.default.createSymbolicLink(
      atPath: directory.path("link"), withDestinationPath: elsewhere + "/folder/one")
    try ([7] as [UInt8]).withUnsafeBytes { try FileDraft.write($0, to: directory.path("link"), replacing: true) }
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: directory.path("link")) == elsewhere + "/folder/one")
    #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere + "/folder") == ["one"])
    #expect(try Data(contentsOf: URL(filePath: elsewhere + "/folder/one")).first == 7)
    #expect(try names == ["link"])
  }
}
