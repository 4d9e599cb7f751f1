import Bytes
import Inference
import Tensors
import Tokenization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Tells which label a text has by the words that a masked language model expects in a pattern.
///
/// The probability of a word is the product of those of its tokens, each in the place of its mask, over the whole vocabulary; that of a label
/// is the sum over its words. The most probable label is the answer; of equal ones the first.
///
/// Source: Su Jianlin, post 7764; `Pattern-Exploiting-Training`, `sentiment.py:93-108` and `172-181`, and for several masks `tnews.py:158-171`.
public struct PatternClassifier: Sendable {
  /// The sentence around a text.
  public let pattern: Pattern
  /// What words stand for.
  public let labels: PatternLabels

  private let session: Session
  private let maximumLength: Int?
  private let ids: [[[Int]]]

  /// What the model expects of one text.
  public struct Answer: Hashable, Sendable {
    /// The index of the most probable label.
    public let index: Int
    /// Its name.
    public let label: String
    /// The probability of each label, over the whole vocabulary: they need not sum to 1.
    public let probabilities: [Double]
    /// The logarithm of how many times as probable the best label is as the second.
    public let margin: Double
    /// How many tokens of the text were cut.
    public let removedCount: Int

    /// Gathers an answer.
    public init(index: Int, label: String, probabilities: [Double], margin: Double, removedCount: Int) {
      self.index = index
      self.label = label
      self.probabilities = probabilities
      self.margin = margin
      self.removedCount = removedCount
    }
  }

  /// Joins a model with a pattern and labels.
  ///
  /// - Parameter maximumLength: The greatest number of tokens, special ones among them; by default as many as the model takes.
  /// - Throws: `Problem` of kind *mismatched* when the model has no masked-language-model head, the pattern no mask, or a word not a token
  ///   for each mask.
  public init(_ session: Session, pattern: Pattern, labels: PatternLabels, maximumLength: Int? = nil) throws {
    guard session.model.points.contains(.maskedTokenLogits) || session.model.points.contains(.maskedTokenProbabilities)
    else {
      throw Problem(
        .mismatched, file: session.file.path, found: "no masked-language-model head", expected: "the tensors mlm.*",
        advice: "The checkpoint was saved without with_mlm; take one that was saved with it")
    }
    let mask = try session.tokenizer.id(of: .mask)
    let empty = try pattern.encode(
      "", by: session.tokenizer, maximumLength: nil, truncating: false, calling: "pattern")
    let masks = empty.positions(of: .mask).count
    guard masks > 0 else {
      throw Problem(
        .mismatched, file: "pattern",
        found: "no \(try session.tokenizer.tokens(of: [mask])[0]) in \"\(pattern.spelling)\"",
        expected: "one for each token of a label's words")
    }
    self.session = session
    self.pattern = pattern
    self.labels = labels
    self.maximumLength = [maximumLength, session.tokenizer.maximumLength, session.model.sizes.positions]
      .compactMap(\.self).min()
    ids = try labels.ids(masks: masks, by: session.tokenizer)
  }

  /// Tells the labels of texts.
  ///
  /// - Parameters:
  ///   - texts: The texts.
  ///   - truncating: Whether texts that are too long are cut, which the pattern never is; otherwise they are refused.
  ///   - name: What messages call the text with an index.
  /// - Returns: The answers, in the order of the texts.
  /// - Throws: `Problem` of kind *mismatched* when a text has a mask in it or is too long, *damaged* when probabilities are no numbers,
  ///   because weights are none.
  public func answers(
    to texts: [String], truncating: Bool = false, calling name: (Int) -> String = { "text \($0 + 1)" }
  ) throws -> [Answer] {
    let encodings = try texts.enumerated().map {
      try pattern.encode(
        $1, by: session.tokenizer, maximumLength: maximumLength, truncating: truncating, calling: name($0))
    }
    var answers = [Answer?](repeating: nil, count: texts.count)
    for batch in Session.batches(ofLengths: encodings.map(\.ids.count)) {
      let found = try self.answers(to: batch.map { encodings[$0] })
      for (index, answer) in zip(batch, found) { answers[index] = answer }
    }
    return answers.map { $0! }
  }

  private func answers(to batch: [Encoding]) throws -> [Answer] {
    let point = Point.maskedTokenLogits
    let input = try Input(
      tokenIDs: batch.map { $0.ids.map(Int32.init) }, segmentIDs: batch.map { $0.segments.map(Int32.init) })
    let positions = batch.enumerated().flatMap { row, encoding in
      encoding.positions(of: .mask).map { TokenPosition(row: row, position: $0) }
    }
    let values = try session.model.run(input, computing: [point], at: positions, threads: session.threads)
    let logits = values[point]!  // [masks of all texts, V]
    try session.model.checkNumbers(logits, of: input, at: positions, threads: session.threads)
    let size = logits.shape.dimensions[1]
    let masks = ids[0][0].count
    return logits.withElements(of: Float.self) { logits in
      let logarithms = positions.indices.map { LogProbabilities(logits[$0 * size..<($0 + 1) * size]) }
      return batch.enumerated().map { row, encoding in
        answer(Array(logarithms[row * masks..<(row + 1) * masks]), cut: encoding.removedCount)
      }
    }
  }

  private func answer(_ places: [LogProbabilities], cut removedCount: Int) -> Answer {
    let logarithms = ids.map { words in
      logarithmOfSum(of: words.map { word in zip(word, places).reduce(0) { $0 + $1.1[$1.0] } })
    }
    let best = logarithms.indices.max { (logarithms[$0], $1) < (logarithms[$1], $0) }!
    let second = logarithms.indices.filter { $0 != best }.map { logarithms[$0] }.max()!
    return Answer(
      index: best, label: labels.labels[best].name, probabilities: logarithms.map { exp($0) },
      margin: logarithms[best] - second, removedCount: removedCount)
  }
}

/// The logarithms of the probabilities of all tokens in one place.
private struct LogProbabilities {
  private let logits: UnsafeBufferPointer<Float>.SubSequence
  private let total: Double

  init(_ logits: UnsafeBufferPointer<Float>.SubSequence) {
    self.logits = logits
    total = logarithmOfSum(of: logits.map { Double($0) })
  }

  subscript(id: Int) -> Double { Double(logits[logits.startIndex + id]) - total }
}

/// Returns log Σ exp(x).
private func logarithmOfSum(of values: [Double]) -> Double {
  let largest = values.max() ?? -.infinity
  guard largest.isFinite else { return largest }
  return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
}
