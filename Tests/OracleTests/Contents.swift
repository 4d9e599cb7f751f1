import Bytes
import HDF5
import HDF5Library
import Tensors

/// What a reader finds in a file, as lines that can be compared: `/dense` is `group`, `/dense@names` is `[a, b]`.
struct Contents {
  /// By path, or by path and attribute.
  private(set) var lines: [Spelling: String] = [:]

  /// Reads everything by our own reader.
  init(readBy file: HDF5File) throws {
    for object in [.group(file.root)] + (try file.objects()) {
      switch object {
      case .group(let group):
        lines[Spelling(group.path)] = "group"
        try add(group.attributeNames(), of: group.path) { try group.attribute($0) }
      case .dataset(let dataset):
        lines[Spelling(dataset.path)] = Contents.line(of: dataset)
        try add(dataset.attributeNames(), of: dataset.path) { try dataset.attribute($0) }
      case .other(let path, let problem):
        lines[Spelling(path)] = problem.kind.rawValue
      }
    }
  }

  private mutating func add(_ names: [String], of path: String, attribute: (String) throws -> Attribute?) rethrows {
    for name in names {
      guard let attribute = try attribute(name) else { continue }
      lines[Spelling("\(path)@\(name)")] = Contents.line(of: attribute)
    }
  }

  /// Reads everything by libhdf5.
  init(readBy reader: HDF5LibraryReader) throws {
    for object in try reader.objects() {
      lines[Spelling(object.path)] =
        switch object.kind {
        case .group: "group"
        case .datatype: "unsupported"
        case .refused(let problem): problem.kind.rawValue
        case .dataset: Contents.line { try reader.dataset(object.path) }
        }
      for attribute in object.attributes {
        lines[Spelling("\(object.path)@\(attribute.name)")] = Contents.line(of: attribute)
      }
    }
  }
}

extension Contents {
  /// Type, shape and a checksum of the bytes, or the kind of problem that there is.
  private static func line(of source: some TensorSource) -> String {
    line { source }
  }

  private static func line(of open: () throws -> some TensorSource) -> String {
    do {
      let source = try open()
      var sum: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, which changes with every byte and its place
      try source.forEachTile(of: 4_096) { _, tile in
        for byte in tile { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
      }
      return "\(source.elementType) \(source.shape), checksum \(String(sum, radix: 16))"
    } catch let problem as Problem {
      return problem.kind.rawValue
    } catch {
      return "\(error)"
    }
  }

  private static func line(of attribute: Attribute) -> String {
    if let strings = try? attribute.strings(), attribute.elementType == nil { return "\(strings)" }
    if let tensor = try? attribute.tensor() { return values(of: tensor) }
    return "other"
  }

  private static func line(of attribute: HDF5LibraryAttribute) -> String {
    switch attribute.value {
    case .strings(let strings): "\(strings.map { String(decoding: $0, as: UTF8.self) })"
    case .integers(let values): "\(values)"
    case .unsignedIntegers(let values): "\(values)"
    case .floats(let values): "\(values)"
    case .other: "other"
    }
  }
}
