import JSON
import Tensors

extension ModelFile {
  /// Writes another model file with the same tensors, for example to seal a probe into it.
  ///
  /// Each tensor's digest is compared while it is copied, so that a copy never carries damage on. A file may be copied over
  /// itself: the new one takes its place when it is whole.
  ///
  /// - Parameters:
  ///   - destination: The path of the new file.
  ///   - replacing: Whether a file that has this name is replaced.
  ///   - progress: Takes the number of bytes after each tile, on any thread.
  ///   - change: Changes everything but the tensors.
  /// - Throws: `Problem` of kind *damaged* when a tensor does not have its digest; what ``ModelWriter`` throws.
  public func copy(
    to destination: String, replacing: Bool = false, progress: @Sendable (Int) -> Void = { _ in },
    changing change: (inout ModelContents) throws -> Void
  ) throws {
    var contents = ModelContents(
      architecture: architecture, revision: revision, settings: settings, tensors: tensors, attachments: attachments,
      ledger: try ledger(), probes: probes)
    try change(&contents)
    contents.tensors = tensors
    let writer = try ModelWriter(creating: destination, contents: contents, replacing: replacing)
    try forEachInParallel(tensors) { declaration in
      let name = declaration.name
      let found = try writer.append(name, from: anyTensor(name)!, progress: progress)
      guard found == digests[.init(name)]! else { throw damage(name, expected: digests[.init(name)]!, found: found) }
    }
    try writer.finish()
  }
}
