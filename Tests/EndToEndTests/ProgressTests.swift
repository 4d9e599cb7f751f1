import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The line that follows a long job: on a terminal only.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/dev/ptmx"))) struct ProgressTests {
  /// A safetensors file of zeros that takes no room on the disk and longer to read than any test waits.
  static func endlessFile(in workplace: Workplace) throws -> String {
    let (count, size) = (2_000, 8_000_000)
    let tensors = (0..<count).map { index in
      #""t\#(index)":{"dtype":"F32","shape":[\#(size / 4)],"data_offsets":[\#(index * size),\#((index + 1) * size)]}"#
    }
    let header = "{" + tensors.joined(separator: ",") + "}"
    let path = try workplace.directory.write(
      UInt64(header.utf8.count).littleEndianBytes + header.utf8, to: "endless.safetensors")
    #expect(truncate(path, 8 + header.utf8.count + count * size) == 0)
    return "endless.safetensors"
  }

  @Test func aTerminalSeesAmountRateAndTimeLeft() throws {
    let workplace = try Workplace(withModel: false)
    let terminal = try PseudoTerminal()
    let process = workplace.process(
      Workplace.programs.appending(path: "ingot").path,
      ["inspect", try Self.endlessFile(in: workplace), "--stats"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = terminal.far
    try process.run()
    defer { end(process) }
    // The first drawing may come before the first tensor is done, and then it knows no time left.
    let form = /\r\x1B\[KReading: \d+\.\d [MG]B of 16\.0 GB, \d+\.\d [kMG]B\/s, .+ left/
    var seen = ""
    for _ in 0..<300 where seen.firstMatch(of: form) == nil {
      seen += try #require(terminal.read(withinSeconds: 60))
    }
    #expect(seen.firstMatch(of: form) != nil, "\(seen.debugDescription)")
  }

  @Test func aPipeSeesNothing() throws {
    let workplace = try Workplace(withModel: false)
    let errors = workplace.directory.path("errors")
    let process = workplace.process(
      Workplace.programs.appending(path: "ingot").path,
      ["inspect", try Self.endlessFile(in: workplace), "--stats"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(filePath: workplace.directory.write([], to: "errors")))
    try process.run()
    Thread.sleep(forTimeInterval: 2)
    let isRunning = process.isRunning
    end(process)
    #expect(isRunning)
    #expect(try Data(contentsOf: URL(filePath: errors)).isEmpty)
  }

  @Test func aJobOfAMomentIsSilentOnATerminalToo() throws {
    let workplace = try Workplace(withModel: false)
    let terminal = try PseudoTerminal()
    let process = workplace.process(
      Workplace.programs.appending(path: "ingot").path, ["inspect", "SafeTensors/types.safetensors", "--stats"])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = terminal.far
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(terminal.read(withinSeconds: 0) == nil)
  }

  /// Ends a program whatever it does; the gentler signals may be blocked in whoever a thread of a pool has started.
  private func end(_ process: Process) {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

/// Two ends of a terminal that nobody sits at.
private struct PseudoTerminal {
  private let near: FileHandle
  /// The end for a program.
  let far: FileHandle

  /// Opens both ends as Linux offers them (ioctl_tty(2)); Glibc's module hides `posix_openpt`.
  init() throws {
    let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (locked, index): (Int32, Int32) = (0, 0)
    try #require(master >= 0 && ioctl(master, unlock, &locked) == 0 && ioctl(master, number, &index) == 0)
    near = FileHandle(fileDescriptor: master, closeOnDealloc: true)
    let slave = open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
    try #require(slave >= 0)
    far = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
  }

  /// What has been written to the far end; nil when nothing comes within the time.
  func read(withinSeconds seconds: Int32) -> String? {
    var poll = pollfd(fd: near.fileDescriptor, events: Int16(POLLIN), revents: 0)
    guard Foundation.poll(&poll, 1, seconds * 1_000) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = Foundation.read(near.fileDescriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
