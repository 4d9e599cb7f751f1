import Bytes

/// The links of one group, sorted by the bytes of their names.
///
/// It is kept by what the address space shares (``SharedReading``), so it must not hold the space itself: the two would never go.
struct LinkTable: Sendable {
  private let links: [Link]
  /// Whether those are all; of a file that is cut short, some may lie behind its end.
  let isWhole: Bool

  /// Reads the links from wherever the group keeps them: a symbol table, messages in its header, or a fractal heap.
  init(_ header: ObjectHeader) throws {
    let space = header.space
    var links: [Link] = []
    var isWhole = true
    if let message = header.first(.symbolTable) {
      var cursor = try header.cursor(message, of: "a symbol table")
      (links, isWhole) = try SymbolTable.links(space, message: &cursor)
    } else {
      for message in header.messages where message.type == ObjectHeader.MessageType.link.rawValue {
        _ = try header.cursor(message, of: "a link")
        links.append(try Link(space, message: message.body))
      }
      if let message = header.first(.linkInfo) {
        var cursor = try header.cursor(message, of: "link info")
        links += try Self.denseLinks(space, &cursor)
      }
    }
    links.sort { space.compare($0.name, $1.name) < 0 }
    for link in links { try Self.check(link.name, in: space) }
    for (link, next) in zip(links, links.dropFirst()) where space.compare(link.name, next.name) == 0 {
      throw space.problem(
        at: next.name.lowerBound, found: "two links named \"\(space.text(link.name))\" in one group",
        expected: "every name once")
    }
    self.links = links
    self.isWhole = isWhole
  }

  /// Reads the links of a dense group.
  ///
  /// They are link messages in a fractal heap, found by a version 2 B-tree of type 5 (hash of the name, heap identifier).
  /// HDF5 File Format Specification 3.0, IV.A.2.c. "The Link Info Message".
  private static func denseLinks(_ space: AddressSpace, _ info: inout Cursor) throws -> [Link] {
    _ = try info.version(0...0, of: "link info")
    let flags = try info.u8("the flags of link info")
    if flags & 0x01 != 0 { try info.skip(8, "the largest creation index") }
    let heapAddress = try info.u64("the fractal heap of links")
    let treeAddress = try info.u64("the name index of links")
    guard heapAddress != AddressSpace.undefined else { return [] }
    var heap = try FractalHeap(space, at: heapAddress)
    var links: [Link] = []
    try VersionTwoBTree.forEachRecord(space, at: treeAddress, type: 5, recordSize: 11) { record in
      try record.skip(4, "the hash of a link's name")
      let object = try heap.object(try record.bytes(7, "the heap identifier of a link"))
      links.append(try Link(space, message: object))
    }
    return links
  }

  private static func check(_ name: Range<Int>, in space: AddressSpace) throws {
    let isSound = space.bytes.withUnsafeBytes { bytes in
      !name.isEmpty && name.count <= Limits.nameBytes && bytes[name].allSatisfy { $0 != 0 && $0 != 0x2F }
    }
    guard isSound else {
      throw space.problem(
        at: name.lowerBound, found: "a link name that is empty, too long or has a slash or a NUL in it",
        expected: "1 to \(Limits.nameBytes) other bytes")
    }
  }

  /// Decodes all names.
  func names(in space: AddressSpace) throws -> [String] {
    try links.map { link in
      let name = space.bytes.withUnsafeBytes { String(validating: $0[link.name], as: UTF8.self) }
      guard let name else {
        throw space.problem(at: link.name.lowerBound, found: "a link name that is no UTF-8", expected: "UTF-8")
      }
      return name
    }
  }

  /// The link at a position in the order of names.
  subscript(position: Int) -> Link { links[position] }

  /// Finds a link by the UTF-8 bytes of its name.
  func position(of name: String, in space: AddressSpace) -> Int? {
    var name = name
    return name.withUTF8 { wanted in
      space.bytes.withUnsafeBytes { bytes in
        var candidates = links.indices
        while !candidates.isEmpty {
          let middle = candidates.lowerBound + candidates.count / 2
          let found = UnsafeRawBufferPointer(rebasing: bytes[links[middle].name])
          let order = compareBytes(UnsafeRawBufferPointer(wanted), found)
          if order == 0 { return middle }
          candidates = order < 0 ? candidates.lowerBound..<middle : (middle + 1)..<candidates.upperBound
        }
        return nil
      }
    }
  }
}

extension AddressSpace {
  /// Compares the bytes of two ranges.
  fileprivate func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
    bytes.withUnsafeBytes {
      compareBytes(UnsafeRawBufferPointer(rebasing: $0[left]), UnsafeRawBufferPointer(rebasing: $0[right]))
    }
  }

  /// Decodes a name for a message.
  fileprivate func text(_ range: Range<Int>) -> String {
    bytes.withUnsafeBytes { String(decoding: $0[range], as: UTF8.self) }
  }
}

/// Compares bytes as unsigned numbers, a prefix first: negative, zero or positive.
private func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  for index in 0..<min(left.count, right.count) where left[index] != right[index] {
    return Int(left[index]) - Int(right[index])
  }
  return left.count - right.count
}
