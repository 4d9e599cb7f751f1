import ArgumentParser
import Bytes
import JSON
import Tasks

/// `ingot classify`: labels by the words that a model expects in a pattern.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Tells the labels of texts by the words that a model expects in a pattern.",
    discussion: """
      A masked language model fills the [MASK]s of a pattern around each text; labels are told by the words that may stand there. \
      Nothing is trained (PET, zero-shot). Several words may have one label: their probabilities are summed. Words of two tokens take two \
      masks. Without a text, every line of standard input is one; --data reads labelled texts and tells how many answers are right.

        ingot classify bert.ingot --pattern "[MASK]满意。{text}" --labels 不=negative,很=positive "东西很好，下次再来"
        ingot classify bert.ingot --pattern "[MASK]满意。{text}" --labels 不=0,很=1 --data sentiment.valid.data --max-length 128 --truncate
        ingot classify bert.ingot --pattern "下面报导一则[MASK][MASK]新闻。{text}" --labels 体育,财经,科技 --json < news.txt
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "Texts.")
  var texts: [String] = []

  @Option(
    help: ArgumentHelp("A sentence with {text} where a text goes, and at least one [MASK].", valueName: "sentence"))
  var pattern: String

  @Option(help: ArgumentHelp("Words and the labels that they stand for.", valueName: "word=label,…"))
  var labels: String

  @Option(help: ArgumentHelp("Texts with their labels, a line each, separated by a tab.", valueName: "file"))
  var data: String?

  @Option(
    help: ArgumentHelp("The greatest number of tokens; by default as many as the model takes.", valueName: "tokens"))
  var maxLength: Int?

  @Flag(help: "Cut the end of a text that is too long, never the pattern; otherwise it is refused.")
  var truncate = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    guard maxLength ?? 1 > 0 else { throw ValidationError("--max-length must be at least 1.") }
    guard data == nil || texts.isEmpty else { throw ValidationError("Give texts or --data, not both.") }
  }

  func run() throws {
    try reporting {
      let labels = try PatternLabels(labels)
      let classifier = try PatternClassifier(
        Session(opening: model, threads: threading.threads), pattern: Pattern(pattern), labels: labels,
        maximumLength: maxLength)
      if let data { return try score(data, by: classifier) }
      if !texts.isEmpty { return try answer(texts, by: classifier) { "text \($0 + 1)" } }
      let lines = LineReader.standardInput()
      while true {
        let number = lines.number
        let texts = try lines.texts(upTo: 256)
        if texts.isEmpty { return }
        try answer(texts, by: classifier) { "standard input, line \(number + $0 + 1)" }
      }
    }
  }

  private func answer(
    _ texts: [String], by classifier: PatternClassifier, calling name: (Int) -> String
  ) throws {
    let answers = try classifier.answers(to: texts, truncating: truncate, calling: name)
    for (text, answer) in zip(texts, answers) {
      show(json ? answer.json(of: text, classifier.labels).compact : answer.line(classifier.labels))
    }
  }

  private func score(_ path: String, by classifier: PatternClassifier) throws {
    let names = classifier.labels.labels.map(\.name)
    let data = try LabelledTexts(reading: ByteView(mapping: path), labels: names)
    let answers = try classifier.answers(to: data.texts, truncating: truncate) { "\(path), text \($0 + 1)" }
    let score = PatternScore(of: answers, expected: data.labels, labelCount: names.count)
    let cut = answers.count { $0.removedCount > 0 }
    if json { return show(score.json(of: path, names, cut: cut).compact) }
    var table = TextTable(.left, .right, .right, .right)
    table.add("", "texts", "right", "accuracy")
    for (name, count) in zip(names + ["all"], score.labels + [score.total]) {
      table.add(name, "\(count.texts)", "\(count.correct)", count.texts == 0 ? "" : Wording.percentage(count.accuracy))
    }
    show(table.lines())
    func margin(_ value: Double?) -> String { value.map(Wording.number) ?? "none" }
    show("mean margin: \(margin(score.rightMargin)) where right, \(margin(score.wrongMargin)) where wrong")
    if cut > 0 { show("cut: \(Wording.count(cut, "text"))") }
  }
}

extension PatternClassifier.Answer {
  fileprivate func line(_ labels: PatternLabels) -> String {
    let shares = zip(labels.labels, probabilities).map { "\($0.name) \(Wording.percentage($1))" }
    return "\(label)  \(shares.joined(separator: ", "))"
      + (removedCount > 0 ? "  cut by \(Wording.count(removedCount, "token"))" : "")
  }

  fileprivate func json(of text: String, _ labels: PatternLabels) -> JSON {
    var members = [
      JSON.Member("text", .string(text)), JSON.Member("label", .string(label)),
      JSON.Member(
        "probabilities",
        .object(zip(labels.labels, probabilities).map { JSON.Member($0.name, .double($1)) })),
      JSON.Member("margin", .double(margin)),
    ]
    if removedCount > 0 { members.append(JSON.Member("cut", .integer(removedCount))) }
    return .object(members)
  }
}

extension PatternScore {
  fileprivate func json(of file: String, _ names: [String], cut: Int) -> JSON {
    func json(_ count: Count) -> JSON {
      [
        "texts": .integer(count.texts), "correct": .integer(count.correct),
        "accuracy": count.texts == 0 ? .null : .double(count.accuracy),
      ]
    }
    return [
      "file": .string(file), "total": json(total),
      "labels": .object(zip(names, labels).map { JSON.Member($0, json($1)) }),
      "margins": ["right": rightMargin.map(JSON.double) ?? .null, "wrong": wrongMargin.map(JSON.double) ?? .null],
      "cut": .integer(cut),
    ]
  }
}
