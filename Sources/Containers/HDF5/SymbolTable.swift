import Bytes

/// The links of an old-style group: a B-tree of symbol nodes, with the names in a local heap.
///
/// HDF5 File Format Specification 3.0, III.B. "Group Symbol Table Nodes", III.C. "Symbol Table Entry" and IV.A.2.r.
/// "The Symbol Table Message".
enum SymbolTable {
  /// - Returns: The links, and whether those are all: of a file that is cut short, some may lie behind its end.
  static func links(_ space: AddressSpace, message: inout Cursor) throws -> ([Link], areAll: Bool) {
    let tree = try message.u64("the address of a group's B-tree")
    let heap = try LocalHeap(space, at: try message.u64("the address of a group's local heap"))
    var links: [Link] = []
    var areAll = true
    try VersionOneBTree.forEachLeafEntry(space, at: tree, kind: .group) { _, node in
      // A node behind the end of a file that is cut short names objects that nobody can find any more.
      if space.isCutShort, node >= UInt64(space.count) {
        areAll = false
        return
      }
      var cursor = try space.cursor(at: node, of: "a symbol node")
      try cursor.signature("SNOD", of: "a symbol node")
      _ = try cursor.version(1...1, of: "a symbol node")
      try cursor.skip(1, "the padding of a symbol node")
      let count = Int(try cursor.u16("the number of symbols"))
      guard links.count + count <= space.count / Self.entrySize else {
        throw cursor.damaged(found: "more symbols than the file has room for")
      }
      var entries = Cursor(try cursor.bytes(count * Self.entrySize, "\(count) symbols"))
      for _ in 0..<count { links.append(try link(&entries, heap: heap)) }
    }
    return (links, areAll)
  }

  private static let entrySize = 40

  private static func link(_ entry: inout Cursor, heap: LocalHeap) throws -> Link {
    let name = try heap.string(at: try entry.u64("the name offset of a symbol"))
    let address = try entry.u64("the address of a symbol's object")
    let cacheType = try entry.u32("the cache type of a symbol")
    try entry.skip(4, "the padding of a symbol")
    let scratch = try entry.u32("the scratch pad of a symbol")
    try entry.skip(12, "the scratch pad of a symbol")
    guard cacheType == 2 else { return Link(name: name, target: .object(address)) }
    let path = try heap.string(at: UInt64(scratch))
    return Link(name: name, target: .refused(softLink(to: try heap.space.slice(path))))
  }
}
