import Bytes
import Zip

/// What holds a `.npy`: a file of its own, or a member of an archive.
enum NumPySource {
  case file(ByteView)
  case member(ZipMember)

  /// The name that problems show.
  var file: String {
    switch self {
    case .file(let bytes): bytes.file
    case .member(let member): member.file
    }
  }

  /// The size in bytes.
  var count: Int {
    switch self {
    case .file(let bytes): bytes.count
    case .member(let member): member.byteCount
    }
  }

  /// Whether bytes behind the data are an error; NumPy itself leaves them alone in files.
  var endsWithData: Bool {
    switch self {
    case .file: false
    case .member: true
    }
  }

  /// The bytes as they lie in the file; nil when they are deflated.
  var contiguousBytes: ByteView? {
    switch self {
    case .file(let bytes): bytes
    case .member(let member): member.contiguousBytes
    }
  }

  /// Returns a copy of the first `count` bytes, or of all when there are fewer, that counts its offsets from the `.npy`'s beginning.
  func prefix(_ count: Int) throws -> ByteView {
    switch self {
    case .file(let bytes):
      try ByteView(count: min(count, bytes.count), file: file) { try bytes.read(at: 0, into: $0) }
    case .member(let member): try member.prefix(count)
    }
  }

  /// Copies bytes beginning at `offset`.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    switch self {
    case .file(let bytes): try bytes.read(at: offset, into: buffer)
    case .member(let member): try member.read(at: offset, into: buffer)
    }
  }
}
