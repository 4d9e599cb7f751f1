import Bytes
import Tensors

/// Writes an HDF5 file of groups, contiguous datasets and short attributes, in the oldest form of the format, which every program
/// reads that reads HDF5 at all.
///
/// HDF5 File Format Specification 3.0: a superblock of version 0, groups as symbol tables. All metadata stand in front; the
/// contents follow in the order of the datasets' paths and are streamed. The same tree gives the same bytes.
public enum HDF5FileWriter {
  /// Writes a file, every dataset in tiles and all of them in parallel.
  ///
  /// - Parameters:
  ///   - root: What the file holds.
  ///   - path: The file's path; it appears only when it is whole.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  /// - Throws: `Problem` of kind *unsupported* for elements, names and attributes that cannot be written; what reading and
  ///   writing throw.
  public static func write(
    _ root: NewGroup, to path: String, replacing: Bool = false, progress: @Sendable (Int) -> Void = { _ in }
  ) throws {
    var metadata = Metadata(file: path, childLimit: max(32, largestNodeCount(of: root)))
    let bytes = try metadata.bytes(for: root)
    let draft = try FileDraft(of: path, replacing: replacing)
    try draft.reserve(metadata.end)
    try bytes.withUnsafeBytes { try draft.write($0, at: 0) }
    try forEachInParallel(metadata.datasets.sorted { $0.source.byteCount > $1.source.byteCount }) { dataset in
      try dataset.source.forEachTile { offset, bytes in
        try draft.write(bytes, at: dataset.address + offset)
        progress(bytes.count)
      }
    }
    try draft.publish()
  }

  /// Checks that a file can hold a tree, of whose datasets nothing is read.
  ///
  /// - Throws: `Problem` as ``write(_:to:replacing:progress:)`` does about elements, names and attributes.
  public static func check(_ root: NewGroup, for path: String) throws {
    var metadata = Metadata(file: path, childLimit: max(32, largestNodeCount(of: root)))
    _ = try metadata.bytes(for: root)
  }

  /// The most nodes of names that a group of the tree has, which one node of its index must hold.
  private static func largestNodeCount(of group: NewGroup) -> Int {
    group.members.values.reduce((group.members.count + Metadata.namesPerNode - 1) / Metadata.namesPerNode) {
      most, member in
      if case .group(let inner) = member { max(most, largestNodeCount(of: inner)) } else { most }
    }
  }
}

/// Everything of a file but the contents of its datasets, laid out from the beginning of the file.
private struct Metadata {
  /// A dataset and where its contents begin in the file.
  struct Placed {
    let source: any TensorSource
    var address: Int
    /// Where the address stands in the metadata.
    let reference: Int
  }

  /// How many names a symbol table node holds: twice the leaf K of the superblock.
  static let namesPerNode = 8
  private static let undefined = UInt64.max
  private static let superblockSize = 96

  let file: String
  /// How many nodes of names an index node holds: twice the internal K of the superblock.
  let childLimit: Int
  private(set) var datasets: [Placed] = []
  private(set) var end = 0
  private var bytes = [UInt8](repeating: 0, count: superblockSize)

  init(file: String, childLimit: Int) {
    self.file = file
    self.childLimit = childLimit + childLimit % 2
  }

  /// Lays out the tree; what is returned stands at the beginning of the file.
  mutating func bytes(for root: NewGroup) throws -> [UInt8] {
    let place = try append(root, at: "/")
    var address = bytes.count
    for index in datasets.indices {
      datasets[index].address += address
      if datasets[index].source.byteCount > 0 { put(UInt64(datasets[index].address), at: datasets[index].reference) }
    }
    address += datasets.reduce(0) { $0 + Self.aligned($1.source.byteCount) }
    end = address
    bytes.replaceSubrange(0..<Self.superblockSize, with: superblock(root: place, end: address))
    return bytes
  }

  private static func aligned(_ count: Int) -> Int { (count + 7) / 8 * 8 }

  private mutating func put(_ number: UInt64, at position: Int) {
    bytes.replaceSubrange(position..<(position + 8), with: Encoding.bytes(number))
  }

  /// Superblock, version 0 (II.A), with the entry of the root group (III.C).
  private func superblock(root: (header: Int, tree: Int, heap: Int), end: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0, 0, 8, 8, 0]
    bytes += Encoding.bytes(UInt16(Self.namesPerNode / 2)) + Encoding.bytes(UInt16(childLimit / 2))
    bytes += Encoding.bytes(UInt32(0))
    for address in [0, Self.undefined, UInt64(end), Self.undefined] { bytes += Encoding.bytes(address) }
    bytes += Encoding.bytes(UInt64(0)) + Encoding.bytes(UInt64(root.header)) + Encoding.bytes(UInt32(1))
    return bytes + [0, 0, 0, 0] + Encoding.bytes(UInt64(root.tree)) + Encoding.bytes(UInt64(root.heap))
  }

  private mutating func append(_ part: [UInt8]) -> Int {
    let address = bytes.count
    bytes += Encoding.padded(part)
    return address
  }

  /// Appends a group behind everything in it: names, index, object header.
  private mutating func append(_ group: NewGroup, at path: String) throws -> (header: Int, tree: Int, heap: Int) {
    var names: [UInt8] = Array(repeating: 0, count: 8)  // the empty name, with which an index begins
    var entries: [(name: Int, header: Int)] = []
    for (name, member) in group.members.sorted(by: { Spelling($0.key) < Spelling($1.key) }) {
      guard !name.isEmpty, name != ".", !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "/")) else {
        throw unsupported(path, found: "the name \"\(name)\"", expected: "a name without NUL and slash")
      }
      let inner = path == "/" ? "/\(name)" : "\(path)/\(name)"
      let header =
        switch member {
        case .group(let group): try append(group, at: inner).header
        case .dataset(let source): try append(source, at: inner)
        }
      entries.append((names.count, header))
      names += Encoding.padded(Array(name.utf8) + [0])
    }
    let heap = appendHeap(names)
    let tree = appendTree(entries)
    var messages: [(type: UInt16, bytes: [UInt8])] = [
      (0x11, Encoding.bytes(UInt64(tree)) + Encoding.bytes(UInt64(heap)))
    ]
    for attribute in group.attributes {
      let bytes = Encoding.attribute(attribute.name, attribute.value)
      guard bytes.count <= 65_000 else {
        throw unsupported("\(path)@\(attribute.name)", found: "an attribute of \(bytes.count) bytes", expected: "65000")
      }
      messages.append((0x0C, bytes))
    }
    return (append(Encoding.objectHeader(messages)), tree, heap)
  }

  /// Local heap (III.D): the names of a group, and no free block.
  private mutating func appendHeap(_ names: [UInt8]) -> Int {
    let address = bytes.count
    let head = Array("HEAP".utf8) + [0, 0, 0, 0] + Encoding.bytes(UInt64(names.count)) + Encoding.bytes(UInt64(1))
    return append(head + Encoding.bytes(UInt64(address + 32)) + names)
  }

  /// The nodes of names (III.B) and the one index node above them (III.A.1), each of its full size.
  private mutating func appendTree(_ entries: [(name: Int, header: Int)]) -> Int {
    var children = Encoding.bytes(UInt64(0))
    var count = 0
    for start in stride(from: 0, to: entries.count, by: Self.namesPerNode) {
      let part = entries[start..<min(start + Self.namesPerNode, entries.count)]
      var node = Array("SNOD".utf8) + [1, 0] + Encoding.bytes(UInt16(part.count))
      for entry in part {
        node += Encoding.bytes(UInt64(entry.name)) + Encoding.bytes(UInt64(entry.header))
        node += Array(repeating: 0, count: 24)
      }
      node += Array(repeating: 0, count: 40 * (Self.namesPerNode - part.count))
      children += Encoding.bytes(UInt64(append(node))) + Encoding.bytes(UInt64(part.last!.name))
      count += 1
    }
    children += Array(repeating: 0, count: 16 * childLimit + 8 - children.count)
    let head = Array("TREE".utf8) + [0, 0] + Encoding.bytes(UInt16(count))
    return append(head + Encoding.bytes(Self.undefined) + Encoding.bytes(Self.undefined) + children)
  }

  /// Appends the object header of a dataset, and takes room for its contents.
  private mutating func append(_ source: any TensorSource, at path: String) throws -> Int {
    guard let datatype = Encoding.datatype(source.elementType) else {
      throw Problem(
        .unsupported, file: file, object: path, found: "elements of type \(source.elementType)",
        expected: "integers, float16, float32 or float64", advice: "Export with --dtype float32",
        ways: [[Remedy("--dtype", "float32")]])
    }
    guard source.shape.rank <= 32 else {
      throw unsupported(path, found: "\(source.shape.rank) extents", expected: "at most 32")
    }
    let size = UInt64(source.byteCount)
    // Data layout (IV.A.2.i), version 3, contiguous: the address is filled in when all metadata have their places.
    let layout = [3, 1] + Encoding.bytes(Self.undefined) + Encoding.bytes(size)
    let messages: [(type: UInt16, bytes: [UInt8])] = [
      (0x01, Encoding.dataspace(source.shape.dimensions)), (0x03, datatype), (0x05, Encoding.fillValue), (0x08, layout),
    ]
    let header = Encoding.objectHeader(messages)
    let address = append(header)
    // The layout is the last message; its address follows two bytes.
    let reference = address + header.count - Encoding.padded(layout).count + 2
    let offset = datasets.last.map { $0.address + Self.aligned($0.source.byteCount) } ?? 0
    datasets.append(Placed(source: source, address: offset, reference: reference))
    return address
  }

  private func unsupported(_ object: String, found: String, expected: String) -> Problem {
    Problem(.unsupported, file: file, object: object, found: found, expected: expected)
  }
}
