import Bytes

/// One record of comma-separated fields (RFC 4180), which may go over several lines.
struct CommaFields {
  private(set) var fields: [String] = []
  private var field: [UInt8] = []
  private var isQuoted = false
  private var wasQuoted = false
  // A quotation mark within quotation marks: the next byte tells whether it ends them or is doubled.
  private var isClosing = false

  /// Whether the record goes on in the next line.
  private(set) var isOpen = false

  /// Takes a line.
  ///
  /// - Returns: What is wrong with it, as a noun phrase; nil when nothing is.
  mutating func take(_ line: String) -> String? {
    if isOpen { field.append(UInt8(ascii: "\n")) }
    isOpen = false
    for byte in line.utf8 {
      if let fault = take(byte) { return fault }
    }
    if isQuoted, !isClosing {
      isOpen = true
      return nil
    }
    end()
    return nil
  }

  private mutating func take(_ byte: UInt8) -> String? {
    let mark = UInt8(ascii: "\"")
    switch byte {
    case mark where isClosing:
      field.append(mark)
      isClosing = false
    case mark where isQuoted: isClosing = true
    case mark where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
    case UInt8(ascii: ",") where !isQuoted || isClosing: end()
    case _ where isClosing: return "text behind the quotation mark that ends a field"
    default: field.append(byte)
    }
    return nil
  }

  private mutating func end() {
    fields.append(String(decoding: field, as: UTF8.self))
    field.removeAll(keepingCapacity: true)
    (isQuoted, wasQuoted, isClosing) = (false, false, false)
  }
}
