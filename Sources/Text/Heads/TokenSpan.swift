/// Tokens that stand together under one label.
public struct TokenSpan: Hashable, Sendable {
  /// The tokens, by their places.
  public let tokens: ClosedRange<Int>
  /// The label's name; nil for words, of which there is one kind.
  public let label: String?

  /// Joins tokens and a label.
  public init(_ tokens: ClosedRange<Int>, label: String?) {
    (self.tokens, self.label) = (tokens, label)
  }
}

extension HeadSettings.Grouping {
  /// Groups the labels of tokens.
  ///
  /// - Parameters:
  ///   - labels: The name of each token's label.
  ///   - isSpecial: Whether each token is a special one, which lies in no text.
  /// - Returns: The spans that lie in a text, in order.
  public func spans(of labels: [String], isSpecial: [Bool]) -> [TokenSpan] {
    var spans: [(first: Int, last: Int, label: String?)] = []
    var isOpen = false
    for (place, label) in labels.enumerated() {
      let parts = label.split(separator: "-", maxSplits: 1).map(String.init)
      switch self {
      case .entities, .runs:
        // transformers leaves special tokens out before it groups the others.
        if self == .runs, isSpecial[place] { continue }
        let name = parts.count == 2 ? parts[1] : nil
        if parts.count < 2 {
          isOpen = false
        } else if parts[0] == "B" || self == .runs && (!isOpen || spans[spans.count - 1].label != name) {
          spans.append((place, place, name))
          isOpen = true
        } else if isOpen {
          spans[spans.count - 1].last = place
        }
      case .words:
        // The first and the last token are special, whatever their labels.
        if isSpecial[place] { continue }
        if label == "S" || label == "B" || spans.isEmpty {
          spans.append((place, place, nil))
        } else {
          spans[spans.count - 1].last = place
        }
      case .tokens:
        spans.append((place, place, label))
      }
    }
    return spans.filter { !isSpecial[$0.first] && !isSpecial[$0.last] }.map {
      TokenSpan($0.first...$0.last, label: $0.label)
    }
  }
}
