/// How stored elements differ from little-endian numbers.
enum ElementForm: Sendable, Equatable {
  /// Not at all.
  case plain
  /// The bytes of each unit, of at least two, stand the other way round.
  case swapped(unit: Int)
  /// Only some bits of an element are the number.
  case fields(NumberFields)

  /// How many bytes are made right together; 1 where nothing is to be done.
  var unit: Int {
    switch self {
    case .plain: 1
    case .swapped(let unit): unit
    case .fields(let fields): fields.elementType.byteCount
    }
  }

  /// Makes little-endian numbers of whole elements, in their place.
  func makePlain(_ bytes: UnsafeMutableRawBufferPointer) {
    switch self {
    case .plain: break
    case .swapped(let unit): swapBytes(of: bytes, unit: unit)
    case .fields(let fields): fields.unpack(bytes)
    }
  }
}
