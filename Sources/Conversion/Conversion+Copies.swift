import Bytes
import Checkpoints
import Tensors

extension Conversion {
  /// Compares what the plan leaves out as a second copy with what it repeats.
  ///
  /// Frameworks store tied weights twice. Where a copy differs, the model has a weight of its own there, and leaving it out
  /// would lose it.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a copy that differs; what reading throws.
  func checkCopies() throws {
    let checkpoint = release.checkpoint
    for dropped in plan.dropped {
      guard let name = dropped.copyOf else { continue }
      let (copy, original) = (try checkpoint.tensor(named: dropped.source), try checkpoint.tensor(named: name))
      guard let element = try copy.source.firstDifference(from: original.source) else { continue }
      throw Problem(
        .mismatched, file: checkpoint.file, object: dropped.source,
        found: "other values than in \(name), first at \(copy.source.shape.index(of: element))",
        expected: "a copy, as the rows of \(plan.architecture) (\(plan.naming)) say",
        advice: "This model has a weight of its own here, for which \(plan.architecture) has no tensor")
    }
  }
}
