/// The rows of several namings, found by how a name ends: one walk along a name finds the rows of all namings that may name it.
///
/// Most patterns end with a text of their own (`/attention/self/query/kernel`), so that few are left to be matched. The work for a
/// name is bounded by its length and by the tables, whatever the name.
struct NameIndex: Sendable {
  /// A row of a naming, by its place there.
  struct Entry: Hashable, Sendable {
    /// The naming, by its place in the index.
    let naming: Int
    let kind: Kind
    /// The row's place among the naming's rows or drops.
    let place: Int

    enum Kind: Sendable {
      case row
      case drop
    }
  }

  /// One row that names a source, as a whole or behind a beginning that the row does not know.
  struct Hit: Sendable {
    let entry: Entry
    /// How many bytes of the name stand before what the row names.
    let prefixLength: Int
    let match: Architecture.Pattern.Match
  }

  /// The namings, each with its architecture.
  let namings: [(architecture: Architecture, naming: Architecture.Naming)]
  private var nodes = [Node()]
  private var entries: [(entry: Entry, pattern: Architecture.Pattern)] = []

  /// A byte of an ending, counted from the end; children are joined as a list.
  private struct Node {
    var byte: UInt8 = 0
    var firstChild = -1
    var sibling = -1
    /// The patterns whose endings begin here, as places among the entries.
    var entries: [Int] = []
  }

  /// Indexes the rows of all namings of some architectures.
  init(_ architectures: [Architecture]) {
    self.init(architectures.flatMap { architecture in architecture.namings.map { (architecture, $0) } })
  }

  /// Indexes the rows of some namings.
  init(_ namings: [(architecture: Architecture, naming: Architecture.Naming)]) {
    self.namings = namings
    for (number, (_, naming)) in namings.enumerated() {
      for (place, row) in naming.rows.enumerated() {
        add(row.pattern, as: Entry(naming: number, kind: .row, place: place))
      }
      for (place, drop) in naming.drops.enumerated() where !drop.pattern.hasWildcard {
        add(drop.pattern, as: Entry(naming: number, kind: .drop, place: place))
      }
    }
  }

  /// The index of all architectures that the binary holds.
  static let known = NameIndex(Architecture.all)

  private mutating func add(_ pattern: Architecture.Pattern, as entry: Entry) {
    entries.append((entry, pattern))
    for ending in Set(pattern.endings) {
      var node = 0
      for byte in ending.reversed() { node = child(of: node, for: byte) ?? addChild(of: node, for: byte) }
      nodes[node].entries.append(entries.count - 1)
    }
  }

  private mutating func addChild(of node: Int, for byte: UInt8) -> Int {
    nodes.append(Node(byte: byte, sibling: nodes[node].firstChild))
    nodes[node].firstChild = nodes.count - 1
    return nodes.count - 1
  }

  private func child(of node: Int, for byte: UInt8) -> Int? {
    var child = nodes[node].firstChild
    while child >= 0 {
      if nodes[child].byte == byte { return child }
      child = nodes[child].sibling
    }
    return nil
  }

  /// The rows that name a source, wholly or behind a beginning, in the order of namings and rows, and for each row in that of its
  /// alternatives.
  ///
  /// - Parameter steps: Counts the bytes that were looked at and the patterns that were tried.
  func hits(on name: [UInt8], steps: inout Int) -> [Hit] {
    var candidates = nodes[0].entries
    var node = 0
    for byte in name.reversed() {
      steps += 1
      guard let next = child(of: node, for: byte) else { break }
      node = next
      candidates += nodes[node].entries
    }
    steps += candidates.count
    // A choice may end with another of its alternatives, which then leads to one pattern twice.
    return Set(candidates).sorted().flatMap { candidate -> [Hit] in
      let (entry, pattern) = entries[candidate]
      return pattern.endMatches(name).map { Hit(entry: entry, prefixLength: $0.prefixLength, match: $0.match) }
    }
  }
}
