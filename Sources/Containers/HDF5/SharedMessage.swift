import Bytes

/// A reference that stands where a message should: to a named datatype, most often.
///
/// HDF5 File Format Specification 3.0, IV.A.2. "Disk Format: Level 2A2 - Data Object Header Messages", "Shared Message".
enum SharedMessage {
  /// Follows the reference to the message of the given type in another object's header.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the message lies in the file's table of shared messages.
  static func target(
    _ reference: inout Cursor, in space: AddressSpace, type: ObjectHeader.MessageType, of what: String
  ) throws -> Cursor {
    let place = reference
    let version = try reference.version(1...3, of: "a shared message")
    let kind = try reference.u8("the kind of a shared message")
    if version == 1 { try reference.skip(6, "the padding of a shared message") }
    guard version < 3 || kind == 2 else {
      throw place.problem(
        .unsupported, found: "\(what) in the table of shared messages", expected: "\(what) of the object's own",
        advice: "Copy the file with h5repack")
    }
    let header = try ObjectHeader(space, at: try reference.u64("the address of a shared message"))
    guard let message = header.first(type), !message.isShared else {
      throw place.damaged(found: "a reference to an object without \(what)", expected: "\(what)")
    }
    return Cursor(try space.slice(message.body))
  }
}
