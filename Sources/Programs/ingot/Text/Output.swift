import Bytes
import JSON

/// Prints lines to standard output; what could steer a terminal is escaped.
func show(_ lines: [String]) {
  for line in lines { print(printable(line)) }
}

/// Prints a line to standard output; what could steer a terminal is escaped.
func show(_ line: String) {
  show([line])
}

/// Prints JSON to standard output; what could steer a terminal is escaped as JSON escapes it.
func show(_ json: JSON) {
  var text = ""
  for scalar in json.indented.unicodeScalars {
    // Between the strings of a JSON text there is no such scalar but the end of a line.
    if scalar == "\n" || printable(String(scalar)).unicodeScalars.first == scalar {
      text.unicodeScalars.append(scalar)
    } else {
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
  }
  print(text)
}
