import Bytes

extension LineReader {
  /// Takes the next lines as texts; none at the end.
  ///
  /// - Throws: `Problem` as ``LineReader/next()`` does.
  func texts(upTo count: Int) throws -> [String] {
    var texts: [String] = []
    while texts.count < count, let text = try next() { texts.append(text) }
    return texts
  }
}
