import Bytes
import JSON

extension Architecture {
  /// The naming's own configuration among several: the first that has a name which the table gives; nil where none has.
  package func ownConfiguration(among all: [Configuration], naming: String) -> Configuration? {
    for name in self.naming(naming)?.files ?? [] {
      if let own = all.first(where: { Path($0.file).name == name }) { return own }
    }
    return nil
  }

  /// In what another configuration says otherwise than the model's settings and sizes: `num_attention_heads = 8 (heads is 4)`.
  ///
  /// It is read in the words of the naming whose own file it is by its name, else in those of the plan's. What the user chose is not asked.
  package func disagreements(of other: Configuration, with settings: Settings, for plan: Plan) -> [String] {
    let words =
      namings.first { $0.files.contains(Path(other.file).name) && $0.name == plan.naming }
      ?? namings.first { $0.files.contains(Path(other.file).name) } ?? naming(plan.naming)
    return differences(in: other, from: settings, plan, in: words?.keys ?? []).map(\.description)
  }

  /// Members of a configuration that the files of a naming do not have and that say otherwise than the model's settings and sizes:
  /// those that another naming of the architecture knows.
  package func unreadMembers(of configuration: Configuration, with settings: Settings, for plan: Plan) -> [String] {
    guard let naming = naming(plan.naming) else { return [] }
    var known = Set(
      naming.keys.flatMap(\.keys) + naming.demands.map(\.member) + naming.constants.map(\.member))
    var remarks: [String] = []
    let beginning = "\(configuration.file) says "
    for other in namings {
      let unread = other.keys.filter { key in
        key.member(in: configuration.json).map { !known.contains($0.key) } ?? false
      }
      for difference in differences(in: configuration, from: settings, plan, in: unread) {
        remarks.append(
          beginning + difference.description + (difference.isSensible ? "" : ", which makes no sense,")
            + " and files of \(naming.name) have no word for it"
            + (difference.isSensible ? ": if the model computes so, tell it with --set." : "."))
      }
      for demand in other.demands where !known.contains(demand.member) {
        guard let value = configuration.json[demand.member], value != .null, !demand.values.contains(value) else {
          continue
        }
        remarks.append(
          beginning + "\(demand.member) = \(value.compact), which files of \(naming.name) have no word for: "
            + "\(demand.reason).")
      }
      known.formUnion(unread.flatMap(\.keys) + other.demands.map(\.member))
    }
    return remarks
  }

  /// A member that says otherwise than the model.
  private struct Difference {
    let member: String
    let value: JSON
    /// What the model has, as `heads is 4`.
    var found: [String]
    /// Whether the member says anything that a model can have.
    var isSensible: Bool

    var description: String { "\(member) = \(value.compact) (\(found.joined(separator: ", ")))" }
  }

  private func differences(
    in configuration: Configuration, from settings: Settings, _ plan: Plan, in keys: [Key]
  ) -> [Difference] {
    var all: [Difference] = []
    for key in keys {
      guard let (member, value) = key.member(in: configuration.json) else { continue }
      var found: String?
      var isSensible = true
      if let setting = self.settings.first(where: { $0.name == key.name }) {
        guard let entry = settings.entries.first(where: { $0.name == key.name }), entry.origin != .given,
          setting.group.map(plan.groups.contains) ?? true
        else { continue }
        let said = key.value(of: setting, spelled: value)
        isSensible = said != nil
        if said != entry.value { found = "\(entry.name) is \(entry.value)" }
      } else if key.quotient == nil, let shown = key.size(in: plan), value.integer != shown {
        isSensible = value.integer.map { $0 > 0 } ?? false
        found = "\(sizes.first { $0.letter == key.name }?.name ?? key.name) is \(shown)"
      }
      guard let found else { continue }
      if let place = all.firstIndex(where: { $0.member == member }) {
        all[place].found.append(found)
      } else {
        all.append(Difference(member: member, value: value, found: [found], isSensible: isSensible))
      }
    }
    return all
  }
}
