import Bytes
import CHDF5
import Tensors

/// An attribute of a group or a dataset, with its value.
public struct HDF5LibraryAttribute: Equatable, Sendable {
  /// The elements of an attribute, row-major.
  public enum Value: Equatable, Sendable {
    /// Strings of either storage, as bytes without trailing NULs; HDF5's declared character set is often wrong.
    case strings([[UInt8]])
    /// Signed integers of any width.
    case integers([Int64])
    /// Unsigned integers of any width.
    case unsignedIntegers([UInt64])
    /// Floats of any width up to binary64.
    case floats([Double])
    /// Elements of another class, such as references; not read.
    case other
  }

  /// The attribute's name.
  public let name: String
  /// The extents; nil for a null dataspace, which has no elements.
  public let shape: Shape?
  /// The elements.
  public let value: Value
}

extension HDF5LibraryReader {
  /// The most bytes of one attribute's elements that are read; libhdf5 itself writes at most 64 KiB in the usual layout.
  static let maximumAttribute = 16 << 20

  /// Reads the attributes of an open object.
  func attributes(of object: hid_t, count: UInt64, _ path: String) throws(Problem) -> [HDF5LibraryAttribute] {
    var attributes: [HDF5LibraryAttribute] = []
    for index in 0..<count {
      let attribute = try Handle(
        H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, hsize_t(index), defaultID, defaultID),
        closedBy: H5Aclose, orThrow: failure(path, expected: "an attribute"))
      let name = try text(in: path) { buffer, size in H5Aget_name(attribute.id, size, buffer) }
      attributes.append(try read(attribute.id, name, at: "\(path)@\(name)"))
    }
    return attributes
  }

  private func read(_ attribute: hid_t, _ name: String, at place: String) throws(Problem) -> HDF5LibraryAttribute {
    let type = try Handle(H5Aget_type(attribute), closedBy: H5Tclose, orThrow: failure(place))
    let space = try Handle(H5Aget_space(attribute), closedBy: H5Sclose, orThrow: failure(place))
    let shape = try shape(of: space.id, place)
    let count = shape?.elementCount ?? 0
    let size = H5Tget_size(type.id)
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: max(size, 8))
    guard !overflow, byteCount <= Self.maximumAttribute else {
      throw Problem(
        .refused, file: path, object: place, found: "an attribute of \(count) elements of \(size) bytes",
        expected: "at most \(Self.maximumAttribute) bytes")
    }
    return HDF5LibraryAttribute(name: name, shape: shape, value: try value(of: attribute, type.id, count, place))
  }

  private func value(
    of attribute: hid_t, _ type: hid_t, _ count: Int, _ place: String
  ) throws(Problem) -> HDF5LibraryAttribute.Value {
    switch H5Tget_class(type) {
    case H5T_STRING where H5Tis_variable_str(type) > 0:
      return .strings(try variableStrings(of: attribute, type, count, place))
    case H5T_STRING:
      return .strings(try fixedStrings(of: attribute, type, count, place))
    case H5T_INTEGER where H5Tget_sign(type) == H5T_SGN_NONE:
      return .unsignedIntegers(try numbers(of: attribute, CHDF5_H5T_STD_U64LE(), count, zero: 0, place))
    case H5T_INTEGER:
      return .integers(try numbers(of: attribute, CHDF5_H5T_STD_I64LE(), count, zero: 0, place))
    case H5T_FLOAT where H5Tget_size(type) <= 8:
      return .floats(try numbers(of: attribute, CHDF5_H5T_IEEE_F64LE(), count, zero: 0, place))
    default:
      return .other
    }
  }

  private func numbers<Number: BitwiseCopyable>(
    of attribute: hid_t, _ type: hid_t, _ count: Int, zero: Number, _ place: String
  ) throws(Problem) -> [Number] {
    var numbers = [Number](repeating: zero, count: count)
    guard count == 0 || H5Aread(attribute, type, &numbers) >= 0 else { throw failure(place, expected: "numbers") }
    return numbers
  }

  private func fixedStrings(
    of attribute: hid_t, _ type: hid_t, _ count: Int, _ place: String
  ) throws(Problem) -> [[UInt8]] {
    let size = H5Tget_size(type)
    var bytes = [UInt8](repeating: 0, count: count * size)
    guard count == 0 || H5Aread(attribute, type, &bytes) >= 0 else { throw failure(place, expected: "strings") }
    return (0..<count).map { index in
      let element = bytes[(index * size)..<((index + 1) * size)]
      return Array(element[..<(element.lastIndex { $0 != 0 }.map { $0 + 1 } ?? element.startIndex)])
    }
  }

  private func variableStrings(
    of attribute: hid_t, _ type: hid_t, _ count: Int, _ place: String
  ) throws(Problem) -> [[UInt8]] {
    guard count > 0 else { return [] }
    let space = try Handle(H5Aget_space(attribute), closedBy: H5Sclose, orThrow: failure(place))
    var strings = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard H5Aread(attribute, type, &strings) >= 0 else { throw failure(place, expected: "strings") }
    defer { H5Dvlen_reclaim(type, space.id, defaultID, &strings) }
    return strings.map { string in
      guard let string else { return [] }
      var length = 0
      while string[length] != 0 { length += 1 }
      return Array(UnsafeRawBufferPointer(start: string, count: length))
    }
  }
}
