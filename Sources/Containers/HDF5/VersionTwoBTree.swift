import Bytes

/// A tree whose records are the values themselves: names of links, names of attributes, chunks.
///
/// HDF5 File Format Specification 3.0, III.A.2. "Disk Format: Level 1A2 - Version 2 B-trees".
struct VersionTwoBTree {
  private let space: AddressSpace
  private let type: UInt8
  private let recordSize: Int
  /// For each depth, 0 for leaves: how many records a node can have and how wide its parent's pointers to it are.
  private var levels: [Level] = []
  private var visited: Set<UInt64> = []
  private var recordsLeft: UInt64

  private struct Level {
    let maximumCount: Int
    let pointerSize: Int
    /// The width of the field that counts all records below a node of this depth.
    let totalWidth: Int
  }

  /// The width of the field that counts a node's own records.
  private let countWidth: Int

  /// Visits all records in order.
  ///
  /// - Parameters:
  ///   - type: The type of the records (5: link names, 8: attribute names, 10 and 11: chunks).
  ///   - recordSize: Their size in bytes, which the tree must agree with.
  static func forEachRecord(
    _ space: AddressSpace, at address: UInt64, type: UInt8, recordSize: Int, visit: (inout Cursor) throws -> Void
  ) throws {
    var cursor = try space.cursor(at: address, of: "a version 2 B-tree")
    let start = cursor
    try cursor.signature("BTHD", of: "a version 2 B-tree")
    _ = try cursor.version(0...0, of: "a version 2 B-tree")
    let foundType = try cursor.u8("the type of a version 2 B-tree")
    let nodeSize = Int(try cursor.u32("the node size of a version 2 B-tree"))
    let foundSize = Int(try cursor.u16("the record size of a version 2 B-tree"))
    let depth = Int(try cursor.u16("the depth of a version 2 B-tree"))
    try cursor.skip(2, "the percentages of a version 2 B-tree")
    let root = try cursor.u64("the root of a version 2 B-tree")
    let rootCount = Int(try cursor.u16("the number of records in the root"))
    let total = try cursor.u64("the number of records in a version 2 B-tree")
    try cursor.checksum(from: start.offset, of: "a version 2 B-tree")

    guard foundType == type, foundSize == recordSize else {
      throw start.damaged(
        found: "a version 2 B-tree of type \(foundType) with records of \(foundSize) bytes",
        expected: "type \(type) with \(recordSize) bytes")
    }
    guard depth <= Limits.depth else {
      throw start.damaged(found: "a version 2 B-tree of depth \(depth)", expected: "at most \(Limits.depth)")
    }
    guard total <= UInt64(space.count / recordSize) else {
      throw start.damaged(
        found: "a version 2 B-tree of \(total) records", expected: "no more than the file has room for")
    }
    if root == AddressSpace.undefined, total == 0 { return }
    var tree = try VersionTwoBTree(
      space, type: type, recordSize: recordSize, nodeSize: nodeSize, depth: depth, total: total, start: start)
    try tree.walk(at: root, count: rootCount, depth: depth, visit: visit)
    guard tree.recordsLeft == 0 else {
      throw start.damaged(
        found: "\(total - tree.recordsLeft) records in a version 2 B-tree", expected: "the \(total) that it declares")
    }
  }

  private init(
    _ space: AddressSpace, type: UInt8, recordSize: Int, nodeSize: Int, depth: Int, total: UInt64, start: Cursor
  ) throws {
    self.space = space
    self.type = type
    self.recordSize = recordSize
    recordsLeft = total
    let overhead = 10  // signature, version, type, checksum
    let leafCount = (nodeSize - overhead) / recordSize
    guard nodeSize > overhead, nodeSize <= space.count, leafCount > 0 else {
      throw start.damaged(found: "nodes of \(nodeSize) bytes for records of \(recordSize) bytes")
    }
    countWidth = byteWidth(UInt64(leafCount))
    levels.append(Level(maximumCount: leafCount, pointerSize: 8 + countWidth, totalWidth: 0))
    var mostBelow = UInt64(leafCount)
    for _ in 0..<depth {
      let pointerSize = 8 + countWidth + levels[levels.count - 1].totalWidth
      let count = (nodeSize - overhead - pointerSize) / (recordSize + pointerSize)
      guard nodeSize > overhead + pointerSize, count > 0 else {
        throw start.damaged(found: "nodes of \(nodeSize) bytes that hold no records at depth \(levels.count)")
      }
      let product = (UInt64(count) + 1).multipliedReportingOverflow(by: mostBelow)
      let sum = product.partialValue.addingReportingOverflow(UInt64(count))
      mostBelow = product.overflow || sum.overflow ? .max : sum.partialValue
      levels.append(Level(maximumCount: count, pointerSize: pointerSize, totalWidth: byteWidth(mostBelow)))
    }
  }

  private mutating func walk(
    at address: UInt64, count: Int, depth: Int, visit: (inout Cursor) throws -> Void
  ) throws {
    var cursor = try space.cursor(at: address, of: "a node of a version 2 B-tree")
    let start = cursor
    guard visited.insert(address).inserted else {
      throw start.damaged(found: "a B-tree node that is reached twice", expected: "a tree without loops")
    }
    guard count <= levels[depth].maximumCount, UInt64(count) <= recordsLeft else {
      throw start.damaged(
        found: "\(count) records in a node of a version 2 B-tree",
        expected: "at most \(min(UInt64(levels[depth].maximumCount), recordsLeft))")
    }
    recordsLeft -= UInt64(count)
    if depth == 0 {
      try cursor.signature("BTLF", of: "a leaf of a version 2 B-tree")
    } else {
      try cursor.signature("BTIN", of: "an internal node of a version 2 B-tree")
    }
    _ = try cursor.version(0...0, of: "a node of a version 2 B-tree")
    guard try cursor.u8("the type of a node of a version 2 B-tree") == type else {
      throw start.damaged(found: "a node of another type than its version 2 B-tree", expected: "type \(type)")
    }
    var records = Cursor(try cursor.bytes(count * recordSize, "the records of a version 2 B-tree"))
    var pointers = cursor
    let level = levels[depth]
    if depth > 0 { try cursor.skip((count + 1) * level.pointerSize, "the children of a version 2 B-tree") }
    try cursor.checksum(from: start.offset, of: "a node of a version 2 B-tree")

    for index in 0...count {
      if depth > 0 {
        let child = try pointers.u64("a child of a version 2 B-tree")
        let childCount = try pointers.number(width: countWidth, "the number of records of a child")
        try pointers.skip(level.pointerSize - 8 - countWidth, "the number of records below a child")
        try walk(at: child, count: Int(clamping: childCount), depth: depth - 1, visit: visit)
      }
      if index < count {
        var record = Cursor(try records.bytes(recordSize, "a record of a version 2 B-tree"))
        try visit(&record)
      }
    }
  }
}

/// How many bytes hold numbers up to a limit.
func byteWidth(_ limit: UInt64) -> Int {
  max(1, (UInt64.bitWidth - limit.leadingZeroBitCount + 7) / 8)
}
