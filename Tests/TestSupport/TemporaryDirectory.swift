import Foundation

/// A new, empty directory that disappears with its contents when the last reference to it does.
public final class TemporaryDirectory: Sendable {
  /// Where the directory is.
  public let url: URL

  /// Makes a directory that nobody else uses.
  public init() throws {
    url = FileManager.default.temporaryDirectory
      .appending(path: "ingot-test-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// Returns the path of a file in the directory, whether it exists or not.
  public func path(_ name: String) -> String {
    url.appending(path: name).path
  }

  /// Writes a file into the directory and returns its path.
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = path(name)
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }
}
