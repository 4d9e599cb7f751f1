import Bytes

extension InputLines {
  /// Takes the next lines as texts; none at the end.
  ///
  /// - Throws: `Problem` of kind *damaged* when a line is no UTF-8, *unavailable* when the system cannot read.
  mutating func texts(upTo count: Int, after number: Int) throws -> [String] {
    var texts: [String] = []
    while texts.count < count, let line = try next() {
      guard let text = String(validating: line, as: UTF8.self) else {
        throw Problem(
          .damaged, file: "standard input, line \(number + texts.count + 1)", found: "bytes that are no UTF-8",
          expected: "a text")
      }
      texts.append(text)
    }
    return texts
  }
}
