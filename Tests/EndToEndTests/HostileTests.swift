#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif

  /// Files made after published faults of other readers, given to the built tool.
  @Suite("Published faults") struct HostileTests {
    private static let again = " The file is cut short or overwritten; get it again from where it came."
    private static let changed = " The file changed after it was written; get it again from where it came."
    private static let unfold = " If they are worth so much, copy the file with h5repack -l CONTI -f NONE."
    private static let kinds = "expected HDF5, NumPy, PyTorch, safetensors or TensorFlow."

    /// What is said of each file behind its name; nil for those that are read, whatever lies in them as data.
    static let answers: [String: String?] = [
      "h01.hdf5":
        "refused at byte 179, in /w: found data that were never written, expected data in the file. The program that saved "
        + "the file was interrupted or set no values; save the model again.",
      "h02.hdf5":
        "refused at byte 179, in /w: found 4294967296 bytes declared by a file of 69667, expected at most 16 times the "
        + "file's size and a gigabyte. If the data are worth so much, copy the file with h5repack -l CONTI -f NONE.",
      "h02-shared.hdf5":
        "refused in /w4: found tensors of more than 1073873184 bytes together, expected at most 16 times the "
        + "8210 bytes of the file and a gigabyte." + unfold,
      "h09.hdf5": nil,
      "h10-float.hdf5":
        "damaged at byte 2048, in /w: found a scale-offset chunk of 255 bits for each number, expected at most 32."
        + again,
      "h10-float-32-bits.hdf5":
        "damaged at byte 2048, in /w: found 53 bytes of a scale-offset chunk, expected 128 bytes for 32 "
        + "numbers of 32 bits." + again,
      "h10-int.hdf5":
        "damaged at byte 2048, in /w: found a scale-offset chunk of 255 bits for each number, expected at most 32."
        + again,
      "h10-int-33.hdf5":
        "damaged at byte 2048, in /w: found a scale-offset chunk of 33 bits for each number, expected at most 32."
        + again,
      "h11-float.hdf5":
        "damaged at byte 2048, in /w: found a scale-offset chunk of 3 bytes, expected at least 21 bytes." + again,
      "h11-header.hdf5":
        "damaged at byte 2048, in /w: found 0 bytes of a scale-offset chunk, expected 52 bytes for 32 numbers of "
        + "13 bits." + again,
      "h11-int.hdf5": "damaged at byte 2048, in /w: found a scale-offset chunk of 3 bytes, expected at least 21 bytes."
        + again,
      "h11-long.hdf5":
        "damaged at byte 2048, in /w: found 55 bytes of a scale-offset chunk, expected 52 bytes for 32 numbers of "
        + "13 bits." + again,
      "h12.hdf5":
        "damaged at byte 2048, in /w: found 1 bytes of an n-bit chunk, expected 68 bytes for 32 numbers of 17 bits."
        + again,
      "h12-long.hdf5":
        "damaged at byte 2048, in /w: found 71 bytes of an n-bit chunk, expected 68 bytes for 32 numbers of 17 bits."
        + again,
      "k01.keras": "refused: found 17825792 bytes of JSON, expected at most 16777216.",
      "k06.keras": nil,
      "n02.npy":
        "damaged at byte 128: found 0 bytes of data, expected 4000000000000 bytes for float32 [1000000000000]. "
        + "The file is cut short; get it again from where it came.",
      "n03.npz": nil,
      "p01.tar": "unsupported at byte 0: found a PyTorch file of the form before version 0.1.12, a tar archive, "
        + kinds
        + " Load it in PyTorch with weights_only=False where you trust it, and save the state_dict() again.",
      "p02.bin": "mismatched at byte 0: found a text file that begins \"(dp0\", " + kinds
        + " Name the file that holds the weights.",
      "p03.pt":
        "refused at byte 59: found GLOBAL posix.system, which is not allowed, expected tensors and plain containers only. "
        + "Reading it could run any program hidden in it; where you trust the file, load it in PyTorch and save the weights alone: "
        + "torch.save(model.state_dict(), \"weights.pt\").",
      "p04.keras": "damaged at byte 110, in config.json: found contents with the CRC-32 b8300640, expected 5762b0a1."
        + changed,
      "p04.npz": "damaged at byte 35, in w.npy: found contents with the CRC-32 a3d1d519, expected 38b517a9." + changed,
      "szip-four.hdf5":
        "damaged at byte 2048, in /w: found an szip chunk that ends early, expected as many numbers as it says."
        + again,
      "szip-half.hdf5":
        "damaged at byte 2048, in /w: found an szip chunk that ends early, expected as many numbers as it says."
        + again,
      "szip-none.hdf5": "damaged at byte 2048, in /w: found an szip chunk of 1 bytes, expected at least 4 bytes."
        + again,
      "szip-size.hdf5":
        "damaged at byte 2048, in /w: found an szip chunk of 2147483648 bytes, expected at most 1024, in numbers "
        + "of 2." + again,
    ]

    @Test(
      "each file after a published fault gets its answer, in a second of computing and 64 MB, and runs nothing",
      arguments: answers.keys.sorted())
    func answer(name: String) throws {
      let folder = try TemporaryDirectory()
      let file = Fixtures.folder("Hostile").appending(path: name)
      try FileManager.default.copyItem(at: file, to: folder.url.appending(path: name))
      let run = try measured(["inspect", "--stats", name], in: folder)
      if let answer = try #require(Self.answers[name]) {
        #expect(run.exitCode == 2)
        let said = run.error.split(separator: "\n").last.map(String.init) ?? ""
        #expect(said.hasPrefix("ingot: \(name)"))
        #expect(said.hasSuffix(": " + answer), "\(said)")
      } else {
        #expect(run.exitCode == 0, "\(run.error)")
      }
      #expect(run.seconds < 1)
      let converted = try measured(["convert", name, "-o", "x.ingot"], in: folder)
      #expect(converted.exitCode == 2 && converted.seconds < 1)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
          == [name, "error", "output"].sorted())
    }

    @Test("every such file has its answer")
    func complete() throws {
      let names = try Fixtures.files(in: Fixtures.folder("Hostile"), atLeast: 25).map(\.lastPathComponent)
      #expect(Set(names) == Set(Self.answers.keys))
    }

    /// Runs the tool to its end; what it took is what the system says of this one process.
    private func measured(
      _ arguments: [String], in folder: TemporaryDirectory
    ) throws -> (exitCode: Int32, error: String, seconds: Double) {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      let flags = O_WRONLY | O_CREAT | O_TRUNC
      posix_spawn_file_actions_addopen(&actions, 1, folder.path("output"), flags, 0o600)
      posix_spawn_file_actions_addopen(&actions, 2, folder.path("error"), flags, 0o600)
      // The tool takes the place of a shell that changes the folder and limits its memory: more is refused by the system.
      let program = "/bin/sh"
      let tool = Workplace.programs.appending(path: "ingot").path
      var words: [UnsafeMutablePointer<CChar>?] =
        ([program, "-c", "cd \"$0\" && ulimit -d 65536 && exec \"$@\"", folder.url.path, tool] + arguments).map {
          strdup($0)
        }
        + [nil]
      defer { words.forEach { free($0) } }
      var child: pid_t = 0
      try #require(posix_spawn(&child, program, &actions, nil, &words, environ) == 0)
      var status: Int32 = 0
      var usage = rusage()
      try #require(wait4(child, &status, 0, &usage) == child)
      let seconds =
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        / 1e6
      return (
        status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F),
        try String(contentsOfFile: folder.path("error"), encoding: .utf8), seconds
      )
    }
  }
#endif
