import Bytes
import Tensors

/// An attribute as an object header or a fractal heap stores it.
///
/// HDF5 File Format Specification 3.0, IV.A.2.m. "The Attribute Message".
struct AttributeMessage {
  let name: String
  private let space: AddressSpace
  private let version: UInt8
  private let flags: UInt8
  private let datatypeSize: Int
  private let dataspaceSize: Int
  private let rest: Cursor

  /// Reads the name and the sizes; the rest is read by ``attribute(of:)``.
  init(_ space: AddressSpace, message body: ByteView) throws {
    self.space = space
    var cursor = Cursor(body)
    version = try cursor.version(1...3, of: "an attribute")
    flags = try cursor.u8("the flags of an attribute")
    let nameSize = Int(try cursor.u16("the size of an attribute's name"))
    datatypeSize = Int(try cursor.u16("the size of an attribute's datatype"))
    dataspaceSize = Int(try cursor.u16("the size of an attribute's dataspace"))
    if version == 3 { try cursor.skip(1, "the character set of an attribute's name") }
    let place = cursor
    guard (2...(Limits.nameBytes + 1)).contains(nameSize) else {
      throw place.damaged(
        found: "an attribute name of \(nameSize) bytes", expected: "1 to \(Limits.nameBytes) bytes and a NUL")
    }
    let nameBytes = try cursor.bytes(nameSize, "the name of an attribute")
    let name = nameBytes.withUnsafeBytes { String(validating: $0.prefix { $0 != 0 }, as: UTF8.self) }
    guard let name, !name.isEmpty else {
      throw place.damaged(found: "an attribute name that is empty or no UTF-8", expected: "a name in UTF-8")
    }
    self.name = name
    if version == 1 { try cursor.skip(min(cursor.remaining, -nameSize & 7), "the padding of an attribute's name") }
    rest = cursor
  }

  /// Reads the type, the shape and the place of the data.
  ///
  /// - Parameter object: The path of the object that the attribute is on.
  func attribute(of object: String) throws -> Attribute {
    let place = "\(object), attribute \(name)"
    return try naming(place) {
      var cursor = rest
      func part(_ size: Int, _ what: String) throws -> Cursor {
        let bytes = try cursor.bytes(size, what)
        if version == 1 { try cursor.skip(-size & 7, "the padding of \(what)") }
        return Cursor(bytes)
      }
      var typeCursor = try part(datatypeSize, "the datatype of an attribute")
      if version > 1, flags & 0x01 != 0 {
        typeCursor = try SharedMessage.target(&typeCursor, in: space, type: .datatype, of: "a datatype")
      }
      var spaceCursor = try part(dataspaceSize, "the dataspace of an attribute")
      if version > 1, flags & 0x02 != 0 {
        spaceCursor = try SharedMessage.target(&spaceCursor, in: space, type: .dataspace, of: "a dataspace")
      }
      let datatype = try Datatype(&typeCursor)
      let shape = try Dataspace(&spaceCursor).shape
      let (size, overflow) = shape.elementCount.multipliedReportingOverflow(by: datatype.size)
      guard !overflow, size <= cursor.remaining else {
        throw cursor.damaged(
          found: "\(shape.elementCount) elements of \(datatype.size) bytes in an attribute",
          expected: "no more than its \(cursor.remaining) bytes")
      }
      return Attribute(
        name: name, shape: shape, space: space, datatype: datatype, data: try cursor.bytes(size, "an attribute"),
        place: place)
    }
  }
}
