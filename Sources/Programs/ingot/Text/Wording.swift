import Bytes

/// Numbers as people read them.
enum Wording {
  /// A count of bytes in decimal units: `411.9 MB`.
  static func size(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 999.95, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return (unit == 0 ? "\(bytes) " : String(value, format: "%.1f ")) + units[unit]
  }

  /// A count with its noun: `1 tensor`, `197 tensors`.
  static func count(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
  }

  /// A regular verb as it follows a count: `1 point agrees`, `2 points agree`.
  static func verb(_ verb: String, for count: Int) -> String { count == 1 ? verb + "s" : verb }

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
  static func number(_ value: Double) -> String { String(value, format: "%.4g") }

  /// A value in as many digits as float32 holds: `-19.32451`.
  static func value(_ value: Double) -> String { String(value, format: "%.7g") }

  /// How often one number holds another: `8.6`, `5508`, `1.2e+08`.
  static func ratio(_ value: Double) -> String {
    String(value, format: value < 999.95 ? "%.1f" : value < 1e7 ? "%.0f" : "%.1e")
  }

  /// A probability in percent: `97.31 %`.
  static func percentage(_ probability: Double) -> String { String(probability * 100, format: "%.2f %%") }

  /// A cosine: `0.9312`.
  static func similarity(_ cosine: Double) -> String { String(cosine, format: "%.4f") }

  /// A word of a command line, in quotation marks where a shell would take it apart.
  static func word(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil || "_@%+=:,./-…".unicodeScalars.contains($0)
    }
    return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }

  /// The cosine of an angle: `0.9770`.
  static func cosine(_ value: Double) -> String { String(value, format: "%.4f") }

  /// A duration in milliseconds: `21.75 ms`.
  static func milliseconds(_ seconds: Double) -> String { String(seconds * 1_000, format: "%.2f ms") }

  /// A duration: `12 ms`, `3.4 s`, `2 min 5 s`, `3 h 12 min`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 1 { return String(seconds * 1_000, format: "%.0f ms") }
    if seconds < 90 { return String(seconds, format: "%.1f s") }
    let minutes = Int(min(seconds, 1e9)) / 60
    return minutes < 90 ? "\(minutes) min \(Int(seconds) % 60) s" : "\(minutes / 60) h \(minutes % 60) min"
  }
}

extension ContinuousClock.Instant {
  /// The seconds since then.
  var elapsed: Double { duration(to: .now) / .seconds(1) }
}
