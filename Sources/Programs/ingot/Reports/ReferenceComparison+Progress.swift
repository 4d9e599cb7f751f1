import Inference
import ModelFiles
import Verification

extension ReferenceComparison {
  /// Runs a model on every batch of a reference and follows it on a progress line.
  static func showingProgress(
    of file: ModelFile, with reference: Reference, threads: Int? = nil
  ) throws -> ReferenceComparison {
    let progress = ProgressLine("Comparing", total: reference.batches.count, unit: .batches)
    defer { progress.finish() }
    return try ReferenceComparison(
      of: Model(file), with: reference, vectors: VectorProcedure(of: file), threads: threads
    ) { _ in progress.advance(by: 1) }
  }
}
