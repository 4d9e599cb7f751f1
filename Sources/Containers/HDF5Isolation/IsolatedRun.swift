import Bytes
import JSON

/// One run of `ingot-hdf5`, whose answer is checked while it arrives; every way it can fail becomes a `Problem`.
///
/// Sendable because whoever keeps one keeps it under a lock; it has none of its own.
final class IsolatedRun: @unchecked Sendable {
  private let question: Question
  private let process: ChildProcess
  private var version = ""
  private var arrived: [UInt8] = []
  private var position = 0
  private var block = 0

  /// What is asked of whom.
  struct Question: Sendable {
    /// The HDF5 file.
    var file: String
    /// The dataset in it; nil asks for a listing.
    var object: String?
    /// The path of `ingot-hdf5`.
    var tool: String
    /// How long is waited for the program, all waits added up.
    var patience: Duration
  }

  /// Starts the program and reads its greeting.
  init(_ question: Question) throws {
    self.question = question
    process = try ChildProcess(
      question.tool, arguments: [question.file] + (question.object.map { [$0] } ?? []), patience: question.patience)
    guard let greeting = String(validating: try line(limit: 64), as: UTF8.self), greeting.hasPrefix(Answer.greeting)
    else { throw notAnAnswer }
    version = greeting.dropFirst(Answer.greeting.count) + ""
  }

  /// Reads one line of JSON and throws the problem that it holds.
  func header() throws -> JSON {
    let bytes = try line(limit: Answer.lineLimit)
    guard let json = try? JSON(parsing: ByteView(bytes)), json.members != nil else { throw notAnAnswer }
    if let problem = Answer.problem(in: json, file: question.file) { throw problem }
    return json
  }

  /// Fills the buffer with the next bytes of the dataset.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < buffer.count {
      if block == 0 {
        block = try blockLength()
        guard block > 0 else {
          _ = try header()
          throw notAnAnswer
        }
      }
      if position == arrived.count { try receive() }
      let count = min(block, arrived.count - position, buffer.count - done)
      arrived[position..<(position + count)].withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)]).copyMemory(from: bytes)
      }
      position += count
      block -= count
      done += count
    }
  }

  /// Demands that the dataset ends here, that all went well, and that the program ends well, too.
  func finishDataset() throws {
    guard block == 0, try blockLength() == 0 else { throw notAnAnswer }
    _ = try header()
    try finish()
  }

  /// Demands that nothing follows and that the program ends well.
  func finish() throws {
    guard position == arrived.count, try fill() == false else { throw notAnAnswer }
    if let problem = try ending() { throw problem }
  }

  private func blockLength() throws -> Int {
    var length = 0
    for shift in stride(from: 0, to: 32, by: 8) { length |= Int(try byte()) << shift }
    guard length <= Answer.blockLimit else { throw notAnAnswer }
    return length
  }

  private func line(limit: Int) throws -> [UInt8] {
    var line: [UInt8] = []
    while true {
      if position == arrived.count { try receive() }
      let rest = arrived[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      line += rest[..<(end ?? rest.endIndex)]
      position = end.map { $0 + 1 } ?? arrived.count
      guard line.count < limit else { throw notAnAnswer }
      if end != nil { return line }
    }
  }

  private func byte() throws -> UInt8 {
    if position == arrived.count { try receive() }
    defer { position += 1 }
    return arrived[position]
  }

  /// Takes in more of the answer; its end is a problem here.
  private func receive() throws {
    guard try fill() else { throw try ending() ?? notAnAnswer }
  }

  /// Takes in more of the answer; false at its end.
  private func fill() throws -> Bool {
    try patiently {
      arrived = try [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        count = try process.receive(into: UnsafeMutableRawBufferPointer(buffer))
      }
      position = 0
      return !arrived.isEmpty
    }
  }
}

extension IsolatedRun {
  /// How the program ended, as a problem; nil when it ended well.
  private func ending() throws -> Problem? {
    switch try patiently(process.end) {
    case .exit(0): nil
    case .exit(let code):
      Problem(
        .unavailable, file: question.tool, found: "exit code \(code) and no answer", expected: "exit code 0",
        advice: "Run it by hand on the file to see what it says: \(question.tool) \(question.file)")
    case .signal(let number) where Self.limits.contains(number):
      problem(
        .refused, found: "more time or memory used than is given to \(library)",
        advice: "The file is probably damaged; get it again from where it came")
    case .signal(let number):
      problem(
        .damaged, found: "a crash (signal \(number)) of \(library)",
        advice: "The file is probably damaged; get it again from where it came")
    }
  }

  /// SIGKILL, which the system sends when memory runs out, and SIGXCPU, when the time for computing does.
  private static let limits: Set<Int32> = [9, 24]

  private func patiently<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch is ChildProcess.OutOfPatience {
      throw problem(.refused, found: "no answer within \(question.patience.words) of \(library)")
    }
  }

  private func problem(_ kind: Problem.Kind, found: String, advice: String? = nil) -> Problem {
    Problem(
      kind, file: question.file, object: question.object, found: found,
      expected: question.object == nil ? "a listing of the file" : "the elements of the dataset", advice: advice)
  }

  private var library: String {
    "libhdf5 \(version)\(version.isEmpty ? "" : ", ")run in a process of its own"
  }

  private var notAnAnswer: Problem {
    Problem(
      .unavailable, file: question.tool, found: "output that is no whole answer about \(question.file)",
      expected: "the answer of the program ingot-hdf5 of this version", advice: "Install ingot-hdf5 beside ingot")
  }
}

extension Duration {
  /// The duration for a sentence: `60.0 seconds`.
  fileprivate var words: String { "\(self / .seconds(1)) seconds" }
}
