import Bytes
import Tensors

/// The header of a `.npy` file: what the array is and where its data begin.
///
/// NumPy's specification of the format: numpy/lib/format.py, "Format Version 1.0" to "3.0" (NEP 1).
struct NumPyHeader {
  let descriptor: NumPyDescriptor
  let isColumnMajor: Bool
  let shape: Shape
  /// Where the data begin, in bytes from the start of the `.npy`.
  let dataOffset: Int

  /// NumPy's own limit (`max_header_size`), beyond which it refuses too.
  private static let longest = 10_000
  /// NumPy's own limit since 2.0 (`NPY_MAXDIMS`).
  private static let highestRank = 64
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header of the `.npy` that `source` holds, and nothing behind it.
  init(of source: NumPySource) throws {
    let (version, text) = try Self.text(of: source)
    dataOffset = text.start + text.count
    let dictionary = try Self.literal(text, isUTF8: version == 3)
    func damaged(_ found: String, expected: String) -> Problem {
      Problem(.damaged, file: source.file, byte: text.start, found: found, expected: expected)
    }
    guard case .dictionary(let items) = dictionary else {
      throw damaged("\(dictionary.noun) as the header", expected: "a dictionary")
    }
    var values: [String: PythonLiteral] = [:]
    for item in items {
      guard case .string(let key) = item.key, ["descr", "fortran_order", "shape"].contains(key) else {
        throw damaged("\(item.key.noun) as a key of the header", expected: "'descr', 'fortran_order' and 'shape'")
      }
      guard values.updateValue(item.value, forKey: key) == nil else {
        throw damaged("the key '\(key)' twice in the header", expected: "every key once")
      }
    }
    guard let descr = values["descr"], let order = values["fortran_order"], let extents = values["shape"] else {
      throw damaged(
        "a header with \(values.isEmpty ? "no keys" : "only " + values.keys.sorted().joined(separator: " and "))",
        expected: "'descr', 'fortran_order' and 'shape'")
    }
    guard case .boolean(let isColumnMajor) = order else {
      throw damaged("\(order.noun) as 'fortran_order'", expected: "True or False")
    }
    descriptor = try NumPyDescriptor(descr, file: source.file, byte: text.start)
    self.isColumnMajor = isColumnMajor
    let dimensions = try Self.dimensions(extents, damaged: damaged)
    guard let shape = Shape(dimensions), shape.byteCount(of: descriptor.elementType) != nil else {
      throw damaged("the shape \(dimensions), whose size overflows", expected: "a shape of less than 2^63 bytes")
    }
    self.shape = shape
  }

  /// Finds the text of the header behind magic, version and length.
  private static func text(of source: NumPySource) throws -> (version: UInt8, text: ByteView) {
    let start = try source.prefix(12)
    try checkMagic(start, file: source.file)
    var cursor = Cursor(start, at: magic.count)
    let major = try cursor.u8("the version")
    let minor = try cursor.u8("the version")
    guard (1...3).contains(major), minor == 0 else {
      throw Problem(
        .unsupported, file: source.file, byte: magic.count, found: "version \(major).\(minor) of the .npy format",
        expected: "version 1.0, 2.0 or 3.0")
    }
    let count =
      major == 1 ? Int(try cursor.u16("the length of the header")) : Int(try cursor.u32("the length of the header"))
    guard count <= source.count - cursor.offset else {
      throw cursor.damaged(
        found: "\(source.count - cursor.offset) bytes left", expected: "a header of \(count) bytes",
        advice: "The file is cut short or overwritten; get it again from where it came")
    }
    guard count <= longest else {
      throw Problem(
        .refused, file: source.file, byte: cursor.offset, found: "a header of \(count) bytes",
        expected: "at most \(longest) bytes, NumPy's own limit")
    }
    let whole = try source.prefix(cursor.offset + count)
    return (major, try whole.slice(at: cursor.offset, count: count, of: "the header"))
  }

  private static func checkMagic(_ start: ByteView, file: String) throws {
    let found = Array(start.array().prefix(magic.count))
    guard found != magic else { return }
    if found.count >= 2, found[0] == 0x80, (2...5).contains(found[1]) {
      throw Problem(
        .refused, file: file, byte: 0, found: "a Python pickle", expected: "an array in NumPy's own format",
        advice: NumPyDescriptor.pickleAdvice)
    }
    throw Problem(
      .damaged, file: file, byte: 0,
      found: found.isEmpty ? "an empty file" : "the bytes \(found.map(hexadecimal).joined(separator: " "))",
      expected: "93 4E 55 4D 50 59, with which every .npy begins")
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  private static func literal(_ text: ByteView, isUTF8: Bool) throws -> PythonLiteral {
    let scalars = try isUTF8 ? utf8(text) : text.array().map { Unicode.Scalar($0) }
    do throws(PythonLiteral.SyntaxError) {
      return try PythonLiteral(parsing: scalars)
    } catch {
      let before = scalars.prefix(error.offset)
      let offset = isUTF8 ? before.reduce(0) { $0 + UTF8.width($1) } : before.count
      throw Problem(
        .damaged, file: text.file, byte: text.start + offset, found: error.found, expected: error.expected)
    }
  }

  private static func utf8(_ text: ByteView) throws -> [Unicode.Scalar] {
    guard let decoded = String(validating: text.array(), as: UTF8.self) else {
      throw Problem(
        .damaged, file: text.file, byte: text.start, found: "a header that is not UTF-8",
        expected: "UTF-8, as version 3.0 has it")
    }
    return Array(decoded.unicodeScalars)
  }

  private static func dimensions(
    _ extents: PythonLiteral, damaged: (String, String) -> Problem
  ) throws -> [Int] {
    guard case .tuple(let elements) = extents else {
      throw damaged("\(extents.noun) as 'shape'", "a tuple of whole numbers")
    }
    guard elements.count <= highestRank else {
      throw damaged("a shape of \(elements.count) extents", "at most \(highestRank)")
    }
    return try elements.map { element in
      guard case .integer(let extent) = element, extent >= 0 else {
        throw damaged("\(element.noun) in 'shape'", "whole numbers from 0")
      }
      return extent
    }
  }
}
