/// A position in a ``ByteView`` from which little-endian fields are taken one after the other, each checked.
///
/// Every read names what it reads, so that a file that ends too early says which field is missing and where.
public struct Cursor: Sendable {
  /// The window being read.
  public let view: ByteView
  /// The position in bytes from the start of the window.
  public private(set) var offset: Int

  /// Starts at an offset of a view; an offset outside it fails at the first read.
  public init(_ view: ByteView, at offset: Int = 0) {
    self.view = view
    self.offset = offset
  }

  /// The position in bytes from the start of the file.
  public var filePosition: Int { view.start + offset }

  /// How many bytes are left in the window.
  public var remaining: Int { max(0, view.count - offset) }

  /// Takes an unsigned or signed little-endian integer.
  ///
  /// - Throws: ``Problem`` of kind *damaged* when fewer bytes are left.
  public mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type, _ what: @autoclosure () -> String
  ) throws -> Value {
    let size = MemoryLayout<Value>.size
    let position = try take(size, what())
    return view.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Value.self)) }
  }

  /// Takes one byte.
  public mutating func u8(_ what: @autoclosure () -> String) throws -> UInt8 { try integer(UInt8.self, what()) }

  /// Takes a little-endian 16-bit number.
  public mutating func u16(_ what: @autoclosure () -> String) throws -> UInt16 { try integer(UInt16.self, what()) }

  /// Takes a little-endian 32-bit number.
  public mutating func u32(_ what: @autoclosure () -> String) throws -> UInt32 { try integer(UInt32.self, what()) }

  /// Takes a little-endian 64-bit number.
  public mutating func u64(_ what: @autoclosure () -> String) throws -> UInt64 { try integer(UInt64.self, what()) }

  /// Takes `count` bytes as a view of their own.
  public mutating func bytes(_ count: Int, _ what: @autoclosure () -> String) throws -> ByteView {
    let position = try take(count, what())
    return try view.slice(at: position, count: count, of: what())
  }

  /// Passes over `count` bytes.
  public mutating func skip(_ count: Int, _ what: @autoclosure () -> String) throws {
    _ = try take(count, what())
  }

  /// Builds the problem *damaged* at this position.
  public func damaged(found: String, expected: String? = nil, advice: String? = nil, object: String? = nil) -> Problem {
    Problem(
      .damaged, file: view.file, object: object, byte: filePosition, found: found, expected: expected, advice: advice)
  }

  private mutating func take(_ count: Int, _ what: @autoclosure () -> String) throws -> Int {
    guard count >= 0, offset >= 0, offset <= view.count, count <= view.count - offset else {
      throw damaged(
        found: "\(remaining) bytes left", expected: "\(count) bytes for \(what())",
        advice: "The file is cut short or overwritten; get it again from where it came")
    }
    defer { offset += count }
    return offset
  }
}
