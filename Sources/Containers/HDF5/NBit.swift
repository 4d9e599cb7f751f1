/// The parameters of the n-bit filter (filter 5): of each element only the bits are stored that its type uses.
///
/// Source: `H5Znbit.c` of libhdf5 1.10 and 1.14, `H5Z__filter_nbit`. Elements of numbers and of other types that are no compounds
/// and no arrays are read; the filter leaves compounds of whole numbers, as complex numbers are, as they are.
struct NBit {
  private let count: Int
  private let size: Int
  private let isBigEndian: Bool
  /// Which bits of an element are stored; nil when the filter left everything as it is.
  private let bits: NumberFields.Field?

  /// Takes the parameters that libhdf5 writes: how many there are, whether the filter is idle, the count of elements, then of their
  /// type the class, the size, the byte order, the precision and the offset.
  init(_ parameters: [UInt32]) throws(FilterDamage) {
    func damage(_ found: String, _ expected: String) -> FilterDamage {
      FilterDamage(found: "\(found) of the filter nbit", expected: expected)
    }
    guard parameters.count >= 3 else { throw damage("\(parameters.count) parameters", "at least 3") }
    guard parameters[1] == 0 else {
      (count, size, isBigEndian, bits) = (0, 0, false, nil)
      return
    }
    guard parameters.count >= 5, parameters[3] == 1 ? parameters.count >= 8 : parameters[3] == 4 else {
      throw damage("elements of class \(parameters.count > 3 ? parameters[3] : 0)", "numbers")
    }
    count = Int(parameters[2])
    size = Int(parameters[4])
    guard (1...8).contains(size) else { throw damage("elements of \(size) bytes", "at most 8 bytes") }
    let whole = NumberFields.Field(location: 0, width: 8 * size)
    guard parameters[3] == 1 else {
      (isBigEndian, bits) = (true, whole)
      return
    }
    let used = NumberFields.Field(location: Int(parameters[7]), width: Int(parameters[6]))
    guard parameters[5] < 2, used.width > 0, used.isInside(whole) else {
      throw damage(
        "\(used.width) bits from bit \(used.location) in elements of \(size) bytes and the order \(parameters[5])",
        "bits inside the element, and an order of 0 or 1")
    }
    (isBigEndian, bits) = (parameters[5] == 1, used)
  }

  /// Puts the bits of a chunk back into their places, zeros around them.
  ///
  /// - Parameter limit: How many bytes may come out of it.
  func expand(_ bytes: [UInt8], limit: Int) throws(FilterDamage) -> [UInt8] {
    guard let bits else { return bytes }
    let (total, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, total <= limit else {
      throw FilterDamage(
        found: "an n-bit chunk of \(count) elements of \(size) bytes", expected: "at most \(limit) bytes")
    }
    try PackedBits.check(bytes.count, hold: count, of: bits.width, "an n-bit chunk")
    var stored = PackedBits(bytes, from: 0)
    var result = [UInt8](repeating: 0, count: total)
    for index in 0..<count {
      let value = stored.next(bits.width) << UInt64(bits.location)
      result.put(value, at: index * size, size: size, isBigEndian: isBigEndian)
    }
    return result
  }
}
