import Bytes
import HDF5
import HDF5Library
import Tensors

/// What a reader finds in a file: by the path of each object, and by path and name of each attribute (`/dense@names`).
struct Contents {
  /// What stands under one name.
  enum Entry: Equatable {
    case group
    /// Something that the reader does not read, by the kind of its problem.
    case unread(String)
    case dataset(ElementType, Shape, [UInt8])
    case strings([[UInt8]])
    case integers([Int64])
    case unsignedIntegers([UInt64])
    case floats([Double])
    /// An attribute of another class.
    case other
  }

  private(set) var entries: [Spelling: Entry] = [:]

  /// Reads everything by our own reader.
  init(readBy file: HDF5File) throws {
    for object in try [.group(file.root)] + file.objects() {
      switch object {
      case .group(let group):
        entries[Spelling(group.path)] = .group
        for name in try group.attributeNames() {
          entries[Spelling("\(group.path)@\(name)")] = try group.attribute(name).map(Entry.init)
        }
      case .dataset(let dataset):
        entries[Spelling(dataset.path)] = Entry { dataset }
        for name in try dataset.attributeNames() {
          entries[Spelling("\(dataset.path)@\(name)")] = try dataset.attribute(name).map(Entry.init)
        }
      case .other(let path, let problem): entries[Spelling(path)] = .unread(problem.kind.rawValue)
      }
    }
  }

  /// Reads everything by libhdf5.
  init(readBy reader: HDF5LibraryReader) throws {
    for object in try reader.objects() {
      entries[Spelling(object.path)] =
        switch object.kind {
        case .group: .group
        case .datatype: .unread("unsupported")
        case .refused(let problem): .unread(problem.kind.rawValue)
        case .dataset: Entry { try reader.dataset(object.path) }
        }
      for attribute in object.attributes {
        entries[Spelling("\(object.path)@\(attribute.name)")] = Entry(attribute)
      }
    }
  }
}

extension Contents {
  /// What differs, one line each, by name.
  func differences(from theirs: Contents) -> [String] {
    Set(entries.keys).union(theirs.entries.keys).sorted().compactMap { name in
      let (our, their) = (entries[name], theirs.entries[name])
      guard our != their else { return nil }
      return "\(name.text): \(our?.description ?? "nothing"), libhdf5: \(their?.description ?? "nothing")"
    }
  }
}

extension Contents.Entry {
  /// Reads a whole dataset, in pieces that end between elements.
  fileprivate init(_ open: () throws -> some TensorSource) {
    do {
      let source = try open()
      var bytes: [UInt8] = []
      try source.forEachTile(of: 4_096) { _, tile in bytes += tile }
      self = .dataset(source.elementType, source.shape, bytes)
    } catch {
      self = .unread((error as? Problem)?.kind.rawValue ?? "\(error)")
    }
  }

  fileprivate init(_ attribute: HDF5LibraryAttribute) {
    self =
      switch attribute.value {
      case .strings(let strings): .strings(strings)
      case .integers(let values): .integers(values)
      case .unsignedIntegers(let values): .unsignedIntegers(values)
      case .floats(let values): .floats(values)
      case .other: .other
      }
  }

  fileprivate init(_ attribute: Attribute) throws {
    switch attribute.elementType {
    case nil:
      self = (try? attribute.strings()).map { .strings($0.map { Array($0.utf8) }) } ?? .other
    case .float16, .bfloat16, .float32, .float64:
      self = .floats(try attribute.tensor().doubles())
    case .int8, .int16, .int32, .int64:
      self = .integers(try attribute.integers().map(Int64.init))
    case .uint8, .uint16, .uint32:
      self = .unsignedIntegers(try attribute.integers().map(UInt64.init))
    case .uint64:
      self = .unsignedIntegers(
        try attribute.tensor().bytes.withUnsafeBytes { bytes in
          stride(from: 0, to: bytes.count, by: 8).map {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
          }
        })
    case .bool, .complex64, .complex128: self = .other
    }
  }
}

extension Contents.Entry: CustomStringConvertible {
  /// A few words for the table of differences.
  var description: String {
    switch self {
    case .group: "a group"
    case .unread(let kind): kind
    case .dataset(let type, let shape, _): "\(type) \(shape)"
    case .strings(let strings): "strings \(strings.map { String(decoding: $0, as: UTF8.self) })"
    case .integers(let values): "integers \(values)"
    case .unsignedIntegers(let values): "unsigned integers \(values)"
    case .floats(let values): "floats \(values)"
    case .other: "another class"
    }
  }
}
