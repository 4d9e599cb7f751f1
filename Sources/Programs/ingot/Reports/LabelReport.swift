import Heads
import JSON
import Tasks

/// What a head says, in words and as JSON.
enum LabelReport {
  /// One answer.
  static func lines(_ answer: LabelAnswer, _ head: HeadSettings) -> [String] {
    let notes =
      (answer.isTie ? "  tie within rounding" : "")
      + (answer.removedCount > 0 ? "  cut by \(Wording.count(answer.removedCount, "token"))" : "")
    guard let spans = answer.spans else { return [label(answer, head) + notes] }
    guard !spans.isEmpty else { return ["no span" + notes] }
    var table = TextTable(.left, .left, .left, .right)
    for span in spans {
      let place = "\(span.start)–\(span.end)" + (span.text == 1 ? " of the second" : "")
      let score = span.score.map { head.pointer == nil ? Wording.percentage($0) : Wording.number($0) } ?? ""
      table.add(place, span.label ?? "", span.words, score + (span.isNear ? " near 0" : ""))
    }
    return table.lines() + (notes.isEmpty ? [] : [notes])
  }

  private static func label(_ answer: LabelAnswer, _ head: HeadSettings) -> String {
    let isProbability = head.kind == .choice || head.layers.last?.activation != .linear
    let shares = answer.probabilities.enumerated().map { index, value in
      let name = head.kind == .choice ? "\(index + 1)" : head.name(ofLabel: index)
      return "\(name) \(isProbability ? Wording.percentage(value) : Wording.number(value))"
    }.joined(separator: ", ")
    if let labels = answer.labels { return "\(labels.isEmpty ? "none" : labels.joined(separator: " + "))  \(shares)" }
    return answer.label.map { "\($0)  \(shares)" } ?? shares
  }

  /// One answer, as one object.
  static func json(_ answer: LabelAnswer, of texts: [String], _ head: HeadSettings) -> JSON {
    var members = [
      JSON.Member("text", texts.count == 1 ? .string(texts[0]) : .array(texts.map(JSON.string)))
    ]
    if let label = answer.label { members.append(JSON.Member("label", .string(label))) }
    if let labels = answer.labels { members.append(JSON.Member("labels", .array(labels.map(JSON.string)))) }
    if !answer.probabilities.isEmpty {
      let name = head.kind != .choice && head.layers.last?.activation == .linear ? "scores" : "probabilities"
      members.append(
        JSON.Member(
          name,
          head.kind == .choice
            ? .array(answer.probabilities.map(JSON.double))
            : .object(
              answer.probabilities.enumerated().map { JSON.Member(head.name(ofLabel: $0), .double($1)) })))
    }
    if let spans = answer.spans { members.append(JSON.Member("spans", .array(spans.map(json)))) }
    if answer.isTie { members.append(JSON.Member("tie", true)) }
    if answer.removedCount > 0 { members.append(JSON.Member("cut", .integer(answer.removedCount))) }
    return .object(members)
  }

  private static func json(_ span: LabelAnswer.Span) -> JSON {
    var members = [
      JSON.Member("start", .integer(span.start)), JSON.Member("end", .integer(span.end)),
      JSON.Member("words", .string(span.words)),
    ]
    if span.text == 1 { members.append(JSON.Member("of", "second")) }
    if let label = span.label { members.append(JSON.Member("label", .string(label))) }
    if let score = span.score { members.append(JSON.Member("score", .double(score))) }
    return .object(members)
  }

  /// How answers compare with what was expected.
  static func lines(_ score: LabelScore) -> [String] {
    var table = TextTable(.left, .right, .right, .right, .right, .right)
    table.add("", score.isOfSpans ? "spans" : "texts", "right", "precision", "recall", "F1")
    for (name, count) in score.rows {
      table.add(
        name, "\(count.expected)", "\(count.correct)", Wording.percentage(count.precision),
        Wording.percentage(count.recall), Wording.percentage(count.f1))
    }
    let accuracy = score.accuracy.map { "accuracy: \(Wording.percentage($0)) of \(Wording.count(score.count, "text"))" }
    return table.lines() + [accuracy].compactMap(\.self)
  }

  /// The same as one object.
  static func json(_ score: LabelScore, of file: String) -> JSON {
    .object([
      JSON.Member("file", .string(file)), JSON.Member("texts", .integer(score.count)),
      JSON.Member("accuracy", score.accuracy.map(JSON.double) ?? .null),
      JSON.Member(
        "labels",
        .object(
          score.rows.map { name, count in
            JSON.Member(
              name,
              [
                "expected": .integer(count.expected), "found": .integer(count.found),
                "correct": .integer(count.correct),
                "precision": .double(count.precision), "recall": .double(count.recall), "f1": .double(count.f1),
              ])
          })),
    ])
  }
}
