import Bytes
import Heads
import Inference
import ModelFiles
import Tensors
import Tokenization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns the scores of a head into answers.
struct ScoreDecoder: Sendable {
  let head: HeadSettings
  /// The best path through labels of tokens; nil where each token is for itself.
  private let viterbi: Viterbi?
  /// The longest answer to a question, in tokens (transformers 4.38.2, `pipelines/question_answering.py`, `max_answer_len`).
  private static let longestAnswer = 15

  /// Reads the stored scores of steps from label to label.
  ///
  /// - Parameter isTransposed: Whether the scores of steps are taken the wrong way round, to see whether somebody did so.
  /// - Throws: `Problem` of kind *damaged* when they are no numbers.
  init(_ head: HeadSettings, of file: ModelFile, isTransposed: Bool = false) throws {
    self.head = head
    guard let transitions = head.transitions else {
      viterbi = nil
      return
    }
    let matrices = try transitions.tensors.map { name -> (rows: Int, values: [Float]) in
      let tensor = file.tensor(name)!  // the model has been made of it
      let values = try tensor.floats().map { Float(transitions.multiplier) * $0 }
      guard values.allSatisfy(\.isFinite) else {
        throw Problem(
          .damaged, file: file.path, object: name, found: "values that are no numbers", expected: "scores of steps")
      }
      return (tensor.shape.dimensions[0], values)
    }
    let labels = matrices[0].rows
    var steps = matrices[0].values
    if matrices.count == 2 {
      let size = steps.count / labels
      steps = (0..<labels * labels).map { step in
        (0..<size).reduce(0) {
          $0 + matrices[0].values[step / labels * size + $1] * matrices[1].values[step % labels * size + $1]
        }
      }
    }
    if isTransposed { steps = steps.indices.map { steps[$0 % labels * labels + $0 / labels] } }
    viterbi = Viterbi(transitions: steps, labelCount: labels, starts: transitions.starts, ends: transitions.ends)
  }

  /// Cuts the scores of a batch into those of its rows.
  func rows(of scores: [Float], lengths: [Int]) -> [[Float]] {
    let tokens = lengths.reduce(0, +)
    switch head.kind {
    case .sequence, .choice:
      let width = scores.count / lengths.count
      return lengths.indices.map { Array(scores[$0 * width..<($0 + 1) * width]) }
    case .globalPointer, .efficientGlobalPointer:
      let longest = lengths.max() ?? 1
      let heads = scores.count / (longest * tokens)
      var first = 0
      return lengths.map { length in
        defer { first += heads * length * longest }
        // [heads, first tokens, last tokens], without what stands behind the last one.
        return (0..<heads * length).flatMap { scores[first + $0 * longest..<first + $0 * longest + length] }
      }
    default:
      let width = scores.count / tokens
      var first = 0
      return lengths.map { length in
        defer { first += length * width }
        return Array(scores[first..<first + length * width])
      }
    }
  }

  /// How far apart two scores are that rounding may have exchanged: what `Formats/Reference.md` allows an engine.
  private func rounding(of scores: some Sequence<Float>) -> Float {
    let largest = scores.reduce(Float(1)) { max($0, abs($1)) }
    return 32 * largest.ulp
  }

  private func softmax(_ scores: [Float]) -> [Double] {
    let largest = Double(scores.max() ?? 0)
    let powers = scores.map { exp(Double($0) - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  private func sigmoid(_ score: Float) -> Double { 1 / (1 + exp(-Double(score))) }

  /// The index of the largest value, the first among equals, and whether another is as large within rounding.
  private func best(_ scores: ArraySlice<Float>) -> (index: Int, isTie: Bool) {
    var best = scores.startIndex
    for index in scores.indices where scores[index] > scores[best] { best = index }
    let near = rounding(of: scores)
    let isTie = scores.indices.contains { $0 != best && scores[best] - scores[$0] <= near }
    return (best - scores.startIndex, isTie)
  }

  /// Which of several texts is right.
  func choice(_ scores: [Float]) -> LabelAnswer {
    let (index, isTie) = best(scores[...])
    var answer = LabelAnswer()
    (answer.index, answer.label, answer.isTie, answer.probabilities) = (index, "\(index + 1)", isTie, softmax(scores))
    return answer
  }

  /// The label of a text.
  func label(_ scores: [Float]) -> LabelAnswer {
    var answer = LabelAnswer()
    switch head.layers[head.layers.count - 1].activation {
    case .sigmoid:
      answer.probabilities = scores.map(sigmoid)
      answer.labels = scores.indices.filter { scores[$0] > 0 }.map(head.name)
      answer.isTie = scores.contains { abs($0) <= rounding(of: scores) }
    case .softmax:
      answer.probabilities = softmax(scores)
      let (index, isTie) = best(scores[...])
      (answer.index, answer.label, answer.isTie) = (index, head.name(ofLabel: index), isTie)
    default:
      answer.probabilities = scores.map(Double.init)
      guard scores.count > 1 else { break }
      let (index, isTie) = best(scores[...])
      (answer.index, answer.label, answer.isTie) = (index, head.name(ofLabel: index), isTie)
    }
    return answer
  }

  /// The spans of a text.
  func spans(_ scores: [Float], of encoding: Encoding, in texts: [String]) -> LabelAnswer {
    var answer = LabelAnswer()
    let places = Places(encoding, texts)
    switch head.kind {
    case .span: span(scores, of: encoding, places, &answer)
    case .globalPointer, .efficientGlobalPointer: pairs(scores, of: encoding, places, &answer)
    default: tokens(scores, of: encoding, places, &answer)
    }
    return answer
  }

  /// Labels of tokens: each its best, or those of the best path.
  private func tokens(_ scores: [Float], of encoding: Encoding, _ places: Places, _ answer: inout LabelAnswer) {
    let count = encoding.ids.count
    let width = scores.count / count
    let labels: [Int]
    if let viterbi {
      let path = viterbi.path(through: scores)
      labels = path.labels
      answer.isTie = path.margin <= Double(rounding(of: scores) * Float(count))
    } else {
      let found = (0..<count).map { best(scores[$0 * width..<($0 + 1) * width]) }
      labels = found.map(\.index)
      answer.isTie = zip(found, encoding.roles).contains { $0.isTie && $1 == nil }
    }
    let names = labels.map(head.name)
    answer.tokenLabels = names
    let spans = (head.grouping ?? .tokens).spans(
      of: names, isSpecial: encoding.roles.map { $0 != nil && $0 != .unknown })
    answer.spans = spans.compactMap { span in
      // Of a path no token has a probability of its own.
      let score =
        viterbi != nil
        ? nil
        : span.tokens.reduce(0.0) { sum, token in
          sum + softmax(Array(scores[token * width..<(token + 1) * width]))[labels[token]]
        } / Double(span.tokens.count)
      return places.span(span.tokens, label: span.label, score: score)
    }
  }

  /// Every pair with a score above 0.
  private func pairs(_ scores: [Float], of encoding: Encoding, _ places: Places, _ answer: inout LabelAnswer) {
    let count = encoding.ids.count
    let near = rounding(of: scores)
    var spans: [LabelAnswer.Span] = []
    for (place, score) in scores.enumerated() where score > -near && score != 0 {
      let (label, first, last) = (place / (count * count), place / count % count, place % count)
      let isNear = abs(score) <= near
      if isNear { answer.isTie = true }
      guard score > 0, encoding.places[first] != nil, encoding.places[last] != nil else { continue }
      guard var span = places.span(from: first, to: last, label: head.name(ofLabel: label), score: Double(score)) else {
        continue
      }
      span.isNear = isNear
      spans.append(span)
    }
    answer.spans = spans.sorted {
      ($0.start, $0.end, $0.label!) < ($1.start, $1.end, $1.label!)
    }
  }

  /// The most probable answer of the second text to the question that the first one is (transformers 4.38.2,
  /// `pipelines/question_answering.py:46-139`).
  private func span(_ scores: [Float], of encoding: Encoding, _ places: Places, _ answer: inout LabelAnswer) {
    let tokens = encoding.places.indices.filter { encoding.places[$0]?.text == 1 }
    let starts = softmax(tokens.map { scores[2 * $0] })
    let ends = softmax(tokens.map { scores[2 * $0 + 1] })
    var found: [(first: Int, last: Int, score: Double)] = []
    for first in tokens.indices {
      for last in first..<min(first + Self.longestAnswer, tokens.count) {
        found.append((first, last, starts[first] * ends[last]))
      }
    }
    found.sort { ($1.score, $0.first, $0.last) < ($0.score, $1.first, $1.last) }
    guard let best = found.first else {
      answer.spans = []
      return
    }
    // Rounding of two scores, whose probabilities are exponentials.
    let near = 2 * Double(rounding(of: scores))
    answer.isTie = found.count > 1 && log(best.score / max(found[1].score, .leastNonzeroMagnitude)) <= near
    answer.spans = [places.span(tokens[best.first]...tokens[best.last], label: nil, score: best.score)].compactMap(
      \.self)
  }
}

/// Where the tokens of an encoding lie in its texts.
struct Places {
  private let places: [Encoding.Place?]
  private let texts: [[UInt8]]

  init(_ encoding: Encoding, _ texts: [String]) {
    places = encoding.places
    self.texts = texts.map { Array($0.utf8) }
  }

  /// A span of tokens as a part of the text; nil where they lie in none, or in two.
  func span(_ tokens: ClosedRange<Int>, label: String?, score: Double?) -> LabelAnswer.Span? {
    span(from: tokens.lowerBound, to: tokens.upperBound, label: label, score: score)
  }

  /// What lies from one token to another, which may stand before it.
  func span(from first: Int, to last: Int, label: String?, score: Double?) -> LabelAnswer.Span? {
    guard let one = places[first], let other = places[last], one.text == other.text else { return nil }
    let text = texts[one.text]
    let (start, end) = (one.range.lowerBound, other.range.upperBound)
    func words(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    return LabelAnswer.Span(
      text: one.text, start: scalars(text[..<start]), end: scalars(text[..<end]),
      words: first <= last ? words(start..<max(start, end)) : "\(words(one.range)) … \(words(other.range))",
      label: label,
      score: score, tokenCount: last - first + 1)
  }

  private func scalars(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 & 0xC0 != 0x80 } }
}
