import Bytes
import CHDF5
import Tensors

extension ElementType {
  /// Makes the HDF5 datatype that h5py writes for this element type, little-endian.
  ///
  /// `bool` is an enumeration over `int8` with the members `FALSE` and `TRUE`, complex numbers are compounds of `r`
  /// and `i` (h5py, "Special types"), and `bfloat16` is opaque with two bytes, as Keras 3 writes it.
  func datatype() throws(Problem) -> Handle {
    switch self {
    case .bool: try Self.boolean()
    case .int8: try Self.copy(of: CHDF5_H5T_STD_I8LE())
    case .uint8: try Self.copy(of: CHDF5_H5T_STD_U8LE())
    case .int16: try Self.copy(of: CHDF5_H5T_STD_I16LE())
    case .uint16: try Self.copy(of: CHDF5_H5T_STD_U16LE())
    case .int32: try Self.copy(of: CHDF5_H5T_STD_I32LE())
    case .uint32: try Self.copy(of: CHDF5_H5T_STD_U32LE())
    case .int64: try Self.copy(of: CHDF5_H5T_STD_I64LE())
    case .uint64: try Self.copy(of: CHDF5_H5T_STD_U64LE())
    case .float16: try Self.half(exponent: 5, mantissa: 10)
    case .bfloat16: try Self.opaque()
    case .float32: try Self.copy(of: CHDF5_H5T_IEEE_F32LE())
    case .float64: try Self.copy(of: CHDF5_H5T_IEEE_F64LE())
    case .complex64: try Self.complex(CHDF5_H5T_IEEE_F32LE())
    case .complex128: try Self.complex(CHDF5_H5T_IEEE_F64LE())
    }
  }

  /// Makes a copy of a datatype, which may then be changed.
  static func copy(of datatype: hid_t) throws(Problem) -> Handle {
    try Handle(H5Tcopy(datatype), closedBy: H5Tclose, orThrow: failedDatatype())
  }

  /// Makes a float of two bytes with fields of these sizes and the bias that IEEE 754 gives them.
  static func half(exponent: Int, mantissa: Int) throws(Problem) -> Handle {
    let type = try copy(of: CHDF5_H5T_IEEE_F32LE())
    guard H5Tset_fields(type.id, 15, mantissa, exponent, 0, mantissa) >= 0,
      H5Tset_size(type.id, 2) >= 0, H5Tset_ebias(type.id, 1 << (exponent - 1) - 1) >= 0
    else { throw failedDatatype() }
    return type
  }

  private static func boolean() throws(Problem) -> Handle {
    let type = try Handle(H5Tenum_create(CHDF5_H5T_STD_I8LE()), closedBy: H5Tclose, orThrow: failedDatatype())
    for (name, value) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
      var value = value
      guard H5Tenum_insert(type.id, name, &value) >= 0 else { throw failedDatatype() }
    }
    return type
  }

  private static func opaque() throws(Problem) -> Handle {
    let type = try Handle(H5Tcreate(H5T_OPAQUE, 2), closedBy: H5Tclose, orThrow: failedDatatype())
    guard H5Tset_tag(type.id, "") >= 0 else { throw failedDatatype() }
    return type
  }

  private static func complex(_ part: hid_t) throws(Problem) -> Handle {
    let size = H5Tget_size(part)
    let type = try Handle(H5Tcreate(H5T_COMPOUND, 2 * size), closedBy: H5Tclose, orThrow: failedDatatype())
    guard H5Tinsert(type.id, "r", 0, part) >= 0, H5Tinsert(type.id, "i", size, part) >= 0 else {
      throw failedDatatype()
    }
    return type
  }

  private static func failedDatatype() -> Problem {
    Problem(.unavailable, file: "libhdf5", found: Library.failure(), expected: "a datatype")
  }
}

extension ElementType {
  /// Recognizes the datatype of a file, in either byte order; nil when it is none of these.
  init?(datatype: hid_t) {
    let size = H5Tget_size(datatype)
    switch H5Tget_class(datatype) {
    case H5T_INTEGER: self.init(integerOf: size, signed: H5Tget_sign(datatype) == H5T_SGN_2)
    case H5T_FLOAT: self.init(floatOf: size, datatype: datatype)
    case H5T_ENUM where size == 1 && Self.isBoolean(datatype): self = .bool
    case H5T_OPAQUE where size == 2: self = .bfloat16
    case H5T_COMPOUND: self.init(complex: datatype)
    default: return nil
    }
  }

  /// Makes the datatype that brings elements of a file's datatype into memory as this element type.
  func memoryDatatype(for datatype: hid_t) throws(Problem) -> Handle {
    switch self {
    // Opaque tags and enumerations are converted only onto themselves; neither has a byte order here.
    case .bool: try Self.copy(of: datatype)
    case .bfloat16 where H5Tget_class(datatype) == H5T_OPAQUE: try Self.copy(of: datatype)
    case .bfloat16: try Self.half(exponent: 8, mantissa: 7)
    default: try self.datatype()
    }
  }

  private init?(integerOf size: Int, signed: Bool) {
    switch size {
    case 1: self = signed ? .int8 : .uint8
    case 2: self = signed ? .int16 : .uint16
    case 4: self = signed ? .int32 : .uint32
    case 8: self = signed ? .int64 : .uint64
    default: return nil
    }
  }

  /// Takes the element type of the same size, when no exponent and no mantissa is lost in it.
  private init?(floatOf size: Int, datatype: hid_t) {
    var (sign, exponentAt, exponent, mantissaAt, mantissa) = (0, 0, 0, 0, 0)
    guard H5Tget_fields(datatype, &sign, &exponentAt, &exponent, &mantissaAt, &mantissa) >= 0 else { return nil }
    switch size {
    case 2 where exponent == 8 && mantissa == 7: self = .bfloat16
    case 2 where exponent <= 5 && mantissa <= 10: self = .float16
    case 4 where exponent <= 8 && mantissa <= 23: self = .float32
    case 8 where exponent <= 11 && mantissa <= 52: self = .float64
    default: return nil
    }
  }

  private init?(complex datatype: hid_t) {
    guard H5Tget_nmembers(datatype) == 2 else { return nil }
    var parts: [ElementType] = []
    for (index, name) in [(UInt32(0), "r"), (1, "i")] {
      guard let text = H5Tget_member_name(datatype, index) else { return nil }
      defer { H5free_memory(text) }
      let part = H5Tget_member_type(datatype, index)
      defer { H5Tclose(part) }
      guard String(cString: text) == name, H5Tget_class(part) == H5T_FLOAT, let type = ElementType(datatype: part)
      else { return nil }
      parts.append(type)
    }
    switch (parts[0], parts[1]) {
    case (.float32, .float32): self = .complex64
    case (.float64, .float64): self = .complex128
    default: return nil
    }
  }

  private static func isBoolean(_ datatype: hid_t) -> Bool {
    var (no, yes): (Int8, Int8) = (-1, -1)
    return H5Tget_nmembers(datatype) == 2
      && H5Tenum_valueof(datatype, "FALSE", &no) >= 0 && H5Tenum_valueof(datatype, "TRUE", &yes) >= 0
      && no == 0 && yes == 1
  }
}
