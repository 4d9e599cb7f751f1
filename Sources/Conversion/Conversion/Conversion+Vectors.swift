import Architectures
import Bytes

extension Conversion {
  /// Decides how the vectors of texts are made, and checks that the model has what that takes.
  ///
  /// - Throws: `Problem` of kind *mismatched* when a pooler, or a width that a layer expects, is not there, and what reading throws.
  static func vectors(
    of release: Release, _ plan: Plan, _ settings: Architectures.Settings, _ options: VectorPlan.Options
  ) throws -> VectorPlan? {
    let hasPooler = plan.steps.contains { $0.tensor == "pooler.weight" }
    let isLinear = settings["mask"] == .choice("unilm") && settings["pooler.activation"] == .choice("linear")
    let file = release.checkpoint.file
    guard
      let vectors = try VectorPlan(
        in: release.folder, hasLinearPooler: hasPooler && isLinear, options: options, of: file)
    else { return nil }
    if vectors.settings.pooling == .pooler, !hasPooler {
      throw Problem(
        .mismatched, file: file, found: "no pooler", expected: "one, by which --pooling pooler makes vectors",
        advice: "Take another --pooling, or a checkpoint that was saved with its pooler")
    }
    if let width = plan.size(named: "width") { _ = try vectors.settings.width(after: width, of: file) }
    return vectors
  }
}
