import Bytes
import HDF5

/// Lists of names in attributes, which Keras splits into `layer_names0`, `layer_names1`, … beyond 64,512 bytes
/// (`save_attributes_to_hdf5_group`, Keras 2.2.3 and later).
extension Group {
  /// How many parts are read: as many as together hold the 16 MiB that one attribute may.
  private static let mostParts = 256

  /// Whether the group has such a list, whole or split.
  func hasNames(in attribute: String) throws -> Bool {
    try self.attribute(attribute) != nil || !parts(of: attribute).isEmpty
  }

  /// Reads a list of names; nil when the group has none.
  ///
  /// - Parameter file: The file's name, for problems.
  /// - Throws: `Problem` of kind *damaged* when a part is missing, *refused* when there are over 256, and as
  ///   `Attribute.strings()` does.
  func names(in attribute: String, file: String) throws -> [String]? {
    if let whole = try self.attribute(attribute) { return try whole.strings() }
    let parts = try parts(of: attribute)
    guard let last = parts.last else { return nil }
    guard parts.count <= Group.mostParts else {
      throw Problem(
        .refused, file: file, object: path, found: "\(attribute) in \(parts.count) parts",
        expected: "at most \(Group.mostParts)")
    }
    if let missing = parts.indices.first(where: { parts[$0] != $0 }) {
      throw Problem(
        .damaged, file: file, object: path, found: "\(attribute)\(last) and no \(attribute)\(missing)",
        expected: "parts numbered without a gap")
    }
    return try attributes(parts.map { "\(attribute)\($0)" }).flatMap { try $0?.strings() ?? [] }
  }

  /// The numbers of the parts that there are, in order.
  private func parts(of attribute: String) throws -> [Int] {
    try attributeNames().compactMap { name in
      guard name.hasPrefix(attribute), let part = Int(name.dropFirst(attribute.count)),
        name == "\(attribute)\(part)"
      else { return nil }
      return part
    }.sorted()
  }
}
