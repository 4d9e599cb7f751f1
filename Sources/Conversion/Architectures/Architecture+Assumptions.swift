extension Architecture {
  /// Says of an assumed value which files of a naming have another, and how to choose it.
  ///
  /// - Parameters:
  ///   - name: The setting.
  ///   - value: Its value, as a table spells it.
  /// - Returns: Nil for settings, values and namings that the table does not have.
  public func reason(toDoubt name: String, value: String, in naming: String) -> String? {
    guard let setting = settings.first(where: { $0.name == name }), let value = setting.domain.value(of: value),
      let naming = self.naming(naming)
    else { return nil }
    return reason(toDoubt: setting, value, in: naming)
  }

  /// Says of an assumed value which files of a naming have another, and how to choose it.
  func reason(toDoubt setting: Setting, _ value: Settings.Value, in naming: Naming) -> String {
    if let caveat = naming.caveat(on: setting, value) { return caveat }
    let key = naming.keys.first { $0.name == setting.name }
    let words = key?.keys ?? []
    let reason =
      key?.assumption?.reason
      ?? (words.isEmpty
        ? "no file has a word for it" : "\(words.joined(separator: " or ")) of a configuration would tell")
    if reason.contains("--set") { return reason }
    // The reason speaks for an exception, and against the usual value.
    let isException = key?.assumption?.exception.map { setting.domain.value(of: $0.value) == value } == true
    return "\(reason)\(isException ? "; for another model" : ""): \(setting.choices(otherThan: value))"
  }
}

extension Architecture.Naming {
  /// What the authors of these files, or other programs that write them, compute otherwise than a value says.
  func caveat(on setting: Architecture.Setting, _ value: Settings.Value) -> String? {
    caveats.first { $0.setting == setting.name && setting.domain.value(of: $0.value) == value }?.text
  }
}

extension Architecture.Setting {
  /// How a user chooses another value.
  fileprivate func choices(otherThan value: Settings.Value) -> String {
    let words: [String] =
      switch domain {
      case .integer, .index, .number, .positive, .fraction: ["…"]
      case .boolean: ["true", "false"]
      case .choice(let words): words
      }
    return "--set " + words.filter { $0 != value.description }.map { "\(name)=\($0)" }.joined(separator: " or ")
  }
}
