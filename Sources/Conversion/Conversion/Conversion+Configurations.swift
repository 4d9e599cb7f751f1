import Architectures
import Bytes

extension Conversion {
  /// Says what configurations hold that does not count: what others in the folder say otherwise, and what files of the naming have no word for.
  ///
  /// - Parameters:
  ///   - others: The configurations beside the one that counts.
  ///   - configuration: The one that counts; nil when there is none.
  ///   - isOwn: Whether it has a name that files of the naming give it.
  /// - Throws: `Problem` of kind *mismatched* when two configurations disagree and neither has such a name.
  static func remarks(
    on others: [Configuration], beside configuration: Configuration?, isOwn: Bool, of architecture: Architecture,
    for plan: Plan, settings: Architectures.Settings
  ) throws -> [String] {
    guard let configuration else { return [] }
    let name = Path(configuration.file).name
    var remarks: [String] = []
    for other in others {
      let disagreements = architecture.disagreements(of: other, with: settings, for: plan)
      guard !disagreements.isEmpty else { continue }
      let said = disagreements.joined(separator: ", ")
      guard isOwn else {
        throw Problem(
          .mismatched, file: Path(configuration.file).folder.text,
          found: "two configurations that disagree: \(Path(other.file).name) says \(said), by \(name)",
          expected: "one", advice: "Choose one with --config")
      }
      remarks.append(
        "\(Path(other.file).name) disagrees with \(name), which counts, being that of files of \(plan.naming): it says \(said)."
      )
    }
    return remarks + architecture.unreadMembers(of: configuration, with: settings, for: plan)
  }
}
