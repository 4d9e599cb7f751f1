import ArgumentParser
import Conversion
import SentenceVectors

/// The arguments that say how a model file shall make vectors of texts, where its files do not, or say it wrongly.
struct VectorSourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How one vector is made of those of a text's tokens.", valueName: "pooling"))
  var pooling: Pooling?

  @Flag(inversion: .prefixedNo, help: "Whether a vector is divided by its length.")
  var normalize: Bool?

  @Option(help: ArgumentHelp("How many components are kept, the first ones.", valueName: "count"))
  var components: Int?

  @Option(
    help: ArgumentHelp("The greatest number of tokens of a text, special ones among them.", valueName: "count"))
  var maximumLength: Int?

  @Flag(help: "Let the model file say nothing of vectors.")
  var noVectors = false

  func validate() throws {
    guard components ?? 1 > 0, maximumLength ?? 1 > 0 else {
      throw ValidationError("--components and --maximum-length must be at least 1.")
    }
    if noVectors, options != VectorPlan.Options(leavesOut: true) {
      throw ValidationError("--no-vectors goes with no other option of vectors.")
    }
  }

  /// What the arguments decide.
  var options: VectorPlan.Options {
    VectorPlan.Options(
      leavesOut: noVectors, pooling: pooling, normalizes: normalize, components: components,
      maximumLength: maximumLength)
  }
}
