/// How many pairs a threshold of similarity decides as their labels do: above it a pair means the same, else not.
///
/// SimBERT's example of retrieval (`retrieval_test.py`) and LCQMC's tables judge pairs in this way.
public struct Accuracy: Hashable, Sendable {
  /// Similarities above it count as 1.
  public let threshold: Double
  /// The share of pairs that are decided as their labels say.
  public let value: Double

  /// Measures labels of 0 and 1 at a threshold.
  ///
  /// - Parameter threshold: The threshold; the best one for these pairs if nil, the lowest of several.
  /// - Returns: nil when the labels are anything but zeros and ones, or there are none.
  public init?(of similarities: [Double], with labels: [Double], threshold: Double? = nil) {
    precondition(similarities.count == labels.count, "\(similarities.count) similarities of \(labels.count) pairs")
    guard !labels.isEmpty, labels.allSatisfy({ $0 == 0 || $0 == 1 }) else { return nil }
    self.threshold = threshold ?? Accuracy.bestThreshold(of: similarities, with: labels)
    let right = zip(similarities, labels).count { [threshold = self.threshold] in ($0 > threshold) == ($1 == 1) }
    value = Double(right) / Double(labels.count)
  }

  /// Passes over the pairs from the least similar on; a threshold lies in the middle between two neighbours that differ.
  private static func bestThreshold(of similarities: [Double], with labels: [Double]) -> Double {
    let order = similarities.indices.sorted { similarities[$0] < similarities[$1] }
    // With every pair above the threshold, the ones are right.
    var right = labels.count { $0 == 1 }
    var best = (right: right, threshold: similarities[order[0]] - 1)
    for (place, index) in order.enumerated() {
      right += labels[index] == 0 ? 1 : -1
      let value = similarities[index]
      let next = place + 1 < order.count ? similarities[order[place + 1]] : value + 2
      if next != value, right > best.right { best = (right, value + (next - value) / 2) }
    }
    return best.threshold
  }
}
