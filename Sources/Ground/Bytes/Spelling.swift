/// A text that is compared by its UTF-8 bytes.
///
/// Swift calls two strings equal when Unicode calls them canonically equivalent, as the two spellings of `é` are. Names in
/// files differ when their bytes differ, and are sorted by them.
public struct Spelling: Hashable, Comparable, Sendable {
  /// The text.
  public let text: String

  /// Keeps a text, laid out so that comparing it copies nothing.
  public init(_ text: String) {
    var text = text
    text.makeContiguousUTF8()
    self.text = text
  }

  /// Whether both consist of the same bytes.
  public static func == (left: Spelling, right: Spelling) -> Bool {
    var (one, other) = (left.text, right.text)
    return one.withUTF8 { one in
      other.withUTF8 { other in
        guard one.count == other.count else { return false }
        var place = 0
        while place < one.count, one[place] == other[place] { place += 1 }
        return place == one.count
      }
    }
  }

  /// Whether the left one's bytes come first, bytes compared as unsigned numbers.
  public static func < (left: Spelling, right: Spelling) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }

  /// Feeds the bytes to a hasher.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
