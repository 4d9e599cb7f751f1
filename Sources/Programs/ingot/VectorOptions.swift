import ArgumentParser
import Bytes
import SentenceVectors
import Tasks

/// The arguments that say how the vector of a text is made, where they differ from what the model file says.
struct VectorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How one vector is made of those of a text's tokens; by default as the model file says.", valueName: "pooling"))
  var pooling: Pooling?

  @Flag(
    inversion: .prefixedNo, help: "Whether a vector is divided by its length; by default as the model file says.")
  var normalize: Bool?

  @Option(help: ArgumentHelp("How many components are kept, the first ones.", valueName: "count"))
  var components: Int?

  func validate() throws {
    guard components ?? 1 > 0 else { throw ValidationError("--components must be at least 1.") }
  }

  /// The settings of a session's file, with what the arguments say instead.
  ///
  /// - Throws: `Problem` of kind *mismatched* when nobody names a pooling, *refused* when the arguments name another one than the
  ///   layers and the whitening of the file were made for.
  func settings(of session: Session) throws -> VectorSettings {
    var settings = try session.vectorSettings(pooling: pooling)
    if let normalize { settings.normalizes = normalize }
    if let components { settings.components = components }
    return settings
  }
}

extension Pooling: ExpressibleByArgument {}
