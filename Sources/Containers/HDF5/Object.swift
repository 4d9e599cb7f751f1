import Bytes

/// What a link in a file leads to.
public enum Object: Sendable {
  /// A group.
  case group(Group)
  /// A dataset of numbers; whether its data can be read is another question: ``Dataset/unreadable``.
  case dataset(Dataset)
  /// Something that Ingot can name but has no use for, and why: strings, compound records, a named datatype.
  case other(path: String, Problem)

  /// The object's path.
  public var path: String {
    switch self {
    case .group(let group): group.path
    case .dataset(let dataset): dataset.path
    case .other(let path, _): path
    }
  }

  /// Reads the object whose header is at an address.
  ///
  /// - Parameter ancestors: The addresses of the groups on the way to it, the root first.
  init(_ space: AddressSpace, at address: UInt64, path: String, ancestors: [UInt64]) throws {
    self = try naming(path) {
      let header = try ObjectHeader(space, at: address)
      try space.shared.note(header)
      if header.first(.layout) != nil || header.first(.dataspace) != nil {
        return try Dataset.open(header, path: path)
      }
      if header.first(.symbolTable) != nil || header.first(.linkInfo) != nil {
        return .group(try Group(header, path: path, ancestors: ancestors))
      }
      let start = space.bytes.start + Int(clamping: address)
      guard header.first(.datatype) != nil else {
        throw Problem(
          .damaged, file: space.bytes.file, byte: start, found: "an object header that describes nothing",
          expected: "a group, a dataset or a datatype")
      }
      return .other(
        path: path,
        Problem(
          .unsupported, file: space.bytes.file, object: path, byte: start, found: "a named datatype",
          expected: "a group or a dataset"))
    }
  }
}
