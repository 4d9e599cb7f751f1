import Bytes

/// The bytes that the addresses of a file count into: from its base address to its end-of-file address.
///
/// HDF5 File Format Specification 3.0, II.A: "all other file addresses … are relative to this base address".
struct AddressSpace: Sendable {
  /// The address that points nowhere (all bits set).
  static let undefined = UInt64.max

  let bytes: ByteView
  /// Whether the end of the file is missing: what lies there is passed over instead of spoiling the rest.
  var isCutShort = false
  /// What is kept of the file while it is read.
  let shared = SharedReading()

  /// How many bytes there are.
  var count: Int { bytes.count }

  /// Starts reading at an address.
  func cursor(at address: UInt64, of what: @autoclosure () -> String) throws -> Cursor {
    guard let offset = Int(exactly: address), offset < count else {
      throw outside(address: address, count: nil, what())
    }
    return Cursor(bytes, at: offset)
  }

  /// Cuts out a range.
  func slice(at address: UInt64, count: UInt64, of what: @autoclosure () -> String) throws -> ByteView {
    guard let offset = Int(exactly: address), let length = Int(exactly: count), offset <= self.count,
      length <= self.count - offset
    else { throw outside(address: address, count: count, what()) }
    return try bytes.slice(at: offset, count: length, of: what())
  }

  /// Cuts out a range that an earlier check found inside.
  func slice(_ range: Range<Int>) throws -> ByteView {
    try bytes.slice(at: range.lowerBound, count: range.count, of: "a range found before")
  }

  /// Builds a problem at an offset into this space.
  func problem(
    _ kind: Problem.Kind = .damaged, at offset: Int? = nil, found: String, expected: String? = nil,
    advice: String? = nil
  ) -> Problem {
    Problem(
      kind, file: bytes.file, byte: offset.map { bytes.start + $0 }, found: found, expected: expected, advice: advice)
  }

  private func outside(address: UInt64, count: UInt64?, _ what: String) -> Problem {
    let place = address == Self.undefined ? "the undefined address" : "the address \(address)"
    return problem(
      found: "\(place) for \(what)" + (count.map { " of \($0) bytes" } ?? ""),
      expected: "a place inside the \(self.count) bytes of the file",
      advice: "The file is cut short or overwritten; get it again from where it came")
  }
}

/// Runs a body and writes the object's path into a problem that does not name one yet.
func naming<Result>(_ object: @autoclosure () -> String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch var problem as Problem {
    if problem.object == nil { problem.object = object() }
    throw problem
  }
}
