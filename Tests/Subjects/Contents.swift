import Bytes
import TestSupport

/// What a reader is tried with: bytes in memory, or a file of its own.
enum Contents {
  case memory([UInt8])
  case file(String)

  /// The bytes, mapped where they are a file.
  ///
  /// - Parameter name: The name that they have for the reader.
  func view(named name: String = "memory") throws -> ByteView {
    switch self {
    case .memory(let bytes): return ByteView(bytes, file: name)
    case .file(let path):
      var view = try ByteView(mapping: path)
      view.file = name
      return view
    }
  }

  /// The bytes in memory.
  func bytes() throws -> [UInt8] {
    switch self {
    case .memory(let bytes): bytes
    case .file: try view().array()
    }
  }

  /// Calls `body` with the path of a file; one that was only made for it lies in memory where the system has a place for
  /// that and is gone afterwards, though whoever mapped it keeps it.
  func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
    switch self {
    case .memory(let bytes):
      let file = try SpoiledFile(bytes)
      return try withExtendedLifetime(file) { try body(file.path) }
    case .file(let path): return try body(path)
    }
  }
}
