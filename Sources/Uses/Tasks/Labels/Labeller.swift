import Bytes
import Heads
import Inference
import Tensors
import Tokenization

/// Tells what the head of a model says of texts: labels, labelled spans, answers to questions, or which of several texts is right.
public struct Labeller: Sendable {
  /// What stands on top of the model.
  public let head: HeadSettings

  private let session: Session
  private var decoder: ScoreDecoder
  private let maximumLength: Int?

  /// Joins a model with its head.
  ///
  /// - Parameter maximumLength: The greatest number of tokens, special ones among them; by default as many as the model takes.
  /// - Throws: `Problem` of kind *mismatched* when the model file says nothing of a head.
  public init(_ session: Session, maximumLength: Int? = nil) throws {
    guard let head = session.head else {
      throw Problem(
        .mismatched, file: session.file.path, found: "nothing that says what stands on top of the model",
        expected: "a head that tells labels",
        advice:
          "Convert the checkpoint again and say which layers are its head, such as --head classifier=Dense-1,softmax")
    }
    self.head = head
    self.session = session
    decoder = try ScoreDecoder(head, of: session.file)
    self.maximumLength = [maximumLength, session.tokenizer.maximumLength, session.model.sizes.positions]
      .compactMap(\.self).min()
  }

  /// Tells what the head says.
  ///
  /// - Parameters:
  ///   - inputs: For each answer a text, or two; for a span a question and the text that has the answer; for a choice a text and
  ///     those of which one is right.
  ///   - truncating: Whether what is too long is cut at its end; otherwise it is refused.
  ///   - name: What messages call the input with an index.
  /// - Returns: The answers, in the order of the inputs.
  /// - Throws: `Problem` of kind *mismatched* when an input has not as many texts as the head takes, no word, or too many tokens; *damaged*
  ///   when scores are no numbers, because weights are none.
  public func answers(
    to inputs: [[String]], truncating: Bool = false, calling name: (Int) -> String = { "text \($0 + 1)" }
  ) throws -> [LabelAnswer] {
    var rows: [Row] = []
    for (index, texts) in inputs.enumerated() {
      try check(texts, calling: name(index))
      for pair in head.kind == .choice ? texts.dropFirst().map({ [texts[0], $0] }) : [texts] {
        rows.append(
          Row(input: index, texts: pair, encoding: try encode(pair, truncating: truncating, calling: name(index))))
      }
    }
    var scores = [[Float]](repeating: [], count: rows.count)
    for batch in Session.batches(ofLengths: rows.map(\.encoding.ids.count)) {
      for (index, values) in zip(batch, try self.scores(of: batch.map { rows[$0].encoding })) { scores[index] = values }
    }
    var answers: [LabelAnswer] = []
    var first = 0
    while first < rows.count {
      var last = first
      while last + 1 < rows.count, rows[last + 1].input == rows[first].input { last += 1 }
      answers.append(answer(rows[first...last].map { ($0.texts, $0.encoding) }, scores[first...last].map(\.self)))
      first = last + 1
    }
    return answers
  }

  /// The same head with other scores of steps from label to label: to find out what somebody else took.
  ///
  /// - Throws: `Problem` as ``init(_:maximumLength:)`` does.
  package func changingTransitions(isTransposed: Bool = false, multiplier: Double? = nil) throws -> Labeller {
    var head = head
    if let multiplier { head.transitions?.multiplier = multiplier }
    var other = self
    other.decoder = try ScoreDecoder(head, of: session.file, isTransposed: isTransposed)
    return other
  }

  private struct Row {
    let input: Int
    let texts: [String]
    let encoding: Encoding
  }

  private func check(_ texts: [String], calling name: String) throws {
    let counts: ClosedRange<Int> =
      switch head.kind {
      case .span: 2...2
      case .choice: 3...Int.max
      default: 1...2
      }
    guard !counts.contains(texts.count) else { return }
    let expected =
      switch head.kind {
      case .span: "a question and the text that has the answer, separated by a tab"
      case .choice: "a text and at least two of which one is right, separated by tabs"
      default: "a text, or two separated by a tab"
      }
    throw Problem(
      .mismatched, file: name, found: "\(texts.count) \(texts.count == 1 ? "text" : "texts")", expected: expected)
  }

  private func encode(_ texts: [String], truncating: Bool, calling name: String) throws -> Encoding {
    let limit = truncating ? maximumLength : nil
    let encoding = try session.tokenizer.encode(
      texts[0], second: texts.count > 1 ? texts[1] : nil, maximumLength: limit ?? .max)
    guard encoding.roles.contains(where: { $0 == nil }) else {
      throw Problem(
        .mismatched, file: name, found: texts[0].isEmpty ? "an empty text" : "no word in the text", expected: "a text")
    }
    if let maximumLength, encoding.ids.count > maximumLength {
      throw Problem(
        .mismatched, file: name, found: "\(encoding.ids.count) tokens", expected: "at most \(maximumLength)",
        advice: "Shorten the text, or have it cut with --truncate")
    }
    return encoding
  }

  /// The scores of each row of a batch, one behind the other.
  private func scores(of batch: [Encoding]) throws -> [[Float]] {
    let input = try Input(
      tokenIDs: batch.map { $0.ids.map(Int32.init) }, segmentIDs: batch.map { $0.segments.map(Int32.init) })
    let logits = try session.model.run(input, computing: [.headLogits], threads: session.threads)[.headLogits]!
    try session.model.checkNumbers(logits, of: input, threads: session.threads)
    let lengths = batch.map(\.ids.count)
    return logits.withElements(of: Float.self) { decoder.rows(of: Array($0), lengths: lengths) }
  }

  private func answer(_ rows: [(texts: [String], encoding: Encoding)], _ scores: [[Float]]) -> LabelAnswer {
    let encoding = rows[0].encoding
    var answer: LabelAnswer
    switch head.kind {
    case .choice: answer = decoder.choice(scores.map { $0[0] })
    case .sequence: answer = decoder.label(scores[0])
    default: answer = decoder.spans(scores[0], of: encoding, in: rows[0].texts)
    }
    answer.removedCount = rows.reduce(0) { $0 + $1.encoding.removedCount }
    return answer
  }
}
