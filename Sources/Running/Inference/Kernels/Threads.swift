import CKernels

/// The threads that share the work of a forward pass.
package struct Threads: Sendable {
  /// How many work at once.
  package let count: Int
  private let team: Team?

  /// Takes the calling thread and others beside it, which come to rest when this value and its copies are gone.
  package init(count: Int) {
    self.count = count
    team = count > 1 ? Team(helpers: count - 1, waitAwake: count <= Threads.available) : nil
  }

  /// The number of processors that this process may use.
  package static var available: Int { Int(ck_processor_count()) }

  /// Does parts of some work, each once, and returns when all are done.
  ///
  /// Threads take the next part when they finish one, so that a core that is busy with something else delays
  /// nobody for longer than one part.
  ///
  /// - Parameter body: Does one part; also gets the number of its worker, below `count`, for scratch memory of its own.
  package func run(parts: Int, _ body: (_ part: Int, _ worker: Int) -> Void) {
    if let team, parts > 1, team.run(parts: parts, body) { return }
    for part in 0..<parts { body(part, 0) }
  }
}
