import SentenceVectors

/// How far a model's similarities follow people's, on files of pairs, for some poolings and whitenings.
public struct Evaluation: Sendable {
  /// A pooling with a whitening.
  public struct Way: Hashable, Sendable {
    /// The pooling.
    public let pooling: Pooling
    /// The whitening.
    public let whitening: WhiteningChoice
  }

  /// One file, in one way.
  public struct Row: Sendable {
    /// The task that the file belongs to.
    public let task: String
    /// The file's path.
    public let path: String
    /// The number of pairs.
    public let pairs: Int
    /// The pooling and the whitening.
    public let way: Way
    /// The number of components of the vectors.
    public let components: Int
    /// Spearman's and Pearson's coefficients.
    public let correlation: Correlation
    /// The share of pairs that a threshold decides right; nil for scores other than 0 and 1.
    public let accuracy: Accuracy?
  }

  /// The files of one task together, in one way.
  public struct Average: Sendable {
    /// The task.
    public let task: String
    /// The pooling and the whitening.
    public let way: Way
    /// The mean of the files' Spearman coefficients.
    public let plain: Double
    /// The same, each file as often as it has pairs: the figures of the post's table.
    public let weighted: Double
  }

  /// A whitening that was computed for a task.
  public struct Computed: Sendable {
    /// The task.
    public let task: String
    /// The pooling and the whitening.
    public let way: Way
    /// What was computed.
    public let fit: WhiteningFit
  }

  /// Every file in every way: task by task, way by way, file by file.
  public internal(set) var rows: [Row] = []
  /// The whitenings that were computed.
  public internal(set) var whitenings: [Computed] = []

  /// The averages of every task in every way.
  public var averages: [Average] {
    var order: [[Row]] = []
    for row in rows {
      if let last = order.last?.last, last.task == row.task, last.way == row.way {
        order[order.count - 1].append(row)
      } else {
        order.append([row])
      }
    }
    return order.map { rows in
      let values = rows.map(\.correlation.spearman)
      let pairs = rows.reduce(0) { $0 + $1.pairs }
      return Average(
        task: rows[0].task, way: rows[0].way, plain: values.reduce(0, +) / Double(rows.count),
        weighted: zip(rows, values).reduce(0) { $0 + Double($1.0.pairs) * $1.1 } / Double(pairs))
    }
  }
}
