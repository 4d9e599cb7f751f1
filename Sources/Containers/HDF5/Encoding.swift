import Bytes
import Tensors

/// The messages of object headers as bytes (HDF5 File Format Specification 3.0, IV.A.2), in the versions of libhdf5 1.8.
enum Encoding {
  /// Numbers as bytes, the lowest first.
  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Bytes, and zeros up to a multiple of eight.
  static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + Array(repeating: 0, count: (8 - bytes.count % 8) % 8)
  }

  /// A dataspace (IV.A.2.b), version 1, without room to grow.
  static func dataspace(_ extents: [Int]) -> [UInt8] {
    [1, UInt8(extents.count), 0, 0, 0, 0, 0, 0] + extents.flatMap { bytes(UInt64($0)) }
  }

  /// The datatype of a string of fixed length (IV.A.2.d), padded with NUL.
  static func string(of length: Int) -> [UInt8] {
    [0x13, 0x01, 0, 0] + bytes(UInt32(length))
  }

  /// The datatype of numbers, little-endian (IV.A.2.d); nil for those that Ingot writes into no HDF5 file.
  static func datatype(_ type: ElementType) -> [UInt8]? {
    func integer(signed: Bool) -> [UInt8] {
      [0x10, signed ? 0x08 : 0, 0, 0] + bytes(UInt32(type.byteCount)) + bytes(UInt16(0))
        + bytes(UInt16(8 * type.byteCount))
    }
    func float(exponent: Int, mantissa: Int) -> [UInt8] {
      let width = 8 * type.byteCount
      let fields = [UInt8(mantissa), UInt8(exponent), 0, UInt8(mantissa)]
      return [0x11, 0x20, UInt8(width - 1), 0] + bytes(UInt32(type.byteCount)) + bytes(UInt16(0))
        + bytes(UInt16(width)) + fields + bytes(UInt32(1 << (exponent - 1) - 1))
    }
    return switch type {
    case .int8, .int16, .int32, .int64: integer(signed: true)
    case .uint8, .uint16, .uint32, .uint64: integer(signed: false)
    case .float16: float(exponent: 5, mantissa: 10)
    case .float32: float(exponent: 8, mantissa: 23)
    case .float64: float(exponent: 11, mantissa: 52)
    case .bool, .bfloat16, .complex64, .complex128: nil
    }
  }

  /// A fill value (IV.A.2.f), version 2: zeros, storage taken late.
  static let fillValue: [UInt8] = [2, 2, 2, 1, 0, 0, 0, 0]

  /// An attribute (IV.A.2.m), version 1.
  static func attribute(_ name: String, _ value: NewAttribute) -> [UInt8] {
    let texts: [String]
    let extents: [Int]
    switch value {
    case .text(let text): (texts, extents) = ([text], [])
    case .texts(let list): (texts, extents) = (list, [list.count])
    }
    let length = max(1, texts.map(\.utf8.count).max() ?? 0)
    let type = texts.isEmpty ? datatype(.float64)! : string(of: length)
    let space = dataspace(extents)
    let name = Array(name.utf8) + [0]
    let contents = texts.flatMap { Array($0.utf8) + Array(repeating: 0, count: length - $0.utf8.count) }
    return [1, 0] + bytes(UInt16(name.count)) + bytes(UInt16(type.count)) + bytes(UInt16(space.count)) + padded(name)
      + padded(type) + padded(space) + contents
  }

  /// An object header (IV.A.1.a), version 1, with all its messages in one block.
  static func objectHeader(_ messages: [(type: UInt16, bytes: [UInt8])]) -> [UInt8] {
    let body = messages.flatMap { message in
      let data = padded(message.bytes)
      return bytes(message.type) + bytes(UInt16(data.count)) + [0, 0, 0, 0] + data
    }
    return [1, 0] + bytes(UInt16(messages.count)) + bytes(UInt32(1)) + bytes(UInt32(body.count)) + [0, 0, 0, 0] + body
  }
}
