#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The parameters of the scale-offset filter (filter 6): numbers are stored as what they have above the least of their chunk, in as
/// few bits as that takes.
///
/// Source: `H5Zscaleoffset.c` of libhdf5 1.10 and 1.14, `H5Z__filter_scaleoffset`. libhdf5 itself believes the number of bits that a
/// chunk gives, and reads on behind its end.
struct ScaleOffset {
  private enum Kind {
    /// Integers as they are.
    case integers
    /// Floats times a power of ten, rounded.
    case floats(digits: Int)
  }

  private let kind: Kind
  private let count: Int
  private let size: Int
  private let isBigEndian: Bool
  /// The number that stands for elements never written; it takes the highest stored number.
  private let fill: UInt64?
  /// Whether the filter was asked to leave numbers as wide as they are.
  private let isIdle: Bool

  /// Takes the parameters that libhdf5 writes: method, factor, count, class, size, sign, order, whether there is a fill value, and it.
  init(_ parameters: [UInt32]) throws(FilterDamage) {
    func damage(_ found: String, _ expected: String) -> FilterDamage {
      FilterDamage(found: "\(found) of the filter scaleoffset", expected: expected)
    }
    guard parameters.count >= 10 else { throw damage("\(parameters.count) parameters", "20") }
    size = Int(parameters[4])
    count = Int(parameters[2])
    guard [1, 2, 4, 8].contains(size) else { throw damage("elements of \(size) bytes", "1, 2, 4 or 8 bytes") }
    guard parameters[6] < 2 else { throw damage("the byte order \(parameters[6])", "0 or 1") }
    isBigEndian = parameters[6] == 1
    switch (parameters[0], parameters[3], size) {
    case (2, 0, _): kind = .integers
    case (0, 1, 4), (0, 1, 8): kind = .floats(digits: Int(Int32(bitPattern: parameters[1])))
    default:
      throw damage(
        "the method \(parameters[0]) for elements of class \(parameters[3]) and \(size) bytes",
        "2 for integers, 0 for floats of 4 or 8 bytes")
    }
    let value = UInt64(parameters[8]) | UInt64(parameters[9]) << 32
    fill = parameters[7] == 0 ? nil : size == 8 ? value : value & ((1 << UInt64(8 * size)) - 1)
    isIdle = parameters[0] == 2 && Int(parameters[1]) == 8 * size
  }

  /// Makes the numbers of a chunk out of what is stored: the number of bits, the least number, and behind byte 21 the differences.
  ///
  /// - Parameter limit: How many bytes may come out of it.
  func expand(_ bytes: [UInt8], limit: Int) throws(FilterDamage) -> [UInt8] {
    if isIdle { return bytes }
    let (total, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, total <= limit else {
      throw FilterDamage(
        found: "a scale-offset chunk of \(count) elements of \(size) bytes", expected: "at most \(limit) bytes")
    }
    let header = 21
    guard bytes.count >= header else {
      throw FilterDamage(found: "a scale-offset chunk of \(bytes.count) bytes", expected: "at least \(header) bytes")
    }
    func number(at place: Int, _ size: Int) -> UInt64 {
      (0..<size).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
    }
    let width = number(at: 0, 4)
    guard width <= UInt64(8 * size) else {
      throw FilterDamage(
        found: "a scale-offset chunk of \(width) bits for each number", expected: "at most \(8 * size)")
    }
    guard bytes[4] == 8 else {
      throw FilterDamage(found: "a least number of \(bytes[4]) bytes in a scale-offset chunk", expected: "8 bytes")
    }
    try PackedBits.check(bytes.count - header, hold: count, of: Int(width), "a scale-offset chunk")
    let least = number(at: 5, 8)
    var result = [UInt8](repeating: 0, count: total)
    var stored = PackedBits(bytes, from: header)
    if width == 8 * size {
      // Whole numbers as they were, in the order of the machine that wrote them: little-endian ones are all there are.
      for index in 0..<count {
        result.put(number(at: header + index * size, size), at: index * size, size: size, isBigEndian: isBigEndian)
      }
      return result
    }
    let highest: UInt64 = (1 << width) - 1
    for index in 0..<count {
      let difference = stored.next(Int(width))
      let value =
        difference == highest ? fill ?? self.number(difference, above: least) : self.number(difference, above: least)
      result.put(value, at: index * size, size: size, isBigEndian: isBigEndian)
    }
    return result
  }

  /// The bits of the number that a stored difference stands for.
  private func number(_ difference: UInt64, above least: UInt64) -> UInt64 {
    switch kind {
    case .integers: return difference &+ least
    case .floats(let digits) where size == 4:
      let scale = Float(pow(10, Double(digits)))
      let value =
        Float(Int32(truncatingIfNeeded: difference)) / scale + Float(bitPattern: UInt32(truncatingIfNeeded: least))
      return UInt64(value.bitPattern)
    case .floats(let digits):
      return (Double(Int64(bitPattern: difference)) / pow(10, Double(digits)) + Double(bitPattern: least)).bitPattern
    }
  }
}
