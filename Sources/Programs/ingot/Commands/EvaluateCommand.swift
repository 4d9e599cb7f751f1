import ArgumentParser
import Bytes
import Corpora
import SentenceVectors
import Similarity
import Tasks

/// `ingot evaluate`: how far a model's similarities follow people's.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compares the similarities of texts with people's scores.",
    discussion: """
      A file holds two texts and a score on each line: the five tasks of the whitening post, the STS benchmark, or another table of \
      tabs, commas or JSON whose columns are named. Files whose names differ in train, valid, dev or test only are splits of one task, \
      from all of whose texts a whitening is computed. Spearman's and Pearson's coefficients are shown a hundredfold.

        ingot evaluate minilm.ingot sts-dev.csv
        ingot evaluate bert.ingot ATEC/ATEC.*.data --pooling cls,mean,first-last-mean --whiten none,full,256 --length 64 --truncate
        ingot evaluate simbert.ingot pairs.csv --columns question,answer,label --json
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Argument(help: "Files of pairs.", completion: .file())
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "How one vector is made of those of a text's tokens, several between commas; by default as the model file says.",
      valueName: "pooling,…"))
  var pooling: String?

  @Option(
    help: ArgumentHelp(
      "The whitenings to try: none, full, a number of components, or file for what the model file says.",
      valueName: "choice,…"))
  var whiten = "file"

  @Option(help: ArgumentHelp("How many components are kept, the first ones.", valueName: "count"))
  var components: Int?

  @Option(
    help: ArgumentHelp(
      "The columns of the first text, the second text and the score: names, or numbers from 1 on.",
      valueName: "a,b,score"))
  var columns: String?

  @Option(
    help: ArgumentHelp(
      "The greatest number of tokens of a text; by default as the model file says.", valueName: "tokens"))
  var length: Int?

  @Flag(help: "Cut a text that is too long at its end; otherwise it is refused.")
  var truncate = false

  @Option(help: "Above which similarity a pair counts as 1, for labels of 0 and 1; by default the best for each file.")
  var threshold: Double?

  @Option(name: .shortAndLong, help: ArgumentHelp("A chart to write, .svg or .png.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @OptionGroup var threading: ThreadOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard components ?? 1 > 0, length ?? 3 > 2 else {
      throw ValidationError("--components must be at least 1, --length at least 3.")
    }
    guard threshold?.isFinite ?? true else { throw ValidationError("--threshold must be a number.") }
    if let output, PictureFormat(of: output) == nil {
      throw ValidationError("\(output): a picture is an .svg or a .png.")
    }
    guard columns.map({ parts($0).count == 3 }) ?? true else {
      throw ValidationError("--columns must name three columns: the first text, the second text and the score.")
    }
    _ = try poolings
    _ = try whitenings
  }

  func run() throws {
    try reporting {
      let form = columns.map { PairForm.table(nil, parts($0).map(Column.init)) }
      let files = try files.map { try PairFile(reading: $0, form: form) }
      let tasks = SimilarityTask.tasks(of: files)
      let session = try Session(opening: model, threads: threading.threads)
      let request = Evaluation.Request(
        settings: try settings(of: session), whitenings: try whitenings, truncates: truncate, threshold: threshold)
      let progress = ProgressLine(
        "Evaluating", total: tasks.reduce(0) { $0 + $1.distinctTextCount }, unit: .count("text", plural: "texts"))
      defer { progress.finish() }
      let evaluation = try Evaluation(of: session, on: tasks, request) { progress.advance(by: $0) }
      progress.finish()
      let report = EvaluationReport(evaluation, files: files, model: model)
      for line in report.remarks { writeToStandardError("ingot: \(printable(line))\n") }
      json ? show(report.json) : show(report.lines)
      if let output {
        try PictureFormat(of: output)!.bytes(of: report.chart.scene).withUnsafeBytes {
          try FileDraft.write($0, to: output, replacing: force)
        }
        if !json { show("Wrote \(output).") }
      }
    }
  }

  private func settings(of session: Session) throws -> [VectorSettings] {
    let poolings = try poolings
    let found =
      try poolings.isEmpty
      ? [session.vectorSettings(pooling: nil)] : poolings.map { try session.vectorSettings(pooling: $0) }
    return found.map { settings in
      var settings = settings
      if let components { settings.components = components }
      if let length { settings.maximumLength = length }
      return settings
    }
  }

  private var poolings: [Pooling] {
    get throws {
      try distinct(pooling.map(parts) ?? [], "--pooling", Pooling.init(rawValue:)) {
        Pooling.allCases.map(\.rawValue).joined(separator: ", ")
      }
    }
  }

  private var whitenings: [WhiteningChoice] {
    get throws {
      try distinct(parts(whiten), "--whiten", WhiteningChoice.init) { "file, none, full, or a number from 1 on" }
    }
  }

  private func distinct<Value: Hashable>(
    _ words: [String], _ option: String, _ value: (String) -> Value?, _ expected: () -> String
  ) throws -> [Value] {
    var values: [Value] = []
    for word in words {
      guard let value = value(word) else {
        throw ValidationError("\(option) has \"\(word)\", which is none of: \(expected()).")
      }
      guard !values.contains(value) else { throw ValidationError("\(option) has \"\(word)\" twice.") }
      values.append(value)
    }
    return values
  }

  private func parts(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}
