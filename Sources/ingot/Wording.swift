import Foundation

/// Numbers as people read them.
enum Wording {
  /// A count of bytes in decimal units: `411.9 MB`.
  static func size(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 999.95, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return unit == 0 ? "\(bytes) \(bytes == 1 ? "byte" : "bytes")" : String(format: "%.1f ", value) + units[unit]
  }

  /// A count with its noun: `1 tensor`, `197 tensors`.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// An integer with its digits in groups of three: `102,267,648`.
  static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return (value < 0 ? "-" : "") + ([rest] + groups).joined(separator: ",")
  }

  /// A measured number in four significant digits: `3.052e-06`, `0.25`.
  static func number(_ value: Double) -> String { String(format: "%.4g", value) }

  /// A probability in percent: `97.31 %`.
  static func percentage(_ probability: Double) -> String { String(format: "%.2f %%", probability * 100) }

  /// A duration: `12 ms`, `3.4 s`, `2 min 5 s`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 1 { return String(format: "%.0f ms", seconds * 1_000) }
    if seconds < 90 { return String(format: "%.1f s", seconds) }
    return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }
}
