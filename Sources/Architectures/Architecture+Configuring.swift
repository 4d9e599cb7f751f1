import Bytes
import JSON

extension Architecture {
  /// What the configuration of a naming says of a model, and what it has no words for.
  public struct SaidConfiguration: Sendable {
    /// One member, and the other names under which such files may hold the same.
    public struct Member: Sendable {
      /// The names, the first one preferred.
      public let names: [String]
      /// The value.
      public let value: JSON
    }

    /// The members, in the order of the table.
    public var members: [Member] = []
    /// The settings that the files cannot say, each with its value.
    public var unsaid: [Problem] = []
  }

  /// Says sizes and settings in the words of a naming's configuration: `config` sections, read from right to left.
  ///
  /// - Parameters:
  ///   - settings: Every setting of the table, as text.
  ///   - file: The model file, for messages.
  public func configuration(
    for plan: Plan, settings: [String: String], in naming: Naming, of file: String
  ) -> SaidConfiguration {
    var said = SaidConfiguration()
    for key in naming.keys {
      if let size = plan.sizes.first(where: { $0.letter == key.name }) {
        said.members.append(SaidConfiguration.Member(names: key.keys, value: .integer(size.value)))
      }
    }
    for setting in self.settings {
      guard let text = settings[setting.name], let value = setting.domain.value(of: text) else { continue }
      let key = naming.keys.first { $0.name == setting.name }
      if let key, !key.keys.isEmpty, let spelled = key.spelled(value) {
        said.members.append(SaidConfiguration.Member(names: key.keys, value: spelled))
      } else if key?.value != text, key?.value.flatMap(setting.domain.value(of:)) != value {
        said.unsaid.append(
          ExportProblems.unspeakable(setting.name, text, in: naming, key: key, of: self, file: file))
      }
    }
    return said
  }
}

extension Architecture.Key {
  /// A value as these files spell it; nil when they have no word for it.
  fileprivate func spelled(_ value: Settings.Value) -> JSON? {
    switch value {
    case .integer(let number): return .integer(number)
    case .number(let number): return .double(number)
    case .boolean(let truth): return .bool(truth)
    case .choice(let word):
      // The table lists several spellings in the order of preference, which a dictionary does not keep: the shortest is taken.
      let spellings = words.filter { $0.value == word }.keys.sorted { ($0.count, $0) < ($1.count, $1) }
      if words["true"] != nil || words["false"] != nil { return spellings.first.flatMap { Bool($0) }.map(JSON.bool) }
      if let spelling = spellings.first { return .string(spelling) }
      return words[word] == nil ? .string(word) : nil
    }
  }
}
