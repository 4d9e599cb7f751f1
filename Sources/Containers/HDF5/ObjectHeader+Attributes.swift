import Bytes

extension ObjectHeader {
  /// Returns the names of the object's attributes, sorted by their UTF-8 bytes.
  func attributeNames(of path: String) throws -> [String] {
    try naming(path) {
      try attributeMessages().map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }

  /// Reads the attribute of a name; names are compared byte by byte.
  func attribute(_ name: String, of path: String) throws -> Attribute? {
    try naming(path) {
      try attributeMessages().first { $0.name.utf8.elementsEqual(name.utf8) }?.attribute(of: path)
    }
  }

  /// Reads the attributes of several names, looking through all of them once; nil for a name that there is none of.
  func attributes(_ names: [String], of path: String) throws -> [Attribute?] {
    try naming(path) {
      let messages = Dictionary(try attributeMessages().map { (Spelling($0.name), $0) }) { first, _ in first }
      return try names.map { try messages[Spelling($0)]?.attribute(of: path) }
    }
  }

  /// Reads the names of all attributes: those in the header, and those in a fractal heap where there are many or large
  /// ones.
  ///
  /// HDF5 File Format Specification 3.0, IV.A.2.v. "The Attribute Info Message".
  private func attributeMessages() throws -> [AttributeMessage] {
    var attributes: [AttributeMessage] = []
    for message in messages where message.type == MessageType.attribute.rawValue {
      attributes.append(try AttributeMessage(space, message: cursor(message, of: "an attribute").view))
    }
    guard let info = first(.attributeInfo) else { return attributes }
    var cursor = try cursor(info, of: "attribute info")
    _ = try cursor.version(0...0, of: "attribute info")
    let flags = try cursor.u8("the flags of attribute info")
    if flags & 0x01 != 0 { try cursor.skip(2, "the largest creation index") }
    let heapAddress = try cursor.u64("the fractal heap of attributes")
    let treeAddress = try cursor.u64("the name index of attributes")
    guard heapAddress != AddressSpace.undefined else { return attributes }
    var heap = try FractalHeap(space, at: heapAddress)
    // Records of type 8: heap identifier, message flags, creation order, hash of the name.
    try VersionTwoBTree.forEachRecord(space, at: treeAddress, type: 8, recordSize: 17) { record in
      let object = try heap.object(try record.bytes(8, "the heap identifier of an attribute"))
      let place = record
      guard try record.u8("the message flags of an attribute") & 0x02 == 0 else {
        throw place.problem(
          .unsupported, found: "an attribute that is shared with other objects", expected: "one of the object's own")
      }
      attributes.append(try AttributeMessage(space, message: space.slice(object)))
    }
    return attributes
  }
}
