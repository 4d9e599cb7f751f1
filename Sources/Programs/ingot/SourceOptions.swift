import Architectures
import ArgumentParser
import Checkpoints
import Conversion

/// The arguments that say where a model comes from and what cannot be found there.
struct SourceOptions: ParsableArguments {
  @Argument(
    help: "The checkpoint, or the folder in which it lies with its configuration and vocabulary.",
    completion: .file())
  var source: String

  @Option(help: ArgumentHelp("The configuration, such as bert_config.json.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("The vocabulary, such as vocab.txt, or a SentencePiece model.", valueName: "file"))
  var vocabulary: String?

  @Option(help: ArgumentHelp("The architecture, where several fit.", valueName: "name"))
  var architecture: String?

  @Option(help: ArgumentHelp("The naming of the tensors, where several fit.", valueName: "name"))
  var naming: String?

  @OptionGroup var tables: TableOptions

  @Option(help: .prefix)
  var prefix: String?

  @Option(help: .extra)
  var extra: ExtraPolicy = .refuse

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "What the files do not say, or say wrongly: heads=12, mask=unilm, activation=gelu-tanh.",
      valueName: "name=value"))
  var settings: [Assignment] = []

  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "How texts become ids, where the files do not say it, or say it wrongly: case=lower, ties=0.2.2, template=none, cls=<s>.",
      valueName: "name=value"))
  var tokenizer: [Assignment] = []

  @Option(
    help: ArgumentHelp(
      "The tokens to keep: a file with a list of ids, as bert4keras' keep_tokens, or simplified, as load_vocab(simplified=True) does.",
      valueName: "file.json"))
  var keepTokens: String?

  @OptionGroup(title: "Vectors of texts") var vectors: VectorSourceOptions

  @OptionGroup(title: "Labels") var head: HeadOptions

  /// Opens the release.
  func release() throws -> Release {
    try Release(at: source, configuration: config, vocabulary: vocabulary)
  }

  /// Takes what survives of a file that is cut short for the weights of the release.
  func release(salvaged: Salvage) throws -> Release {
    try Release(at: source, weights: salvaged.checkpoint, configuration: config, vocabulary: vocabulary)
  }

  /// What the arguments decide.
  func options() throws -> Conversion.Options {
    try Conversion.Options(
      architecture: architecture, naming: naming, prefix: prefix, extras: extra,
      settings: Dictionary(settings.map { ($0.name, $0.value) }) { _, last in last },
      tokenizer: Dictionary(tokenizer.map { ($0.name, $0.value) }) { _, last in last }, keptTokens: keepTokens,
      vectors: vectors.options, head: head.options())
  }
}

/// `name=value` on the command line.
struct Assignment: ExpressibleByArgument {
  let name: String
  let value: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    name = String(parts[0])
    value = String(parts[1])
  }
}

extension ExtraPolicy: ExpressibleByArgument {}

/// What several commands say of an option that they share.
extension ArgumentHelp {
  /// Of `--extra`.
  static let extra = ArgumentHelp(
    "What becomes of tensors beyond the architecture, such as a fine-tuned head.", valueName: "policy")

  /// Of `--prefix`.
  static let prefix = ArgumentHelp(
    "What the names of a part begin with, where a file holds several models: teacher, generator.", valueName: "name")

  /// Of `--dtype`.
  static let dtype = ArgumentHelp(
    "Store floating-point tensors as float16, bfloat16 or float32.", valueName: "type")
}
