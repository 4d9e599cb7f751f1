/// Whether one name comes before another where numbers in names are counted: `block.2` before `block.10`.
///
/// Digits are compared by their value, everything else byte by byte; of two names that differ in zeros before a number only, the bytes
/// decide.
package func precedesNaturally(_ one: String, _ other: String) -> Bool {
  var left = Array(one.utf8)[...]
  var right = Array(other.utf8)[...]
  while let a = left.first, let b = right.first {
    if isDigit(a) && isDigit(b) {
      let numbers = (left.prefix(while: isDigit), right.prefix(while: isDigit))
      left = left.dropFirst(numbers.0.count)
      right = right.dropFirst(numbers.1.count)
      let values = (numbers.0.drop { $0 == zero }, numbers.1.drop { $0 == zero })
      if values.0.count != values.1.count { return values.0.count < values.1.count }
      if !values.0.elementsEqual(values.1) { return values.0.lexicographicallyPrecedes(values.1) }
    } else if a != b {
      return a < b
    } else {
      left = left.dropFirst()
      right = right.dropFirst()
    }
  }
  guard left.isEmpty && right.isEmpty else { return left.isEmpty }
  return one.utf8.lexicographicallyPrecedes(other.utf8)
}

private let zero = UInt8(ascii: "0")
private func isDigit(_ byte: UInt8) -> Bool { (zero...UInt8(ascii: "9")).contains(byte) }
