import ArgumentParser

/// The argument that says how many threads share the work.
struct ThreadOptions: ParsableArguments {
  @Option(help: "How many threads to use; by default one per processor.")
  var threads: Int?

  func validate() throws {
    guard threads ?? 1 > 0 else { throw ValidationError("--threads must be at least 1.") }
  }
}
