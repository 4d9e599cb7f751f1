import Bytes
import Checkpoints
import Tensors

extension Conversion {
  /// Compares what the plan leaves out as a second copy with what it repeats, and tables of sines and cosines with these.
  ///
  /// Frameworks store tied weights twice, and some store what they could compute. Where such a tensor is another one, the model
  /// has a weight of its own there, and leaving it out would lose it.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a tensor that differs; what reading throws.
  func checkCopies() throws {
    let checkpoint = release.checkpoint
    for dropped in plan.dropped where dropped.isSinusoid {
      let source = try checkpoint.tensor(named: dropped.source).source
      let extents = source.shape.dimensions
      let arrangement = dropped.isAdjacent ? Sinusoid.Arrangement.adjacent : .halves
      let sinusoid = extents.count == 2 ? Sinusoid(positions: extents[0], width: extents[1], arrangement) : nil
      guard try sinusoid?.isEqual(to: source) != true else { continue }
      throw Problem(
        .mismatched, file: checkpoint.file, object: dropped.source, found: "other values than sines and cosines",
        expected: "those of every position, "
          + (dropped.isAdjacent ? "a cosine behind each sine" : "sines in the first half of a row"),
        advice: "This model has positions of its own here, for which \(plan.architecture) has no tensor")
    }
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
