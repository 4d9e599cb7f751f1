import Bytes

/// A tree that finds the symbol nodes of an old-style group or the chunks of a dataset.
///
/// HDF5 File Format Specification 3.0, III.A.1. "Disk Format: Level 1A1 - Version 1 B-trees".
struct VersionOneBTree {
  /// What a tree points to, with the size of its keys.
  enum Kind {
    case group
    /// Keys hold the stored size, the filter mask and an offset for each dimension and the element, in multiples of these extents.
    case chunks(extents: [Int])

    var type: UInt8 {
      switch self {
      case .group: 0
      case .chunks: 1
      }
    }

    var keySize: Int {
      switch self {
      case .group: 8
      case .chunks(let extents): 8 + 8 * extents.count
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
  /// Every node is read once and levels must fall by one, so that a loop ends as a problem. The keys of chunks must rise from entry to
  /// entry and lie within those of the parent: libhdf5 seeks by them, and where they lead astray it takes a chunk for
  /// one that was never written (H5D__btree_cmp3, H5B_find).
  static func forEachLeafEntry(
    _ space: AddressSpace, at root: UInt64, kind: Kind, visit: (inout Cursor, UInt64) throws -> Void
  ) throws {
    var tree = VersionOneBTree(space, kind: kind)
    try tree.walk(at: root, level: nil, within: (nil, nil), visit: visit)
  }

  private mutating func walk(
    at address: UInt64, level expected: UInt8?, within bounds: (first: Position?, end: Position?),
    visit: (inout Cursor, UInt64) throws -> Void
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
    var misplaced: Problem?
    for _ in 0..<count {
      var key = entries
      let position = try position(at: &entries)
      let child = try entries.u64("the address of a B-tree child")
      var ahead = entries
      let next = try self.position(at: &ahead)
      let end = [next, bounds.end].compactMap(\.self).min()
      if let position, let end, position >= end || position < bounds.first ?? position {
        misplaced =
          misplaced
          ?? key.damaged(
            found: "a B-tree key out of order", expected: "keys that rise, within those of the parent")
      }
      if level == 0 {
        try visit(&key, child)
      } else {
        try walk(at: child, level: level - 1, within: (position, end), visit: visit)
      }
    }
    // What is wrong with a single chunk was told first.
    if let misplaced { throw misplaced }
  }

  /// Reads a key as a position counted in chunks; nil where it is no chunk's.
  private func position(at cursor: inout Cursor) throws -> Position? {
    guard case .chunks(let extents) = kind else {
      try cursor.skip(kind.keySize, "a B-tree key")
      return nil
    }
    try cursor.skip(8, "a B-tree key")
    return Position(counts: try extents.map { try cursor.u64("the offset of a chunk") / UInt64(max(1, $0)) })
  }

  /// The place of a chunk, counted in chunks along each dimension; the first one that differs decides the order.
  private struct Position: Comparable {
    let counts: [UInt64]
    static func < (one: Position, other: Position) -> Bool { one.counts.lexicographicallyPrecedes(other.counts) }
  }
}
