import Bytes

/// A group: named links to other groups and to datasets.
///
/// Names are bytes: two that Unicode calls equivalent are different, and links come sorted by their UTF-8 bytes, which is
/// how HDF5 itself iterates over them.
public struct Group: Sendable {
  /// The path from the root: `/`, or `/model_weights/dense`.
  public let path: String

  private let header: ObjectHeader
  /// The addresses of the groups from the root to this one, itself included.
  private let lineage: [UInt64]
  private let contents = GroupContents()

  init(_ header: ObjectHeader, path: String, ancestors: [UInt64]) throws {
    func refused(_ found: String, expected: String) -> Problem {
      Problem(.refused, file: header.space.bytes.file, object: path, found: found, expected: expected)
    }
    guard !ancestors.contains(header.address) else {
      throw refused("a group that contains itself", expected: "groups without a cycle")
    }
    guard ancestors.count <= Limits.depth else {
      throw refused("a group nested more than \(Limits.depth) deep", expected: "at most that")
    }
    self.header = header
    self.path = path
    lineage = ancestors + [header.address]
  }

  /// The address of the group's object header, which is the same under all its names.
  public var address: UInt64 { header.address }

  /// Whether the end of the file is missing.
  var isCutShort: Bool { header.space.isCutShort }

  /// The name that problems show for the file.
  var file: String { header.space.bytes.file }

  /// Returns the names of the links, sorted by their UTF-8 bytes.
  ///
  /// - Throws: `Problem` of kind *damaged* when the group cannot be read or a name is no UTF-8.
  public func links() throws -> [String] {
    try naming(path) { try header.space.shared.links(of: header).names(in: header.space) }
  }

  /// Whether links of the group lie behind the end of a file that is cut short; those that are left are among ``links()``.
  public var hasLostLinks: Bool {
    isCutShort && (try? header.space.shared.links(of: header).isWhole) != true
  }

  /// Returns what a link leads to; nil when there is none of the name.
  ///
  /// - Throws: `Problem` of kind *refused* for soft and external links, which are never followed, for a group that contains
  ///   itself and for groups nested too deep; of kind *damaged* when the object cannot be read.
  public func object(_ name: String) throws -> Object? {
    let links = try naming(path) { try header.space.shared.links(of: header) }
    guard let position = links.position(of: name, in: header.space) else { return nil }
    let link = links[position]
    let child = path == "/" ? "/\(name)" : "\(path)/\(name)"
    switch link.target {
    case .object(let address):
      return try contents.child(at: position) {
        do {
          return try Object(header.space, at: address, path: child, ancestors: lineage)
        } catch let problem as Problem where isCutShort && problem.kind == .damaged {
          return .other(path: child, problem)
        }
      }
    case .refused(let found):
      throw Problem(
        .refused, file: file, object: child, byte: header.space.bytes.start + link.name.lowerBound, found: found,
        expected: "an object in this file",
        advice: "If you trust it, replace it by what it leads to (h5py: copy with expand_soft and expand_external)")
    }
  }

  /// Returns what a path below this group leads to; nil when a name on the way is missing or leads to no group.
  ///
  /// - Parameter path: Names with single slashes between them: `dense_1/kernel:0`.
  /// - Throws: `Problem` as ``object(_:)`` does, and *refused* for a path with an empty name, `.` or `..`.
  public func object(at path: String) throws -> Object? {
    var object = Object.group(self)
    for name in path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false) {
      let name = String(Substring(name))
      guard !name.isEmpty, name != ".", name != ".." else {
        throw Problem(
          .refused, file: file, object: self.path, found: "the path \"\(path)\"",
          expected: "names with single slashes between them, neither . nor .. among them")
      }
      guard case .group(let group) = object, let next = try group.object(name) else { return nil }
      object = next
    }
    return object
  }

  /// Returns the names of the attributes, sorted by their UTF-8 bytes.
  ///
  /// - Throws: `Problem` when they cannot be read.
  public func attributeNames() throws -> [String] { try header.attributeNames(of: path) }

  /// Returns the attribute of a name; nil when there is none.
  ///
  /// - Throws: `Problem` when it cannot be read.
  public func attribute(_ name: String) throws -> Attribute? { try header.attribute(name, of: path) }

  /// Returns the attributes of several names, which takes no longer than one; nil for a name that there is none of.
  ///
  /// - Throws: `Problem` when they cannot be read.
  public func attributes(_ names: [String]) throws -> [Attribute?] { try header.attributes(names, of: path) }
}
