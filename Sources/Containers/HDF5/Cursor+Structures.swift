import Bytes

extension Cursor {
  /// Takes the four-byte signature that opens most structures.
  mutating func signature(_ signature: StaticString, of what: @autoclosure () -> String) throws {
    let place = self
    let found = try u32("the signature of \(what())")
    let expected = signature.withUTF8Buffer { UnsafeRawBufferPointer($0).loadUnaligned(as: UInt32.self) }
    guard found == UInt32(littleEndian: expected) else {
      throw place.damaged(found: "no signature \(signature)", expected: what())
    }
  }

  /// Takes a version byte.
  mutating func version(_ versions: ClosedRange<UInt8>, of what: @autoclosure () -> String) throws -> UInt8 {
    let place = self
    let version = try u8("the version of \(what())")
    guard versions.contains(version) else {
      throw place.problem(
        .unsupported, found: "version \(version) of \(what())",
        expected: versions.count == 1
          ? "version \(versions.lowerBound)" : "a version from \(versions.lowerBound) to \(versions.upperBound)")
    }
    return version
  }

  /// Takes a little-endian number of 0 to 8 bytes.
  mutating func number(width: Int, _ what: @autoclosure () -> String) throws -> UInt64 {
    switch width {
    case 1: return UInt64(try u8(what()))
    case 2: return UInt64(try u16(what()))
    case 4: return UInt64(try u32(what()))
    case 8: return try u64(what())
    default:
      guard (0...8).contains(width) else { throw damaged(found: "a number of \(width) bytes for \(what())") }
      var value: UInt64 = 0
      for index in 0..<width { value |= UInt64(try u8(what())) << UInt64(8 * index) }
      return value
    }
  }

  /// Takes the checksum of everything from `start` to here, and compares it.
  ///
  /// Specification 3.0, VIII: all metadata checksums are Jenkins' lookup3 with the initial value 0.
  mutating func checksum(from start: Int, of what: @autoclosure () -> String) throws {
    let place = self
    let computed = view.withUnsafeBytes { lookup3(UnsafeRawBufferPointer(rebasing: $0[start..<place.offset])) }
    let stored = try u32("the checksum of \(what())")
    #if !FUZZING  // A fuzzer can hardly make a right checksum: its build takes any (tools/fuzz).
      guard stored == computed else {
        throw place.damaged(found: "a wrong checksum of \(what())", expected: "the checksum \(computed), not \(stored)")
      }
    #endif
  }

  /// Builds a problem at this position.
  func problem(_ kind: Problem.Kind, found: String, expected: String? = nil, advice: String? = nil) -> Problem {
    Problem(kind, file: view.file, byte: filePosition, found: found, expected: expected, advice: advice)
  }
}
