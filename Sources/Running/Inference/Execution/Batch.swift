/// What one pass treats: the tokens of every source, and what is given beside them.
package struct Batch: Sendable {
  /// The tokens, by their source.
  package var sequences: [TokenSource: Sequences]
  /// The source of the tokens that the heads treat.
  package let main: TokenSource
  /// The tokens that a caller chose, by their columns among the main ones; nil for all.
  package var chosen: [Int]?
  /// What normalisations depend on, for each sequence.
  package var condition: Input.Features?
  /// What somebody else's encoder made.
  package var context: Input.Features?

  package init(
    _ sequences: [TokenSource: Sequences], main: TokenSource = .input, chosen: [Int]? = nil,
    condition: Input.Features? = nil, context: Input.Features? = nil
  ) {
    (self.sequences, self.main, self.chosen) = (sequences, main, chosen)
    (self.condition, self.context) = (condition, context)
  }

  /// The tokens of a source, which the graph has been checked to have.
  package subscript(source: TokenSource) -> Sequences { sequences[source]! }

  /// How many columns a value along an axis has.
  package func columns(of axis: Axis) -> Int {
    switch axis {
    case .tokens(let source): self[source].columns
    case .sequences: self[main].count
    case .chosen: chosen?.count ?? self[main].columns
    case .rows(let count): count
    case .distances(let source): self[source].places.count + self[source].longestTotal - 1
    case .scores(let queries, _, let heads): heads * self[queries].columns
    case .pairs(let heads): heads * self[main].columns
    }
  }

  /// The sequence that each column along an axis belongs to.
  package func rows(of axis: Axis) -> [Int] {
    switch axis {
    case .tokens(let source): self[source].rows
    case .sequences: Array(0..<self[main].count)
    case .chosen: chosen.map { columns in columns.map { self[main].rows[$0] } } ?? self[main].rows
    case .rows, .distances, .scores, .pairs: Array(repeating: 0, count: columns(of: axis))
    }
  }

  /// The extents before the features of a value that is handed out: B and T, or one number where lengths differ.
  package func extents(of axis: Axis) -> [Int] {
    switch axis {
    case .tokens(let source): extents(of: self[source])
    case .chosen where chosen == nil: extents(of: self[main])
    case .pairs(let heads):
      self[main].commonLength.map { [self[main].count, heads, $0] } ?? [heads * self[main].columns]
    default: [columns(of: axis)]
    }
  }

  private func extents(of sequences: Sequences) -> [Int] {
    sequences.commonLength.map { [sequences.count, $0] } ?? [sequences.columns]
  }
}
