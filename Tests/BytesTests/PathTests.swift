import Foundation
import TestSupport
import Testing

@testable import Bytes

/// Paths as users write them, taken apart and put together.
@Suite struct PathTests {
  @Test(arguments: [
    ("model.h5", "", "model.h5"), ("a/b/model.h5", "a/b", "model.h5"), ("/model.h5", "/", "model.h5"),
    ("a/b/", "a", "b"), ("/", "", ""), ("", "", ""), ("./model.h5", ".", "model.h5"), ("模型/权重.h5", "模型", "权重.h5"),
  ]) func aPathHasAFolderAndAName(_ path: String, _ folder: String, _ name: String) {
    #expect(Path(path).folder.text == (path == "/" ? "/" : folder))
    #expect(Path(path).name == name)
  }

  @Test(arguments: [("", "x"), ("a", "a/x"), ("a/b//", "a/b/x"), ("/", "/x"), (".", "./x")])
  func aNameIsAppended(_ folder: String, _ path: String) {
    #expect(Path(folder).appending("x").text == path)
  }

  @Test func foldersListWhatIsInThemInOrder() throws {
    let directory = try TemporaryDirectory()
    for name in ["b", "a", "ä"] { _ = try directory.write([1], to: name) }
    let folder = Path(directory.path(""))
    #expect(try folder.names() == ["a", "b", "ä"])
    #expect(try folder.isFolder && folder.exists)
    #expect(try !folder.appending("a").isFolder && folder.appending("a").exists)
    #expect(try !folder.appending("c").exists)
  }

  @Test func whatIsNoFolderCannotBeListed() throws {
    let directory = try TemporaryDirectory()
    let file = Path(try directory.write([1], to: "a"))
    let problem = try #require(throws: Problem.self) { try file.names() }
    #expect(
      "\(problem)" == "\(file.text): unavailable: found not a directory, expected a readable folder.")
  }

  @Test("what the system does not let one look at is not taken for nothing") func hidden() async {
    // In a process of its own, which gives up the rights of the superuser where it has them.
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let folder = Path(directory.path("locked"))
      guard mkdir(folder.text, 0o700) == 0, chmod(directory.url.path, 0o755) == 0 else { exit(3) }
      let file = folder.appending("file")
      guard chmod(folder.text, 0) == 0 else { exit(4) }
      if getuid() == 0 { guard seteuid(65_534) == 0 else { exit(5) } }
      func message(_ body: () throws -> Void) -> String {
        do {
          try body()
          return "none"
        } catch {
          return "\(error)"
        }
      }
      let found = [
        message { _ = try file.exists }, message { _ = try file.isFolder }, message { _ = try folder.names() },
        message { _ = try FileDraft(of: file.text, replacing: true) }, message { _ = try FolderDraft(of: file.text) },
      ]
      if getuid() == 0 { seteuid(0) }
      _ = chmod(folder.text, 0o700)
      let denied = "unavailable: found permission denied, expected"
      let expected = [
        "\(file.text): \(denied) a file or folder that can be looked at.",
        "\(file.text): \(denied) a file or folder that can be looked at.",
        "\(folder.text): \(denied) a readable folder.",
        "\(file.text): \(denied) a regular file or nothing.",
        "\(file.text): \(denied) a folder that can be looked at.",
      ]
      guard found == expected else { exit(6) }
    }
  }
}
