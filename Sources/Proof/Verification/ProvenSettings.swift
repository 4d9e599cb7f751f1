import Architectures
import Inference
import JSON
import ModelFiles
import Tensors

/// The settings that no file told and that a reference proves: with any other value the model computes something else.
public struct ProvenSettings: Sendable {
  /// The settings, in the order of the model file.
  public let names: [String]

  /// How many times the largest distance between two agreeing results lies between a result and the record before it counts as another.
  private static let margin = 2.0

  /// Tries every other value of every assumed setting against the points of a reference that agrees.
  ///
  /// A value that can be any number proves nothing: who would try them all? Of an epsilon those are tried that programs have. A value with
  /// which the model cannot be made, or that leaves every point where it is, such as the activation of a pooler that no point shows, proves
  /// nothing either.
  ///
  /// - Parameters:
  ///   - file: The model file, which says what was assumed.
  ///   - reference: What was recorded.
  ///   - comparison: What came of comparing the model with it.
  /// - Throws: What running the model throws.
  public init(of file: ModelFile, by reference: Reference, _ comparison: ReferenceComparison, threads: Int? = nil)
    throws
  {
    guard comparison.agrees, let architecture = Architecture.named(file.architecture) else {
      names = []
      return
    }
    names = try (file.assumed ?? []).filter { name in
      let others = architecture.settings.first { $0.name == name }?.otherValues(than: file.settings[name]) ?? []
      return try !others.isEmpty
        && others.allSatisfy { value in
          guard
            let model = try? Model(weights: file, architecture: file.architecture, settings: file.settings(name, value))
          else { return false }
          return try Self.contradicts(model, reference, comparison, threads: threads)
        }
    }
  }

  /// Whether a model with another setting computes what the record does not say.
  private static func contradicts(
    _ model: Model, _ reference: Reference, _ comparison: ReferenceComparison, threads: Int?
  ) throws -> Bool {
    for (number, batch) in reference.batches.enumerated() {
      let points = comparison.points.filter { $0.batch == number }
      let wanted = Set(points.map { Point($0.point) }).intersection(model.points)
      let found = try model.run(Input(batch), computing: wanted, precision: .float32, threads: threads)
      for point in points {
        guard let recorded = batch.points[point.point], let other = found[Point(point.point)],
          recorded.shape == other.shape
        else { continue }
        let distance = zip(try recorded.doubles(), try other.doubles()).reduce(0) { max($0, abs($1.0 - $1.1)) }
        if distance > margin * 2 * PointComparison.tolerance * point.float32Unit { return true }
      }
    }
    return false
  }
}

extension PointComparison {
  /// The rounding that is to be expected of a result in float32.
  fileprivate var float32Unit: Double { precision == .float64 ? roundingUnit * 0x1p29 : roundingUnit }
}

extension ModelFile {
  /// The settings with another value of one of them.
  fileprivate func settings(_ name: String, _ value: JSON) -> JSON {
    .object((settings.members ?? []).map { $0.name == name ? JSON.Member(name, value) : $0 })
  }
}

extension Architecture.Setting {
  /// The epsilons that programs have.
  private static let epsilons = [1e-12, 1e-7, 1e-6, 1e-5]

  /// All other values; none where there are more than can be tried.
  fileprivate func otherValues(than value: JSON?) -> [JSON] {
    switch domain {
    case .choice(let words): words.map(JSON.string).filter { $0 != value }
    case .boolean: value == true ? [false] : [true]
    case .positive where name.hasSuffix("epsilon"):
      Self.epsilons.filter { $0 != value?.double }.map(JSON.double)
    case .integer, .index, .number, .positive, .fraction: []
    }
  }
}
