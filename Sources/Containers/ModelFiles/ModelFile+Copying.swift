import Bytes
import JSON
import Tensors

extension ModelFile {
  /// Writes another model file with the same tensors, for example to seal a probe into it.
  ///
  /// Each tensor's digest is compared before the copy has its name, so that a copy never carries damage on. A file may be copied over
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
      architecture: architecture, revision: revision, settings: settings, assumed: assumed, text: text,
      vectors: vectors, vectorTensors: vectorTensors, head: head, tensors: tensors, attachments: attachments,
      ledger: try ledger(), probes: probes)
    try change(&contents)
    contents.tensors = tensors
    let writer = try ModelWriter(creating: destination, contents: contents, replacing: replacing)
    let found = try writer.append(tensors.map { ($0.name, anyTensor($0.name)!) }, progress: progress)
    for (tensor, found) in zip(tensors, found) {
      let expected = digests[Spelling(tensor.name)]!
      guard found == expected else {
        throw damage(Mismatch(part: .tensor(tensor.name), expected: expected, found: found))
      }
    }
    try writer.finish()
  }
}
