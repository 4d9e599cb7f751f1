import Inference
import Verification

extension ReferenceComparison {
  /// Runs a model on every batch of a reference and follows it on a progress line.
  static func showingProgress(
    of model: Model, with reference: Reference, threads: Int? = nil
  ) throws -> ReferenceComparison {
    let progress = ProgressLine("Comparing", total: reference.batches.count, unit: .count("batch", plural: "batches"))
    defer { progress.finish() }
    return try ReferenceComparison(of: model, with: reference, threads: threads) { _ in progress.advance(by: 1) }
  }
}
