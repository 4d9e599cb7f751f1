import ArgumentParser
import Bytes
import Conversion

/// The arguments that say what stands on top of a model, where its files do not.
struct HeadOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What fine-tuning put on top: classifier=Dense-1,softmax; token=dense,softmax; crf=dense,conditional_random_field,lr_multiplier=1000; \
      global-pointer=global_pointer,head_size=64. A classifier reads first, pooler, mean or max: classifier=Dense-1,softmax,mean.
      """, valueName: "kind=layer,…"))
  var head: String?

  @Option(help: ArgumentHelp("The names of its labels, a line each in the order of its scores.", valueName: "file"))
  var labels: String?

  /// What the arguments decide.
  ///
  /// - Throws: `Problem` as reading the two does.
  func options() throws -> HeadPlan.Options {
    HeadPlan.Options(
      description: try head.map { try HeadDescription($0) }, labels: try labels.map { try LabelFile.names(at: $0) })
  }
}
