import Foundation

/// A file that is spoiled in one way after another, each at the cost of the bytes that change, however long it is.
///
/// It lies in memory where the system has a place for that, and disappears with the last reference to it. It is not for
/// several threads.
public final class SpoiledFile {
  /// Where the file is.
  public let path: String
  private let original: [UInt8]
  private let handle: FileHandle
  private var changed: [Int] = []
  private var count: Int

  /// Writes a sound file.
  public init(_ original: [UInt8]) throws {
    let inMemory = "/dev/shm"
    let folder = FileManager.default.fileExists(atPath: inMemory) ? inMemory : NSTemporaryDirectory()
    path = "\(folder)/ingot-\(UUID().uuidString)"
    self.original = original
    count = original.count
    try Data(original).write(to: URL(filePath: path))
    handle = try FileHandle(forUpdating: URL(filePath: path))
  }

  deinit {
    unlink(path)
  }

  /// Spoils the sound file in a way; nobody may have it mapped from before, since it may become shorter.
  public func spoil(by mutation: Mutation) throws {
    try mend()
    let (changes, count) = mutation.effect(on: original)
    if count < self.count {
      try handle.truncate(atOffset: UInt64(count))
    } else {
      try write(original[self.count..<count], at: self.count)
    }
    self.count = count
    for (offset, byte) in changes { try write([byte], at: offset) }
    changed = changes.map(\.offset)
  }

  /// Brings back the bytes that changed; what was cut off comes back only when it is needed.
  private func mend() throws {
    for offset in changed { try write([original[offset]], at: offset) }
    changed = []
  }

  private func write(_ bytes: some Collection<UInt8>, at offset: Int) throws {
    if bytes.isEmpty { return }
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: Data(bytes))
  }
}
