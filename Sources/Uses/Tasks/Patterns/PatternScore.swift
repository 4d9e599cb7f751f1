/// How answers compare with the labels that texts have.
public struct PatternScore: Equatable, Sendable {
  /// What is counted of the texts of one label, or of all.
  public struct Count: Equatable, Sendable {
    /// How many texts there are.
    public var texts = 0
    /// How many answers are right.
    public var correct = 0
    /// The share of right answers; NaN where there is no text.
    public var accuracy: Double { Double(correct) / Double(texts) }
  }

  /// All texts.
  public private(set) var total = Count()
  /// The texts of each label, in the order of the labels.
  public private(set) var labels: [Count]
  /// The mean margin of the answers that are right, and of those that are wrong; nil where there is none.
  public let rightMargin, wrongMargin: Double?

  /// Compares.
  ///
  /// - Parameters:
  ///   - answers: The answers.
  ///   - expected: The index of the label that each text has.
  ///   - labelCount: How many labels there are.
  public init(of answers: [PatternClassifier.Answer], expected: [Int], labelCount: Int) {
    labels = Array(repeating: Count(), count: labelCount)
    var margins: [Bool: (sum: Double, count: Int)] = [:]
    for (answer, label) in zip(answers, expected) {
      let isRight = answer.index == label
      total.texts += 1
      labels[label].texts += 1
      total.correct += isRight ? 1 : 0
      labels[label].correct += isRight ? 1 : 0
      margins[isRight, default: (0, 0)].sum += answer.margin
      margins[isRight, default: (0, 0)].count += 1
    }
    (rightMargin, wrongMargin) = (
      margins[true].map { $0.sum / Double($0.count) }, margins[false].map { $0.sum / Double($0.count) }
    )
  }
}
