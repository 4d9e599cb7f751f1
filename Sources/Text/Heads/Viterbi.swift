/// The best path through the labels of tokens: the sum of their scores and of those of the steps from label to label is largest.
///
/// Arithmetic, and the choice among equals, are those of bert4keras (0.11.5, `snippets.py:474-508`): float32, and the label of the lowest
/// number.
public struct Viterbi: Sendable {
  /// The score of each step, from label to label, [labels, labels].
  public let transitions: [Float]
  /// The number of labels.
  public let labelCount: Int
  private let starts, ends: [Bool]

  /// Takes the scores of steps.
  ///
  /// - Parameters:
  ///   - starts: The labels with which a path may begin.
  ///   - ends: The labels with which it may end.
  public init(transitions: [Float], labelCount: Int, starts: [Int], ends: [Int]) {
    precondition(transitions.count == labelCount * labelCount)
    (self.transitions, self.labelCount) = (transitions, labelCount)
    self.starts = (0..<labelCount).map(starts.contains)
    self.ends = (0..<labelCount).map(ends.contains)
  }

  /// A path, and by how much it is better than any other.
  public struct Path: Equatable, Sendable {
    /// The label of each token.
    public let labels: [Int]
    /// The score of the path above that of the best one that differs somewhere; infinite where there is no other.
    public let margin: Double
    /// The score of the path.
    public let score: Double
  }

  /// Finds the best path.
  ///
  /// - Parameter scores: Of each token a score for each label, [tokens, labels].
  public func path(through scores: [Float]) -> Path {
    let nodes = allowed(scores)
    let count = nodes.count / labelCount
    guard count > 0 else { return Path(labels: [], margin: .infinity, score: 0) }
    var sums = Array(nodes[0..<labelCount])
    var origins: [[Int]] = []
    for token in 1..<max(count, 1) {
      var (next, from) = ([Float](), [Int]())
      for label in 0..<labelCount {
        // In the order in which NumPy adds: (sums + transitions) + scores.
        let node = nodes[token * labelCount + label]
        var (best, origin) = (-Float.infinity, 0)
        for before in 0..<labelCount {
          let sum = sums[before] + transitions[before * labelCount + label] + node
          if sum > best { (best, origin) = (sum, before) }
        }
        next.append(best)
        from.append(origin)
      }
      sums = next
      origins.append(from)
    }
    var label = sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
    let score = Double(sums[label])
    var labels = [label]
    for from in origins.reversed() {
      label = from[label]
      labels.append(label)
    }
    labels.reverse()
    return Path(labels: labels, margin: margin(of: labels, through: nodes), score: score)
  }

  /// The scores, without those labels with which no path begins or ends.
  private func allowed(_ scores: [Float]) -> [Float] {
    var nodes = scores
    for label in 0..<min(labelCount, nodes.count) {
      if !starts[label] { nodes[label] = -.infinity }
      if !ends[label] { nodes[nodes.count - labelCount + label] = -.infinity }
    }
    return nodes
  }

  /// By how much the path is better than the best one with another label somewhere, in float64.
  private func margin(of path: [Int], through nodes: [Float]) -> Double {
    let (before, behind) = (sums(nodes, isForward: true), sums(nodes, isForward: false))
    func through(_ token: Int, _ label: Int) -> Double {
      before[token][label] + behind[token][label] - Double(nodes[token * labelCount + label])
    }
    let best = through(0, path[0])
    var margin = Double.infinity
    for token in path.indices {
      for label in 0..<labelCount where label != path[token] && nodes[token * labelCount + label] > -.infinity {
        margin = min(margin, best - through(token, label))
      }
    }
    return margin
  }

  /// The best sum up to each label of each token, or from there on, the label's own score included.
  private func sums(_ nodes: [Float], isForward: Bool) -> [[Double]] {
    let count = nodes.count / labelCount
    func own(_ token: Int) -> [Double] { (0..<labelCount).map { Double(nodes[token * labelCount + $0]) } }
    var rows = [own(isForward ? 0 : count - 1)]
    for step in 1..<max(count, 1) {
      let (last, scores) = (rows[step - 1], own(isForward ? step : count - 1 - step))
      rows.append(
        scores.indices.map { label in
          let best = last.indices.map { other in
            last[other] + Double(transitions[isForward ? other * labelCount + label : label * labelCount + other])
          }.max()!
          return best + scores[label]
        })
    }
    return isForward ? rows : rows.reversed()
  }
}
