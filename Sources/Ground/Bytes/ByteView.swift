import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A read-only window onto a file or onto memory that keeps its owner alive.
///
/// A view is made over a whole file (mapped, so that opening costs no reading) or over bytes in memory, and
/// cut into smaller ones by ``slice(at:count:of:)``. Every access is checked against the window.
public struct ByteView: Sendable {
  /// The name that problems show for the file.
  public var file: String
  /// Where the window begins, in bytes from the start of the file.
  public let start: Int
  /// The window's length in bytes.
  public let count: Int
  private let owner: Owner

  private init(file: String, start: Int, count: Int, owner: Owner) {
    self.file = file
    self.start = start
    self.count = count
    self.owner = owner
  }

  /// Maps a regular file read-only, without reading it.
  ///
  /// - Throws: ``Problem`` of kind *unavailable* when the file is missing, not permitted or not a regular file.
  public init(mapping path: String) throws {
    let owner = try Owner(mapping: path)
    self.init(file: path, start: 0, count: owner.memory.count, owner: owner)
  }

  /// Copies bytes into memory that the view owns, aligned to 64 bytes.
  public init(_ bytes: [UInt8], file: String = "memory") {
    self.init(count: bytes.count, file: file) { $0.copyBytes(from: bytes) }
  }

  /// Allocates memory aligned to 64 bytes, lets `fill` write it once, and owns it from then on.
  ///
  /// The memory starts as zeros. The caller answers for `count`: it must come from bytes that exist, not from
  /// a number that a file claims.
  public init(
    count: Int, file: String = "memory", fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let owner = Owner(count: count)
    try fill(UnsafeMutableRawBufferPointer(mutating: owner.memory))
    self.init(file: file, start: 0, count: count, owner: owner)
  }

  /// Returns the window `offset ..< offset + count` of this one.
  ///
  /// - Parameter what: What the bytes are, for the message: `the data of the dataset`.
  /// - Throws: ``Problem`` of kind *damaged* when the range leaves this window.
  public func slice(at offset: Int, count: Int, of what: @autoclosure () -> String) throws -> ByteView {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw outOfBounds(offset: offset, count: count, what())
    }
    owner.countWindow()
    return ByteView(file: file, start: start + offset, count: count, owner: owner)
  }

  /// Calls `body` with the bytes, which stay valid for the call only.
  ///
  /// Those of a mapped file are read through the map: see ``MappedFiles`` for what happens when it is cut short meanwhile.
  public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owner) {
      try body(UnsafeRawBufferPointer(rebasing: owner.memory[start..<(start + count)]))
    }
  }

  /// Copies `buffer.count` bytes from `offset` of the window; a file is read by `pread`, not through its map.
  ///
  /// Reading in this way keeps the resident memory at the size of the buffer and turns a file that shrinks while it is
  /// open into an error instead of a bus error.
  ///
  /// - Throws: ``Problem`` of kind *damaged* when the range leaves the window, *unavailable* when the system cannot
  ///   read it or the file has become shorter.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    guard offset >= 0, offset <= count, buffer.count <= count - offset else {
      throw outOfBounds(offset: offset, count: buffer.count, "\(buffer.count) bytes")
    }
    try owner.read(at: start + offset, into: buffer, file: file)
  }

  /// Returns the bytes as an array.
  public func array() -> [UInt8] {
    withUnsafeBytes { Array($0) }
  }

  private func outOfBounds(offset: Int, count: Int, _ what: String) -> Problem {
    Problem(
      .damaged, file: file, byte: start,
      found: "\(what) at offset \(offset) with length \(count)",
      expected: "a range inside the \(self.count) bytes there",
      advice: "The file is cut short or overwritten; get it again from where it came")
  }
}

/// Whoever keeps the bytes of views alive: a mapped file or a block of memory.
private final class Owner: @unchecked Sendable {
  // The memory is written only before the first view over it exists, and the descriptor is only read by pread.
  let memory: UnsafeRawBufferPointer
  private let descriptor: Int32?
  private let windows = Atomic(0)

  init(count: Int) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    self.memory = UnsafeRawBufferPointer(memory)
    descriptor = nil
  }

  init(mapping path: String) throws {
    func unavailable(_ reason: String, advice: String? = nil) -> Problem {
      Problem(.unavailable, file: path, found: reason, expected: "a readable regular file", advice: advice)
    }
    // O_NONBLOCK keeps a FIFO from holding the open until somebody writes to it.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw unavailable(reason(for: errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw unavailable(reason(for: code))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw unavailable(status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "a device, pipe or socket")
    }
    let count = Int(status.st_size)
    guard count > 0 else {
      memory = UnsafeRawBufferPointer(start: nil, count: 0)
      self.descriptor = descriptor
      return
    }
    guard let map = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), map != MAP_FAILED else {
      let code = errno
      close(descriptor)
      throw unavailable("a file that cannot be mapped (\(reason(for: code)))")
    }
    memory = UnsafeRawBufferPointer(start: map, count: count)
    self.descriptor = descriptor
    MappedFiles.add(memory, of: path)
  }

  deinit {
    if let descriptor {
      if let base = memory.baseAddress {
        MappedFiles.remove(memory)
        munmap(UnsafeMutableRawPointer(mutating: base), memory.count)
      }
      close(descriptor)
    } else {
      UnsafeMutableRawBufferPointer(mutating: memory).deallocate()
    }
  }

  /// Lets go of the pages of a map, now and then.
  ///
  /// The system maps 64 KiB around every header that is looked at, which adds up in a file of thousands of datasets. A page that is
  /// let go stays in the system's cache and comes back when it is touched.
  func countWindow() {
    guard descriptor != nil, windows.wrappingAdd(1, ordering: .relaxed).newValue.isMultiple(of: 128) else { return }
    madvise(UnsafeMutableRawPointer(mutating: memory.baseAddress), memory.count, MADV_DONTNEED)
  }

  func read(at position: Int, into buffer: UnsafeMutableRawBufferPointer, file: String) throws {
    guard let descriptor else {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[position..<(position + buffer.count)]))
      return
    }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(position + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw Problem(
          .unavailable, file: file, byte: position + done,
          found: count == 0 ? "the end of a file that was longer when it was opened" : reason(for: errno),
          expected: "\(buffer.count - done) more bytes",
          advice: "Do not change a file while it is being read")
      }
      done += count
    }
  }
}

/// Returns the system's words for an error number, beginning in lower case.
public func reason(for code: Int32) -> String {
  let text = String(cString: strerror(code))
  return text.prefix(1).lowercased() + text.dropFirst()
}
