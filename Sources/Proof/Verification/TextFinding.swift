import Bytes
import ModelFiles
import Tokenization

/// What came of holding the texts of a reference against a model file's tokenizer.
public enum TextFinding: Sendable {
  /// Nothing was compared: the file has no tokenizer that Ingot reads.
  case notCompared(Problem)
  /// The ids were compared; where they differ, `remedy` is the `--tokenizer` setting with which all would agree, if there is one.
  case compared(TextComparison, remedy: String?)

  /// Compares the texts of a reference, and where ids differ, tries other settings.
  ///
  /// - Returns: Nil when the reference holds no texts.
  /// - Throws: What reading the texts throws.
  public init?(of file: ModelFile, with reference: Reference) throws {
    guard reference.batches.contains(where: { $0.inputs["text"] != nil }) else { return nil }
    func tokenizer(_ settings: TextSettings) throws -> Tokenizer { try Tokenizer(settings) { file.attachment($0) } }
    let settings: TextSettings
    let own: Tokenizer
    do {
      settings = try TextSettings(of: file)
      own = try tokenizer(settings)
    } catch let problem as Problem {
      self = .notCompared(problem)
      return
    }
    guard let comparison = try TextComparison(of: own, with: reference) else { return nil }
    let remedy =
      comparison.agrees
      ? nil
      : settings.variants.first { variant in
        guard let other = try? tokenizer(variant.settings) else { return false }
        return (try? TextComparison(of: other, with: reference))??.agrees ?? false
      }?.change
    self = .compared(comparison, remedy: remedy)
  }

  /// Whether no id differs.
  public var agrees: Bool {
    switch self {
    case .notCompared: true
    case .compared(let comparison, _): comparison.agrees
    }
  }
}
