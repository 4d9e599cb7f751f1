/// The sizes of one model as its shapes reveal them: the first use binds, later uses must agree.
struct SolvedSizes {
  /// A value and the source that showed it first.
  struct Entry: Equatable {
    let value: Int
    let source: String
  }

  private(set) var entries: [String: Entry] = [:]

  /// Binds a size that is still free; returns what it was bound to before, where that is another value.
  mutating func bind(_ letter: String, to value: Int, by source: String) -> Entry? {
    guard let entry = entries[letter] else {
      entries[letter] = Entry(value: value, source: source)
      return nil
    }
    return entry.value == value ? nil : entry
  }

  /// The extents in numbers; nil when one of them is not bound.
  func dimensions(of shape: [Architecture.Extent]) -> [Int]? {
    var dimensions: [Int] = []
    for extent in shape {
      switch extent {
      case .literal(let number): dimensions.append(number)
      case .size(let letter):
        guard let entry = entries[letter] else { return nil }
        dimensions.append(entry.value)
      }
    }
    return dimensions
  }
}
