import Bytes
import CHDF5
import Tensors

/// The value of an attribute to be written.
public enum HDF5AttributeValue: Equatable, Sendable {
  /// How strings are stored.
  public enum Storage: Sendable {
    /// Each with its own length, in a heap of the file: as h5py writes one string, and h5py 3 a list of them.
    case variable
    /// All as long as the longest, filled up with NUL: as h5py 2 writes a list of them.
    case fixed
  }

  /// One string, as a scalar.
  case string(String, Storage = .variable)
  /// A list of strings.
  case strings([String], Storage = .variable)
  /// One integer, as a scalar.
  case integer(Int64)
  /// A list of integers.
  case integers([Int64])
}

extension HDF5Writer {
  /// The size in bytes beyond which Keras splits a list of strings (`HDF5_OBJECT_HEADER_LIMIT` in its `hdf5_format.py`).
  static let splitLimit = 64512

  /// Writes one attribute of a group or dataset that exists; `/` is the root group.
  ///
  /// An empty list of strings becomes an empty list of float64, as NumPy and so h5py and Keras write one.
  ///
  /// - Throws: `Problem` of kind *unsupported* when a string cannot be stored so, *unavailable* when libhdf5 cannot
  ///   write it: there is no such object, the name is taken, or the value is longer than 64 KiB.
  public func writeAttribute(_ name: String, of object: String, _ value: HDF5AttributeValue) throws {
    try Library.locked {
      switch value {
      case .string(let text, let storage):
        try write([text], storage, count: nil, name, of: object)
      case .strings(let texts, _) where texts.isEmpty:
        try create(name, of: object, ElementType.float64.datatype(), count: 0, from: nil)
      case .strings(let texts, let storage):
        try write(texts, storage, count: texts.count, name, of: object)
      case .integer(let value):
        try write([value], count: nil, name, of: object)
      case .integers(let values):
        try write(values, count: values.count, name, of: object)
      }
    }
  }

  /// Writes a list of strings, in several attributes `name0`, `name1` … when it is too long for one.
  ///
  /// This is Keras' `save_attributes_to_hdf5_group`: the list is too long when its strings, all counted as long as the
  /// longest, exceed 64,512 bytes; it is then cut as `numpy.array_split` cuts, and stored with fixed length.
  ///
  /// - Throws: as ``writeAttribute(_:of:_:)``; *unsupported* also when a single string is too long.
  public func writeStrings(
    _ name: String, of object: String, _ texts: [String], storage: HDF5AttributeValue.Storage = .variable
  ) throws {
    let width = texts.map(\.utf8.count).max() ?? 0
    guard width <= Self.splitLimit else {
      throw Problem(
        .unsupported, file: path, object: "\(object)@\(name)", found: "a string of \(width) bytes",
        expected: "at most \(Self.splitLimit), as Keras")
    }
    var parts = 1
    while (texts.count + parts - 1) / parts * width > Self.splitLimit { parts += 1 }
    guard parts > 1 else { return try writeAttribute(name, of: object, .strings(texts, storage)) }
    var rest = texts[...]
    for part in 0..<parts {
      let count = texts.count / parts + (part < texts.count % parts ? 1 : 0)
      try writeAttribute("\(name)\(part)", of: object, .strings(Array(rest.prefix(count)), .fixed))
      rest = rest.dropFirst(count)
    }
  }

  private func write(_ values: [Int64], count: Int?, _ name: String, of object: String) throws {
    let type = try ElementType.int64.datatype()
    try values.withUnsafeBytes { bytes in
      try create(name, of: object, type, count: count, from: bytes.baseAddress)
    }
  }

  private func write(
    _ texts: [String], _ storage: HDF5AttributeValue.Storage, count: Int?, _ name: String, of object: String
  ) throws {
    guard !texts.contains(where: { $0.utf8.contains(0) }) else {
      throw Problem(
        .unsupported, file: path, object: "\(object)@\(name)", found: "a string with a NUL in it")
    }
    let type = try ElementType.copy(of: CHDF5_H5T_C_S1())
    H5Tset_cset(type.id, texts.contains { $0.characterSet == H5T_CSET_UTF8 } ? H5T_CSET_UTF8 : H5T_CSET_ASCII)
    switch storage {
    case .fixed:
      let width = max(1, texts.map(\.utf8.count).max() ?? 0)
      H5Tset_size(type.id, width)
      H5Tset_strpad(type.id, H5T_STR_NULLPAD)
      let bytes = texts.flatMap { text -> [UInt8] in
        Array(text.utf8) + Array(repeating: 0, count: width - text.utf8.count)
      }
      try bytes.withUnsafeBytes { bytes in
        try create(name, of: object, type, count: count, from: bytes.baseAddress)
      }
    case .variable:
      H5Tset_size(type.id, variableLength)
      // One block with every string and its NUL; the elements point into it.
      let bytes = texts.flatMap { text -> [UInt8] in Array(text.utf8) + [0] }
      try bytes.withUnsafeBytes { bytes in
        var position = 0
        let pointers = texts.map { text in
          defer { position += text.utf8.count + 1 }
          return bytes.baseAddress! + position
        }
        try pointers.withUnsafeBytes { pointers in
          try create(name, of: object, type, count: count, from: pointers.baseAddress)
        }
      }
    }
  }

  /// Creates an attribute of `count` elements, or a scalar one, and writes them.
  private func create(
    _ name: String, of object: String, _ type: borrowing Handle, count: Int?, from bytes: UnsafeRawPointer?
  ) throws(Problem) {
    let id = try opened()
    let place = "\(object)@\(name)"
    var extent = hsize_t(count ?? 1)
    let space = try Handle(
      count == nil ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, nil), closedBy: H5Sclose,
      orThrow: failure(place))
    let attribute = try Handle(
      H5Acreate_by_name(id, object, name, type.id, space.id, defaultID, defaultID, defaultID),
      closedBy: H5Aclose, orThrow: failure(place, expected: "a new attribute"))
    guard extent == 0 || H5Awrite(attribute.id, type.id, bytes) >= 0 else {
      throw failure(place, expected: "to write the attribute")
    }
  }
}

/// The size that stands for "variable length" in a string datatype: the macro `H5T_VARIABLE`, (size_t) −1.
private let variableLength = -1
