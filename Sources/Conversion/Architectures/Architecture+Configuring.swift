import Bytes
import JSON

extension Architecture {
  /// What the configuration of a naming says of a model, and what it has no words for.
  package struct SaidConfiguration: Sendable {
    /// One member, and the other names under which such files may hold the same.
    package struct Member: Sendable {
      /// The names, the first one preferred.
      package let names: [String]
      /// The value.
      package let value: JSON
      /// Where it stands.
      package var manner = Manner.always
    }

    /// Whether a configuration that was there already changes what is written.
    package enum Manner: Sendable {
      /// It is written in any case.
      case always
      /// It is the same in every model, and gives way to what a configuration says already.
      case ifAbsent
      /// It is what these files mean where nobody says otherwise, and only corrects one that does.
      case ifPresent
    }

    /// The members, in the order of the table.
    package var members: [Member] = []
    /// The settings that the files cannot say, each with its value.
    package var unsaid: [Problem] = []
  }

  /// Settings of a model, some of them replaced by what the user says.
  ///
  /// - Parameters:
  ///   - settings: Every setting of the model, as text.
  ///   - given: The user's values, by the names of settings.
  ///   - file: The model file, for messages.
  /// - Throws: `Problems` of kind *mismatched*: unknown names, values outside their domain.
  package func settings(
    _ settings: [String: String], replacing given: [String: String], of file: String
  ) throws(Problems) -> [String: String] {
    let say = SettingProblems(architecture: self, file: file)
    let problems = given.sorted { $0.key < $1.key }.compactMap { name, text -> Problem? in
      guard let setting = self.settings.first(where: { $0.name == name }) else {
        return say.unknown(name, known: self.settings.map(\.name))
      }
      return setting.domain.value(of: text) == nil ? say.outside(setting, text: text, .given) : nil
    }
    if let problems = Problems(problems) { throw problems }
    return settings.merging(given) { $1 }
  }

  /// Says sizes and settings in the words of a naming's configuration: `config` sections, read from right to left.
  ///
  /// - Parameters:
  ///   - settings: Every setting of the table, as text.
  ///   - file: The model file, for messages.
  package func configuration(
    for plan: Plan, settings: [String: String], in naming: Naming, of file: String
  ) -> SaidConfiguration {
    var said = SaidConfiguration()
    var speakers: [String: String] = [:]
    /// Adds a member, unless it says something else already: then these files have one word for two values.
    func say(_ name: String, _ value: JSON, _ key: Key, _ manner: SaidConfiguration.Manner = .always) {
      if let taken = said.members.first(where: { $0.names[0] == key.keys[0] }) {
        guard taken.value != value else { return }
        said.unsaid.append(
          ExportProblems.sharedWord(
            name, value, key: key, taken: taken.value, by: speakers[key.keys[0]] ?? "", of: self, file: file))
      } else {
        speakers[key.keys[0]] = name
        said.members.append(SaidConfiguration.Member(names: key.keys, value: value, manner: manner))
      }
    }
    for key in naming.keys {
      let shown = key.letters.compactMap { letter in plan.sizes.first { $0.letter == letter } }
      guard shown.count == key.letters.count else { continue }
      if !key.keys.isEmpty {
        guard let value = key.size(in: plan) else { continue }
        say(sizes.first { $0.letter == key.name }?.name ?? key.name, .integer(value), key)
      } else if key.size(in: plan) != key.value.flatMap(Int.init) {
        said.unsaid.append(ExportProblems.fixedSize(shown, in: naming, key: key, of: self, file: file))
      }
    }
    for setting in self.settings where setting.group.map(plan.groups.contains) ?? true {
      guard let text = settings[setting.name], let value = setting.domain.value(of: text) else { continue }
      let key = naming.keys.first { $0.name == setting.name }
      let preset = key?.value { name in
        self.settings.first { $0.name == name }.flatMap { other in settings[name].flatMap(other.domain.value(of:)) }
      }
      if let key, !key.keys.isEmpty, let spelled = key.spelled(value) {
        let isDefault = preset.flatMap(setting.domain.value(of:)) == value
        say(setting.name, spelled, key, key.isOptional && isDefault ? .ifPresent : .always)
      } else if preset != text, preset.flatMap(setting.domain.value(of:)) != value {
        said.unsaid.append(
          ExportProblems.unspeakable(
            setting.name, text, in: naming, key: key, speakable: speakable(insteadOf: value, setting, key), of: self,
            file: file))
      }
    }
    for constant in naming.constants where constant.exception.flatMap({ settings[$0] }) != "true" {
      said.members.append(
        SaidConfiguration.Member(
          names: [constant.member], value: JSON(spelled: constant.value), manner: .ifAbsent))
    }
    return said
  }
}

extension Architecture {
  /// The values that stand nearest to one that a configuration has no word for.
  ///
  /// They are the one that it means when it says nothing, and of words the only other one, or one of the same kind: another gelu.
  private func speakable(insteadOf value: Settings.Value, _ setting: Setting, _ key: Key?) -> [String] {
    let usual = [key?.value].compactMap(\.self)
    guard let key, !key.keys.isEmpty, case .choice(let words) = setting.domain, case .choice(let word) = value else {
      return usual
    }
    let others = words.filter { $0 != key.value && key.spelled(.choice($0)) != nil }
    let alike = others.filter { $0.prefix { $0 != "-" } == word.prefix { $0 != "-" } }
    return usual + (others.count == 1 ? others : alike)
  }
}

extension Architecture.Key {
  /// A value as these files spell it; nil when they have no word for it.
  fileprivate func spelled(_ value: Settings.Value) -> JSON? {
    switch value {
    case .integer(let number): return .integer(number)
    case .number(let number): return Int(exactly: number).map(JSON.integer) ?? .double(number)  // 4, not 4.0
    case .boolean(let truth): return .bool(truth)
    case .choice(let word):
      // The table lists several spellings in the order of preference, which a dictionary does not keep: the shortest is taken.
      let spellings = words.filter { $0.value == word }.keys.sorted { ($0.count, $0) < ($1.count, $1) }
      if words["true"] != nil || words["false"] != nil { return spellings.first.flatMap { Bool($0) }.map(JSON.bool) }
      if let spelling = spellings.first {
        // ["gelu","linear"] is a list of words.
        let list = try? JSON(parsing: ByteView(Array(spelling.utf8)))
        return list?.elements == nil ? .string(spelling) : list
      }
      // No program spells its words with the hyphens of tables.
      return words[word] == nil && !listsAllWords && !word.contains("-") ? .string(word) : nil
    }
  }
}
