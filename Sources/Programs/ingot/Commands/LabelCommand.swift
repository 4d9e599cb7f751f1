import ArgumentParser
import Bytes
import Corpora
import Heads
import JSON
import Tasks

/// `ingot label`: what the head of a fine-tuned model says of texts.
struct LabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Tells what a fine-tuned model says of texts: labels, labelled spans, answers.",
    discussion: """
      The head is part of the model file: "ingot convert" finds it, or is told by --head and --labels. Without a text, every line of standard \
      input, or of a corpus, is one. Two texts are separated by a tab: for a span, a question and the text that has the answer; for a choice, a \
      text and those of which one is right. --data reads texts with their labels, and tells how many answers are right: of texts a line each \
      with the label last, behind a tab; of tokens a character and its label a line, and an empty line between texts.

        ingot label sentiment.ingot "东西很好，下次再来"
        ingot label ner.ingot --json < news.txt
        ingot label ner.ingot --texts news.csv --column body -o entities.jsonl
        ingot label lcqmc.ingot --data lcqmc.test.data
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "Texts.")
  var texts: [String] = []

  @Option(name: .customLong("texts"), help: ArgumentHelp("The corpus; standard input by default.", valueName: "file"))
  var corpusPath: String?

  @OptionGroup var corpus: CorpusOptions

  @Option(help: ArgumentHelp("Texts with their labels.", valueName: "file"))
  var data: String?

  @Option(
    help: ArgumentHelp("The greatest number of tokens; by default as many as the model takes.", valueName: "tokens"))
  var maxLength: Int?

  @Flag(help: "Cut the end of a text that is too long; otherwise it is refused.")
  var truncate = false

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write, one object a line.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  func validate() throws {
    guard maxLength ?? 1 > 0 else { throw ValidationError("--max-length must be at least 1.") }
    guard [!texts.isEmpty, corpusPath != nil, data != nil].count(where: \.self) < 2 else {
      throw ValidationError("Give texts, --texts or --data, one of them.")
    }
    guard output != nil || !force else { throw ValidationError("--force needs --output.") }
    guard data == nil || output == nil && corpus.column == nil else {
      throw ValidationError("--output and --column are for a corpus, not for --data.")
    }
  }

  func run() throws {
    try reporting {
      let labeller = try Labeller(Session(opening: model, threads: threading.threads), maximumLength: maxLength)
      if let data { return try score(data, by: labeller) }
      let draft = try output.map { try FileDraft(of: $0, replacing: force) }
      var (count, size) = (0, 0)
      func take(_ texts: [String], calling name: (Int) -> String) throws {
        let inputs = texts.map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        let answers = try labeller.answers(to: inputs, truncating: truncate, calling: name)
        for (input, answer) in zip(inputs, answers) {
          count += 1
          let object = LabelReport.json(answer, of: input, labeller.head).compact
          if let draft {
            let bytes = Array((object + "\n").utf8)
            try bytes.withUnsafeBytes { try draft.write($0, at: size) }
            size += bytes.count
          } else {
            show(json ? [object] : LabelReport.lines(answer, labeller.head))
          }
        }
      }
      if !texts.isEmpty {
        try take(texts) { "text \($0 + 1)" }
      } else {
        var reader = try corpus.open(corpusPath)
        let file = reader.file
        while true {
          var batch: [CorpusText] = []
          while batch.count < 256, let text = try reader.next() { batch.append(text) }
          if batch.isEmpty { break }
          try take(batch.map(\.text)) { "\(file), line \(batch[$0].line)" }
        }
      }
      guard let draft, let output else { return }
      try draft.publish()
      show("Wrote \(output): \(Wording.count(count, "answer")).")
    }
  }

  private func score(_ path: String, by labeller: Labeller) throws {
    let data = try LabelledData(reading: ByteView(mapping: path), for: labeller.head)
    let answers = try labeller.answers(to: data.inputs, truncating: truncate) { "\(path), text \($0 + 1)" }
    let score = LabelScore(of: answers, expected: data.expected)
    show(json ? [LabelReport.json(score, of: path).compact] : LabelReport.lines(score))
  }
}
