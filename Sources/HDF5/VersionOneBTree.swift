import Bytes

/// A tree that finds the symbol nodes of an old-style group or the chunks of a dataset.
///
/// HDF5 File Format Specification 3.0, III.A.1. "Disk Format: Level 1A1 - Version 1 B-trees".
struct VersionOneBTree {
  /// What a tree points to, with the size of its keys.
  enum Kind {
    case group
    /// Keys hold the stored size, the filter mask and an offset for each dimension and the element.
    case chunks(dimensions: Int)

    var type: UInt8 {
      switch self {
      case .group: 0
      case .chunks: 1
      }
    }

    var keySize: Int {
      switch self {
      case .group: 8
      case .chunks(let dimensions): 8 + 8 * dimensions
      }
    }
  }

  private let space: AddressSpace
  private let kind: Kind
  private var visited: Set<UInt64> = []
  private var entriesLeft: Int

  private init(_ space: AddressSpace, kind: Kind) {
    self.space = space
    self.kind = kind
    entriesLeft = space.count / (kind.keySize + 8)
  }

  /// Visits the entries of all leaves in order: `visit` gets a cursor at the key, and the child's address.
  ///
  /// Every node is read once and levels must fall by one, so that a loop ends as a problem.
  static func forEachLeafEntry(
    _ space: AddressSpace, at root: UInt64, kind: Kind, visit: (inout Cursor, UInt64) throws -> Void
  ) throws {
    var tree = VersionOneBTree(space, kind: kind)
    try tree.walk(at: root, level: nil, visit: visit)
  }

  private mutating func walk(
    at address: UInt64, level expected: UInt8?, visit: (inout Cursor, UInt64) throws -> Void
  ) throws {
    var cursor = try space.cursor(at: address, of: "a B-tree node")
    let place = cursor
    guard visited.insert(address).inserted else {
      throw place.damaged(found: "a B-tree node that is reached twice", expected: "a tree without loops")
    }
    try cursor.signature("TREE", of: "a B-tree node")
    let type = try cursor.u8("the type of a B-tree node")
    guard type == kind.type else {
      throw place.damaged(found: "a B-tree node of type \(type)", expected: "type \(kind.type)")
    }
    let level = try cursor.u8("the level of a B-tree node")
    guard expected.map({ $0 == level }) ?? (level <= Limits.depth) else {
      throw place.damaged(
        found: "a B-tree node of level \(level)",
        expected: expected.map { "level \($0), one below its parent" } ?? "a level of at most \(Limits.depth)")
    }
    let count = Int(try cursor.u16("the number of entries of a B-tree node"))
    try cursor.skip(16, "the siblings of a B-tree node")
    entriesLeft -= count
    guard entriesLeft >= 0 else {
      throw place.damaged(found: "more B-tree entries than the file has room for")
    }
    var entries = Cursor(try cursor.bytes(count * (kind.keySize + 8) + kind.keySize, "the entries of a B-tree node"))
    for _ in 0..<count {
      var key = entries
      try entries.skip(kind.keySize, "a B-tree key")
      let child = try entries.u64("the address of a B-tree child")
      if level == 0 {
        try visit(&key, child)
      } else {
        try walk(at: child, level: level - 1, visit: visit)
      }
    }
  }
}
