import Bytes
import Tensors

/// What the `descr` of a header says: the type of the elements and the order of their bytes.
///
/// The letters are those of NumPy's array interface protocol (`typestr`).
struct NumPyDescriptor {
  let elementType: ElementType
  let isBigEndian: Bool
  /// What a user should know about how the type was read.
  let remark: String?

  static let pickleAdvice =
    "Reading a pickle can run any program hidden in it; in NumPy, save the array again with a numeric dtype"

  /// Reads the value of `descr`.
  ///
  /// - Throws: `Problem` of kind *refused* for object arrays, *unsupported* for every other type that is no number.
  init(_ descr: PythonLiteral, file: String, byte: Int) throws {
    func unsupported(_ found: String) -> Problem {
      Problem(
        .unsupported, file: file, byte: byte, found: found,
        expected: "numbers: b1, i1 to i8, u1 to u8, f2 to f8, c8 or c16",
        advice: "In NumPy, save the array again with a numeric dtype")
    }
    switch descr {
    case .string(let text):
      var letters = Substring(text)
      let order = letters.first.flatMap { "<>=|".contains($0) ? $0 : nil }
      if order != nil { letters.removeFirst() }
      if letters.first == "O" {
        throw Problem(
          .refused, file: file, byte: byte, found: "an object array ('\(text)'), which is a Python pickle",
          expected: "numbers; object arrays are refused", advice: Self.pickleAdvice)
      }
      guard let type = Self.elementType(letters), type != .bfloat16 || order != ">" else {
        throw unsupported(Self.noun(letters).map { "\($0) ('\(text)')" } ?? "the type '\(text)'")
      }
      elementType = type
      isBigEndian = order == ">"
      remark =
        type == .bfloat16
        ? "The elements are '\(text)', raw pairs of bytes, and are read as bfloat16: "
          + "so NumPy writes the arrays of ml_dtypes, whose type it does not record"
        : nil
    case .list: throw unsupported("a structured array")
    case .tuple: throw unsupported("a type with a shape of its own")
    default:
      throw Problem(
        .damaged, file: file, byte: byte, found: "\(descr.noun) as 'descr'", expected: "the text of a dtype")
    }
  }

  private static func elementType(_ letters: Substring) -> ElementType? {
    switch letters {
    case "b1", "?": .bool
    case "i1": .int8
    case "i2": .int16
    case "i4": .int32
    case "i8": .int64
    case "u1": .uint8
    case "u2": .uint16
    case "u4": .uint32
    case "u8": .uint64
    case "f2": .float16
    case "f4": .float32
    case "f8": .float64
    case "c8": .complex64
    case "c16": .complex128
    case "V2": .bfloat16
    default: ElementType(rawValue: String(letters)).flatMap { $0 == .bfloat16 ? nil : $0 }
    }
  }

  private static func noun(_ letters: Substring) -> String? {
    switch letters {
    case "f12", "f16": "an array of long doubles"
    case "c24", "c32": "an array of complex long doubles"
    default:
      switch letters.first {
      case "U": "an array of text"
      case "S", "a": "an array of byte strings"
      case "V": "an array of raw bytes"
      case "M": "an array of dates"
      case "m": "an array of time spans"
      default: nil
      }
    }
  }
}
