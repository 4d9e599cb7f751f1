import Bytes

/// An HDF5 file, as groups, attributes and datasets.
///
/// The reader is bounded: every length is checked against the file before it is believed, work and memory stay in
/// proportion to the file, links never lead out of it, and nothing is loaded to read it. Opening reads the superblock and
/// the root group's header; everything else is read when asked for, and data only by `Dataset.read(at:into:)`.
///
/// Source: The HDF Group, HDF5 File Format Specification Version 3.0. What is read, and what is not, is written down in
/// `Formats/Checkpoints/HDF5.md`.
public struct HDF5File: Sendable {
  /// The group that everything is reached from.
  public let root: Group

  /// Opens a file, or the part of one that a view shows: an HDF5 file may lie inside an archive.
  ///
  /// - Parameter isCutShort: Whether the end of the file is missing. Objects and links that lie there, or whose data do,
  ///   are then passed over or listed as ``Object/other(path:_:)``; everything else is read as ever.
  /// - Throws: `Problem` of kind *damaged* when the bytes are no HDF5 file, a file that was cut short or one whose
  ///   root group cannot be read; *unsupported* for variants that libhdf5 can write and this reader does not read.
  public init(_ bytes: ByteView, isCutShort: Bool = false) throws {
    let superblock = try Superblock(bytes, isCutShort: isCutShort)
    let object = try Object(superblock.space, at: superblock.root, path: "/", ancestors: [])
    guard case .group(let group) = object else {
      throw Problem(
        .damaged, file: bytes.file, object: "/", found: "a root object that is no group", expected: "the root group")
    }
    root = group
  }

  /// Returns everything that can be reached from the root, group by group, by name.
  ///
  /// A group with several names is listed under each of them, its contents only under the first. What is not followed, a
  /// soft or an external link, a group that contains itself or is nested too deep, is listed as ``Object/other(path:_:)``.
  ///
  /// - Throws: `Problem` of kind *damaged* when something cannot be read, *refused* when there are over 2 000 000 objects, or their
  ///   paths have more than 64 MiB together.
  public func objects() throws -> [Object] {
    var objects: [Object] = []
    var visited: Set<UInt64> = [root.address]
    var pathBytes = 0
    try list(root, into: &objects, visited: &visited, pathBytes: &pathBytes)
    return objects
  }

  private func list(
    _ group: Group, into objects: inout [Object], visited: inout Set<UInt64>, pathBytes: inout Int
  ) throws {
    func demand(_ isWithin: Bool, _ found: String) throws {
      guard isWithin else {
        throw Problem(.refused, file: group.file, found: found, expected: "at most that many")
      }
    }
    for name in try group.links() {
      let object: Object
      do {
        guard let found = try group.object(name) else { continue }
        object = found
      } catch let problem as Problem where [.refused, .unsupported].contains(problem.kind) {
        object = .other(path: problem.object ?? group.path, problem)
      }
      objects.append(object)
      pathBytes += object.path.utf8.count
      try demand(objects.count <= Limits.objects, "more than \(Limits.objects) objects")
      try demand(pathBytes <= Limits.pathBytes, "paths of more than \(Limits.pathBytes) bytes together")
      if case .group(let child) = object, visited.insert(child.address).inserted {
        do {
          try list(child, into: &objects, visited: &visited, pathBytes: &pathBytes)
        } catch let problem as Problem where child.isCutShort && problem.kind == .damaged {
          objects.append(.other(path: child.path, problem))
        }
      }
    }
  }
}
