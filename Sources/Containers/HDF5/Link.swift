import Bytes

/// A name in a group and what it stands for.
struct Link: Sendable {
  /// What a name stands for.
  enum Target: Sendable {
    /// An object header in this file.
    case object(UInt64)
    /// Something that Ingot never follows, as a noun phrase: `a soft link to "/a"`.
    case refused(String)
  }

  /// Where the name's bytes lie in the address space.
  let name: Range<Int>
  let target: Target

  init(name: Range<Int>, target: Target) {
    self.name = name
    self.target = target
  }

  /// Reads a link message.
  ///
  /// HDF5 File Format Specification 3.0, IV.A.2.g. "The Link Message".
  init(_ space: AddressSpace, message body: Range<Int>) throws {
    var cursor = Cursor(try space.slice(body))
    _ = try cursor.version(1...1, of: "a link")
    let flags = try cursor.u8("the flags of a link")
    let type = flags & 0x08 != 0 ? try cursor.u8("the type of a link") : 0
    if flags & 0x04 != 0 { try cursor.skip(8, "the creation order of a link") }
    if flags & 0x10 != 0 { try cursor.skip(1, "the character set of a link") }
    let length = try cursor.number(width: 1 << Int(flags & 3), "the length of a link's name")
    let bytes = try cursor.bytes(Int(clamping: length), "the name of a link")
    name = (bytes.start - space.bytes.start)..<(bytes.start - space.bytes.start + bytes.count)
    switch type {
    case 0: target = .object(try cursor.u64("the address of a link's object"))
    case 1:
      let count = Int(try cursor.u16("the length of a soft link"))
      target = .refused(softLink(to: try cursor.bytes(count, "the path of a soft link")))
    case 64:
      let count = Int(try cursor.u16("the length of an external link"))
      let value = try cursor.bytes(count, "the target of an external link").array()
      let parts = value.dropFirst().split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        .prefix(2).map { String(decoding: $0, as: UTF8.self) }
      target = .refused("an external link to \"\(parts.joined(separator: ":"))\"")
    default: target = .refused("a link of the user-defined type \(type)")
    }
  }
}

/// Describes a soft link whose path is NUL-terminated or fills the bytes.
func softLink(to path: ByteView) -> String {
  let path = path.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }.prefix(Limits.nameBytes), as: UTF8.self) }
  return "a soft link to \"\(path)\""
}
