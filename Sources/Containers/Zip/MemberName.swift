import Bytes

/// The rules for a member's name.
///
/// Nothing is ever extracted, but names end up in other tools and on terminals: one that leads out of the archive is refused
/// wherever it turns up. A colon is no drive by itself: NumPy writes keys such as `w:0`.
enum MemberName {
  private static let longest = 4_096

  /// Returns the name as text.
  ///
  /// Bit 11 of the flags (UTF-8) is not consulted: a name that is valid UTF-8 is taken as such.
  static func check(_ bytes: [UInt8], file: String, position: Int) throws -> String {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      throw Problem(
        .unsupported, file: file, byte: position, found: "a member whose name is not UTF-8",
        expected: "names in ASCII or UTF-8",
        advice: "Pack the archive again with a program that writes UTF-8 names, such as Python's `zipfile`")
    }
    func refused(_ found: String) -> Problem {
      Problem(
        .refused, file: file, object: name.isEmpty ? nil : name, byte: position, found: found,
        expected: "a relative path inside the archive")
    }
    guard !bytes.isEmpty else { throw refused("a member without a name") }
    guard bytes.count <= longest else {
      throw Problem(
        .refused, file: file, byte: position, found: "a name of \(bytes.count) bytes",
        expected: "at most \(longest) bytes")
    }
    guard !bytes.contains(0) else { throw refused("a name that contains NUL") }
    let parts = bytes.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    guard !parts[0].isEmpty else { throw refused("an absolute name") }
    guard parts.count == 1 || parts[0].count != 2 || parts[0].last != UInt8(ascii: ":") else {
      throw refused("a name that begins with a drive")
    }
    guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else {
      throw refused("a name that leads to a parent folder")
    }
    return name
  }
}
