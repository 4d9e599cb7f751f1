import Bytes
import Foundation
import Testing
import TestSupport

@Suite("Files that appear only when whole") struct FileDraftTests {
  @Test("a draft has no name until it is published")
  func publishing() throws {
    try inFolder { folder in
      let draft = try FileDraft(of: folder + "/a", replacing: false)
      try draft.reserve(8)
      try draft.write("world", at: 3)
      try draft.write("wo", at: 0)
      #expect(try names(in: folder).allSatisfy { $0.hasPrefix(".a.ingot-") && $0.hasSuffix(".partial") })
      #expect(try draft.view().file == folder + "/a")
      #expect(try draft.view().count == 8)
      try draft.publish()
      #expect(try names(in: folder) == ["a"])
      #expect(try Data(contentsOf: URL(filePath: folder + "/a")) == Data("wo\0world".utf8))
    }
  }

  @Test("a draft that is let go leaves nothing")
  func abandoning() throws {
    try inFolder { folder in
      do {
        let draft = try FileDraft(of: folder + "/a", replacing: false)
        try draft.write("x", at: 0)
      }
      #expect(try names(in: folder).isEmpty)
    }
  }

  @Test("a file is replaced only when that is asked for, and then at once")
  func replacing() throws {
    try inFolder { folder in
      let path = folder + "/a"
      try Data("old".utf8).write(to: URL(filePath: path))
      let refusal = """
        \(path): refused: found a file of this name, expected none. Name another destination, or allow to replace it with \
        --force.
        """
      let problem = #expect(throws: Problem.self) { try FileDraft(of: path, replacing: false) }
      #expect(problem?.description == refusal)
      let draft = try FileDraft(of: path, replacing: true)
      try draft.write("new", at: 0)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      try draft.publish()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
      #expect(try names(in: folder) == ["a"])
    }
  }

  @Test("of two drafts of one name, the later one is refused and takes nothing away")
  func race() throws {
    try inFolder { folder in
      let path = folder + "/a"
      let first = try FileDraft(of: path, replacing: false)
      let second = try FileDraft(of: path, replacing: false)
      try first.write("1", at: 0)
      try second.write("2", at: 0)
      try first.publish()
      let problem = #expect(throws: Problem.self) { try second.publish() }
      #expect(problem?.kind == .refused)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "1")
    }
  }

  @Test("the draft of a killed process is removed by the next one, that of a living one is not")
  func strays() throws {
    try inFolder { folder in
      try Data("half".utf8).write(to: URL(filePath: folder + "/.a.ingot-1-f00.partial"))
      try Data("other".utf8).write(to: URL(filePath: folder + "/.b.ingot-1-f00.partial"))
      let living = try FileDraft(of: folder + "/a", replacing: false)
      let draft = try FileDraft(of: folder + "/a", replacing: false)
      #expect(try names(in: folder).count == 3)
      try draft.publish()
      #expect(try Set(names(in: folder)).isSuperset(of: ["a", ".b.ingot-1-f00.partial"]))
      try living.write("x", at: 0)
      #expect(throws: Problem.self) { try FileDraft(of: folder + "/a", replacing: false) }
    }
  }

  @Test(
    "a killed process leaves the old file or the new one, and nothing else for longer than the next draft",
    arguments: 0..<4)
  func killed(step: Int) async throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write(Array("old".utf8), to: "a")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, step = step as Int] in
      let draft = try FileDraft(of: path, replacing: true)
      if step > 0 { try draft.reserve(3) }
      if step > 1 { try draft.write("new", at: 0) }
      if step > 2 { try draft.publish() }
      kill(getpid(), SIGKILL)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == (step > 2 ? "new" : "old"))
    #expect(try names(in: folder.url.path).count == (step > 2 ? 1 : 2))
    do { _ = try FileDraft(of: path, replacing: true) }
    #expect(try names(in: folder.url.path) == ["a"])
  }

  @Test("drafts of one name from many threads replace it one after the other, each whole")
  func threads() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("a")
    DispatchQueue.concurrentPerform(iterations: 16) { number in
      #expect(throws: Never.self) {
        let draft = try FileDraft(of: path, replacing: true)
        for offset in 0..<100 { try draft.write("\(number % 10)", at: offset) }
        try draft.publish()
      }
    }
    let found = try String(contentsOfFile: path, encoding: .utf8)
    #expect(found.count == 100 && Set(found).count == 1)
    #expect(try names(in: folder.url.path) == ["a"])
  }

  @Test("a link is followed, so that it stays a link")
  func links() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/real", withIntermediateDirectories: false)
      try Data("old".utf8).write(to: URL(filePath: folder + "/real/file"))
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: "real/file")
      #expect(throws: Problem.self) { try FileDraft(of: folder + "/link", replacing: false) }
      let draft = try FileDraft(of: folder + "/link", replacing: true)
      try draft.write("new", at: 0)
      try draft.publish()
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == "real/file")
      #expect(try String(contentsOfFile: folder + "/real/file", encoding: .utf8) == "new")

      try FileManager.default.createSymbolicLink(atPath: folder + "/dangling", withDestinationPath: "nothing")
      #expect(throws: Problem.self) { try FileDraft(of: folder + "/dangling", replacing: false) }
      let replacement = try FileDraft(of: folder + "/dangling", replacing: true)
      try replacement.write("new", at: 0)
      try replacement.publish()
      #expect(try String(contentsOfFile: folder + "/dangling", encoding: .utf8) == "new")
      #expect(!FileManager.default.fileExists(atPath: folder + "/nothing"))
    }
  }

  @Test("what is no file is never replaced")
  func noFiles() throws {
    try inFolder { folder in
      for (path, found) in [(folder, "a directory"), ("/dev/null", "a device, pipe or socket")] {
        let problem = #expect(throws: Problem.self) { try FileDraft(of: path, replacing: true) }
        #expect(problem?.description == "\(path): unavailable: found \(found), expected a regular file or nothing.")
      }
      let problem = #expect(throws: Problem.self) { try FileDraft(of: folder + "/no/a", replacing: false) }
      #expect(
        problem?.description == """
          \(folder)/no/a: unavailable: found no such file or directory, expected a folder in which files can be created.
          """)
    }
  }

  @Test("a folder that cannot be written is unavailable")
  func permission() throws {
    // The superuser may write everywhere but here.
    let path = "/proc/ingot-draft"
    let problem = #expect(throws: Problem.self) { try FileDraft(of: path, replacing: false) }
    #expect(problem?.kind == .unavailable)
    #expect(problem?.file == path)
  }

  @Test("a disk that is too small is found out before anything is written")
  func full() throws {
    try inFolder { folder in
      let draft = try FileDraft(of: folder + "/a", replacing: false)
      let size = 1 << 61
      let problem = #expect(throws: Problem.self) { try draft.reserve(size) }
      #expect(problem?.kind == .unavailable)
      #expect(problem?.expected == "room for \(size) bytes")
      #expect(["no space left on device", "file too large"].contains(problem?.found))
    }
  }
}

extension FileDraft {
  fileprivate func write(_ text: String, at offset: Int) throws {
    try Array(text.utf8).withUnsafeBytes { try write($0, at: offset) }
  }
}

private func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

private func inFolder(_ body: (String) throws -> Void) throws {
  let folder = NSTemporaryDirectory() + "ingot-drafts-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}
