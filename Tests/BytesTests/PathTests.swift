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
    #expect(folder.isFolder && folder.exists)
    #expect(!folder.appending("a").isFolder && folder.appending("a").exists)
    #expect(!folder.appending("c").exists)
  }

  @Test func whatIsNoFolderCannotBeListed() throws {
    let directory = try TemporaryDirectory()
    let file = Path(try directory.write([1], to: "a"))
    let problem = try #require(throws: Problem.self) { try file.names() }
    #expect(
      "\(problem)" == "\(file.text): unavailable: found a folder that cannot be listed, expected a readable folder.")
  }
}
