import Tensors

/// A group of an HDF5 file that is about to be written.
public struct NewGroup: Sendable {
  /// The attributes, in the order in which they are written.
  public var attributes: [(name: String, value: NewAttribute)] = []
  /// What the group holds, by names without slashes, in any order.
  public var members: [String: NewObject] = [:]

  /// Makes an empty group.
  public init() {}

  /// Puts a dataset under a path, through groups that are made where they are missing.
  ///
  /// A path leads through no dataset and to nothing that is there already; anything else is a programmer's error.
  public mutating func add(_ source: any TensorSource, at path: some Collection<String>) {
    guard let name = path.first else { preconditionFailure("a dataset without a name") }
    guard path.count > 1 else {
      precondition(members.updateValue(.dataset(source), forKey: name) == nil, "two objects of one name")
      return
    }
    guard case .group(var group) = members[name] ?? .group(NewGroup()) else {
      preconditionFailure("a path through a dataset")
    }
    group.add(source, at: path.dropFirst())
    members[name] = .group(group)
  }
}

/// A group or a dataset that is about to be written.
public indirect enum NewObject: Sendable {
  /// A group.
  case group(NewGroup)
  /// A contiguous dataset.
  case dataset(any TensorSource)
}

/// An attribute that is about to be written, of strings as NumPy's arrays of bytes hold them: all as long as the longest, filled
/// up with NUL.
public enum NewAttribute: Sendable {
  /// One string.
  case text(String)
  /// A list of strings; an empty one becomes an empty list of float64, as h5py and so Keras write one.
  case texts([String])
}
