import Architectures
import ArgumentParser
import Conversion
import ModelFiles
import Tensors

/// `ingot export`: a model file becomes the files of another program.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a model file as another program's files.",
    discussion: """
      The folder holds weights, configuration and vocabulary, and appears under its name only when it is whole.

        ingot export bert.ingot --to huggingface -o bert-hf/
        ingot export minilm.ingot --to sentence-transformers -o minilm-st/
        ingot export bert.ingot --to keras -o bert-keras/
        ingot export bert.ingot --to tensorflow -o bert-tf/ --dtype float32
        ingot export tagger.ingot --to npz --naming google --extra keep -o tagger/
        ingot export roformer-sim.ingot --to huggingface -o sim-hf/ --without pooler --set mask=lm
      """)

  @Argument(help: "The model file.", completion: .file(extensions: ["ingot"]))
  var model: String

  @Option(help: ArgumentHelp("What to write.", valueName: "kind"))
  var to: Export.Destination

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "folder"))
  var output: String

  @Option(help: ArgumentHelp("The naming of the tensors, where not the usual one.", valueName: "name"))
  var naming: String?

  @OptionGroup var tables: TableOptions

  @Option(help: .extra)
  var extra: ExtraPolicy = .refuse

  @Option(
    help: ArgumentHelp(
      "An optional part of the model that is left out, such as pooler; may be repeated.", valueName: "part"))
  var without: [String] = []

  @Option(help: .dtype)
  var dtype: StoredType?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "A setting with which the exported model shall compute, other than this model does; may be repeated.",
      valueName: "setting=value"))
  var settings: [Assignment] = []

  @Option(
    help: ArgumentHelp(
      "What the head is, where neither names nor configuration say it: sequence, token …; token=LAYER names a layer of Keras.",
      valueName: "kind"))
  var head: HeadChoice?

  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "What the exported tokenizer is told otherwise than the model file says: case=lower or case=kept.",
      valueName: "name=value"))
  var tokenizer: [Assignment] = []

  func validate() throws {
    if let other = tokenizer.first(where: { $0.name != "case" || !["lower", "kept"].contains($0.value) }) {
      throw ValidationError(
        "--tokenizer \(other.name)=\(other.value): an exported tokenizer is told case=lower or case=kept.")
    }
  }

  /// What the arguments decide.
  private var options: Export.Options {
    Export.Options(
      naming: naming, extras: extra, without: without, elementType: dtype?.elementType,
      settings: Dictionary(settings.map { ($0.name, $0.value) }) { _, last in last },
      lowercases: tokenizer.last.map { $0.value == "lower" }, head: head)
  }

  func run() throws {
    try reporting {
      let model = try ModelFile.open(model)
      let options = options
      let architectures = try tables.architectures()
      let export = try planning { remedies in
        let export = try Export(planning: model, to: to, options: options.adding(remedies), among: architectures)
        try export.check(for: output)
        return export
      }
      show(ExportReport.lines(export))
      let start = ContinuousClock.now
      let progress = ProgressLine("Exporting", total: export.byteCount)
      defer { progress.finish() }
      let outcome = try export.write(to: output) { progress.advance(by: $0) }
      progress.finish()
      show(OutcomeReport.lines(outcome, elementType: dtype?.elementType))
      let elapsed = start.elapsed
      show("Wrote \(output): \(Wording.size(export.byteCount)) of weights in \(Wording.duration(elapsed)).")
      let loading = export.loading(from: output)
      if !loading.isEmpty { show(["Load it with:"] + loading.map { "    \($0)" }) }
    }
  }
}

extension Export.Destination: ExpressibleByArgument {}

extension HeadChoice: ExpressibleByArgument {
  /// Reads `KIND` or `KIND=LAYER`.
  public init?(argument: String) {
    self.init(argument)
  }
}
