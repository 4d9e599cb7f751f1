/// How the tokens of a stack are counted where nobody says where they stand.
package enum PositionRule: Sendable {
  /// One after the other from 0, whatever they are.
  case fromZero
  /// From the number of the padding token plus 1, passing over padding, which stands at its own number (fairseq's `make_positions`;
  /// transformers 4.38.2, `modeling_roberta.py:1563-1577`).
  case behindPadding

  /// How many positions stand before that of a text's first token.
  package func first(_ padding: Padding) -> Int {
    switch self {
    case .fromZero: 0
    case .behindPadding: Int(padding.token) + 1
    }
  }

  /// Where the tokens of a sequence stand.
  ///
  /// - Parameter past: The tokens of the same sequence that came before.
  package func positions(
    of tokenIDs: some Collection<Int32>, after past: some Collection<Int32>, padding: Padding
  ) -> [Int] {
    switch self {
    case .fromZero:
      return Array(past.count..<past.count + tokenIDs.count)
    case .behindPadding:
      var last = Int(padding.token) + past.count { $0 != padding.token }
      return tokenIDs.map { token in
        guard token != padding.token else { return Int(padding.token) }
        last += 1
        return last
      }
    }
  }
}
