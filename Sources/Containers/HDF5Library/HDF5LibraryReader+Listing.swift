import Bytes
import CHDF5
import Tensors

/// A group, a dataset or a link of a file, as libhdf5 lists it.
public struct HDF5LibraryObject: Sendable {
  /// What stands under a path.
  public enum Kind: Sendable {
    /// A group.
    case group
    /// A dataset; the type is nil when it is no ``Tensors/ElementType``, the shape when the dataspace is null.
    case dataset(ElementType?, Shape?)
    /// A datatype with a name, which holds no data.
    case datatype
    /// A link that is not followed, or a dataset whose data lie in other files.
    case refused(Problem)
  }

  /// The path inside the file; `/` for the root group.
  public let path: String
  /// What stands there.
  public let kind: Kind
  /// The attributes, ordered by name.
  public let attributes: [HDF5LibraryAttribute]
}

extension HDF5LibraryReader {
  /// The deepest nesting of groups that is listed.
  static let maximumDepth = 32
  /// How many objects are listed at most.
  static let maximumObjects = 1_000_000

  /// Lists every object, from the root downwards, the links of each group by name.
  ///
  /// A group that several hard links reach is listed under each of them and descended into once.
  ///
  /// - Throws: `Problem` of kind *damaged* when libhdf5 cannot read something, *refused* beyond 32 levels or a
  ///   million objects.
  public func objects() throws -> [HDF5LibraryObject] {
    try Library.locked { () throws(Problem) in
      var objects: [HDF5LibraryObject] = []
      var descended: Set<UInt64> = []
      // A stack, topmost last, instead of recursion: a file cannot exhaust it beyond the two limits.
      var pending: [(path: String, depth: Int)] = [("/", 0)]
      while let (path, depth) = pending.popLast() {
        guard objects.count < Self.maximumObjects, depth <= Self.maximumDepth else {
          throw Problem(
            .refused, file: self.path, object: path, found: "more objects or deeper groups than are listed",
            expected: "at most \(Self.maximumObjects) objects in \(Self.maximumDepth) levels of groups")
        }
        let children = try list(path, into: &objects, descended: &descended)
        pending += children.reversed().map { ((path == "/" ? "" : path) + "/" + $0, depth + 1) }
      }
      return objects
    }
  }

  /// Lists one object and returns the names of its links when it is a group seen for the first time.
  private func list(
    _ path: String, into objects: inout [HDF5LibraryObject], descended: inout Set<UInt64>
  ) throws(Problem) -> [String] {
    if path != "/" {
      let type = CHDF5_link_type(file.id, path)
      guard type >= 0 else { throw failure(path, expected: "a link") }
      if let problem = problem(withLinkOf: type, at: path) {
        objects.append(HDF5LibraryObject(path: path, kind: .refused(problem), attributes: []))
        return []
      }
    }
    let object = try Handle(
      H5Oopen(file.id, path, defaultID), closedBy: H5Oclose, orThrow: failure(path, expected: "an object"))
    var description = CHDF5_object()
    guard CHDF5_describe(object.id, &description) >= 0 else { throw failure(path, expected: "an object") }
    let attributes = try attributes(of: object.id, count: description.attributes, path)
    let kind = try kind(of: object.id, type: description.type, path)
    objects.append(HDF5LibraryObject(path: path, kind: kind, attributes: attributes))
    guard case .group = kind, descended.insert(description.address).inserted else { return [] }
    return try linkNames(of: object.id, path)
  }

  private func kind(of object: hid_t, type: Int32, _ path: String) throws(Problem) -> HDF5LibraryObject.Kind {
    switch type {
    case H5O_TYPE_GROUP.rawValue: return .group
    case H5O_TYPE_NAMED_DATATYPE.rawValue: return .datatype
    case H5O_TYPE_DATASET.rawValue: break
    default: throw failure(path, expected: "a group, a dataset or a datatype")
    }
    do {
      let (elementType, shape) = try describe(dataset: object, path)
      return .dataset(elementType, shape)
    } catch  where error.kind == .refused {
      return .refused(error)
    }
  }

  private func linkNames(of group: hid_t, _ path: String) throws(Problem) -> [String] {
    var information = H5G_info_t()
    guard H5Gget_info(group, &information) >= 0 else { throw failure(path, expected: "a group") }
    guard information.nlinks <= UInt64(Self.maximumObjects) else {
      throw Problem(
        .refused, file: self.path, object: path, found: "a group of \(information.nlinks) links",
        expected: "at most \(Self.maximumObjects)")
    }
    var names: [String] = []
    for index in 0..<information.nlinks {
      names.append(
        try text(in: path) { buffer, size in
          H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, defaultID)
        })
    }
    return names
  }

  /// Asks libhdf5 twice, as it wants it: for the length of a name, then for the name.
  func text(
    in path: String, _ ask: (UnsafeMutablePointer<CChar>?, Int) -> Int
  ) throws(Problem) -> String {
    let length = ask(nil, 0)
    guard length >= 0, length <= 1 << 16 else { throw failure(path, expected: "a name") }
    var bytes = [CChar](repeating: 0, count: length + 1)
    guard ask(&bytes, length + 1) >= 0, let name = String(validating: bytes.prefix(length), as: UTF8.self) else {
      throw Problem(.unsupported, file: self.path, object: path, found: "a name that is not UTF-8")
    }
    return name
  }
}
