import Foundation
import TestSupport
import Testing

/// Files and destinations that do not serve: always a message and exit code 2, never a file.
@Suite struct BadInputTests {
  /// What is no checkpoint, and what is said of it.
  static let strangers: [(name: String, contents: [UInt8], message: String)] = [
    (
      "empty.h5", [],
      "damaged at byte 0: found an empty file, expected HDF5, NumPy, PyTorch, safetensors or TensorFlow. Get the file "
        + "again from where it came."
    ),
    (
      "text.h5", Array("These are not the weights.\n".utf8),
      "mismatched at byte 0: found a text file that begins \"These are not the weights.\", expected HDF5, NumPy, "
        + "PyTorch, safetensors or TensorFlow. Name the file that holds the weights."
    ),
    (
      "page.h5", Array("<!DOCTYPE html>\n<html><body>Sign in</body></html>\n".utf8),
      "mismatched at byte 0: found a web page, expected HDF5, NumPy, PyTorch, safetensors or TensorFlow. Download the "
        + "file itself, not the page that links to it."
    ),
    (
      "pointer.h5", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8),
      "mismatched at byte 0: found a Git-LFS pointer, not the file it stands for, expected HDF5, NumPy, PyTorch, "
        + "safetensors or TensorFlow. Fetch the real file with \"git lfs pull\" in the repository it came from."
    ),
  ]

  @Test(arguments: strangers.indices) func whatIsNoCheckpointIsCalledByItsName(_ index: Int) throws {
    let stranger = Self.strangers[index]
    let workplace = try Workplace(withModel: false)
    _ = try workplace.directory.write(stranger.contents, to: stranger.name)
    for arguments in [["inspect"], ["plan"], ["convert", "-o", "model.ingot"]] {
      let run = try workplace.run(
        Workplace.programs.appending(path: "ingot").path, arguments + [stranger.name])
      #expect(run.exitCode == 2)
      #expect(run.output.isEmpty)
      #expect(run.error == "ingot: \(stranger.name): \(stranger.message)\n")
    }
    #expect(try workplace.madeFiles() == [stranger.name])
  }

  @Test func aTruncatedCheckpointSaysHowMuchIsMissing() throws {
    let workplace = try Workplace(withModel: false)
    let whole = try workplace.bytes("Poems/poem_bert.h5")
    _ = try workplace.directory.write(Array(whole.prefix(100_000)), to: "short.h5")
    let run = try workplace.ingot("convert", "short.h5", "-o", "model.ingot")
    #expect(run.exitCode == 2)
    #expect(
      run.error == """
        ingot: short.h5: damaged at byte 100000: found the end of the file after 100000 bytes, expected \(whole.count) \
        bytes. The file is cut short; get it again from where it came.

        """)
    #expect(try workplace.madeFiles() == ["short.h5"])
  }

  @Test func whatIsNoRegularFileIsNotOpened() throws {
    let workplace = try Workplace(withModel: false)
    #expect(mkfifo(workplace.directory.path("pipe.h5"), 0o600) == 0)
    #expect(
      try workplace.ingot("inspect", "pipe.h5").error
        == "ingot: pipe.h5: unavailable: found a device, pipe or socket, expected a readable regular file.\n")
    let missing = try workplace.ingot("plan", "missing.h5")
    #expect(missing.exitCode == 2)
    #expect(
      missing.error
        == "ingot: missing.h5: unavailable: found no such file or directory, expected a readable regular file.\n")
  }

  @Test func aConfigurationThatDoesNotFitIsNamed() throws {
    let workplace = try Workplace(withModel: false)
    let heads = try workplace.ingot("convert", "Poems", "-o", "model.ingot", "--set", "heads=3")
    #expect(heads.exitCode == 2)
    #expect(
      heads.error == """
        ingot: Poems/poem_bert.h5: mismatched in heads: found 3 (given), expected a divisor of the width, 80. Give the \
        right value with --set heads=….
        This lifts all of it, with a value in the place of …:
            \(Workplace.programs.appending(path: "ingot").path) convert Poems -o model.ingot --set heads=3 --set heads=…

        """)
    let sizes = try workplace.ingot(
      "convert", "Poems", "-o", "model.ingot", "--config", "bert4keras/encoder/bert_config.json")
    #expect(sizes.exitCode == 2)
    #expect(
      sizes.error.contains(
        "ingot: bert4keras/encoder/bert_config.json: mismatched in hidden_size: found 16, expected 80, as the shapes in "
          + "Poems/poem_bert.h5 show. Give the configuration of this checkpoint, or confirm the shapes with --set "
          + "width=80.\n"))
    #expect(try workplace.madeFiles().isEmpty)
  }

  @Test func aVocabularyOfAnotherModelIsFoundBeforeItDoesHarm() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot(
      "convert", "bert4keras/encoder", "-o", "model.ingot", "--vocabulary", "Poems/vocab.txt")
    #expect(run.exitCode == 2)
    #expect(
      run.error == """
        ingot: Poems/vocab.txt: mismatched: found 1624 tokens, expected at most 40, the rows of the token embedding in \
        bert4keras/encoder/weights.h5. Give the vocabulary that this model was trained with by --vocabulary.

        """)
    #expect(try workplace.madeFiles().isEmpty)
  }

  @Test func aDestinationThatCannotBeWrittenIsSaid() throws {
    let workplace = try Workplace(withModel: false)
    let missing = try workplace.ingot("convert", "bert4keras/encoder", "-o", "nowhere/model.ingot")
    #expect(missing.exitCode == 2)
    #expect(
      missing.error == """
        ingot: nowhere/model.ingot: unavailable: found no such file or directory, expected a folder in which files can \
        be created.

        """)
    let folder = try workplace.ingot("convert", "bert4keras/encoder", "-o", "Poems", "--force")
    #expect(folder.exitCode == 2)
    #expect(folder.error == "ingot: Poems: unavailable: found a directory, expected a regular file or nothing.\n")
    let device = try workplace.ingot("convert", "bert4keras/encoder", "-o", "/dev/full", "--force")
    #expect(device.exitCode == 2)
    #expect(
      device.error
        == "ingot: /dev/full: unavailable: found a device, pipe or socket, expected a regular file or nothing.\n")
  }

  @Test(.enabled(if: getuid() != 0, "root may write everywhere")) func aFolderWithoutPermissionIsSaid() throws {
    let workplace = try Workplace(withModel: false)
    try FileManager.default.createDirectory(
      atPath: workplace.directory.path("locked"), withIntermediateDirectories: false,
      attributes: [.posixPermissions: 0o500])
    let run = try workplace.ingot("convert", "bert4keras/encoder", "-o", "locked/model.ingot")
    #expect(run.exitCode == 2)
    #expect(
      run.error == """
        ingot: locked/model.ingot: unavailable: found permission denied, expected a folder in which files can be created.

        """)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prlimit")))
  func aDiskThatIsFullLeavesNothingBehind() throws {
    let workplace = try Workplace(withModel: false)
    // A limit on the size of files answers like a disk that has no more room.
    let run = try workplace.run(
      "/usr/bin/prlimit",
      ["--fsize=100000", Workplace.programs.appending(path: "ingot").path, "convert", "Poems", "-o", "model.ingot"])
    #expect(run.exitCode == 2)
    #expect(
      run.error.wholeMatch(
        of: /ingot: model\.ingot: unavailable: found file too large, expected room for \d+ (more )?bytes\.\n/) != nil)
    #expect(try workplace.madeFiles().isEmpty)
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aReportThatIsLostIsAFailure() throws {
    let workplace = try Workplace()
    let errors = try FileHandle(forWritingTo: URL(filePath: workplace.directory.write([], to: "errors")))
    let process = workplace.process(Workplace.programs.appending(path: "ingot").path, ["inspect", "poems.ingot"])
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(
      try String(contentsOfFile: workplace.directory.path("errors"), encoding: .utf8)
        == "ingot: standard output: unavailable: found no space left on device, expected room for all that is printed.\n"
    )
  }

  @Test(
    "an option that takes one value and is given twice is refused, in a group of options too",
    arguments: [
      (["evaluate", "a.ingot", "b.tsv", "--pooling", "mean", "--pooling=cls"], "--pooling"),
      (["convert", "a.h5", "-o", "b.ingot", "--config", "a", "--config", "b"], "--config"),
      (["embed", "a.ingot", "a", "--threads", "1", "--threads", "2"], "--threads"),
    ])
  func repetition(arguments: [String], option: String) throws {
    let run = try Workplace(withModel: false).ingot(arguments)
    #expect(run.exitCode == 64 && run.error.hasPrefix("Error: \(option) is given twice, and takes one value.\n"))
  }
}
