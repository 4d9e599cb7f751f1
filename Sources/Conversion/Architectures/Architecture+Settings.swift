import JSON

/// A configuration file beside a checkpoint, such as `bert_config.json`.
public struct Configuration: Sendable {
  /// The file, for messages.
  public let file: String
  /// Its contents.
  public let json: JSON

  /// Joins a file's name and its contents.
  public init(file: String, json: JSON) {
    self.file = file
    self.json = json
  }
}

extension Architecture {
  /// Finds a value for every setting, and checks the configuration against the shapes.
  ///
  /// The user's word counts most, then the checkpoint's own, then the configuration's, then the table's default.
  ///
  /// - Parameters:
  ///   - plan: A plan that this architecture made.
  ///   - file: The checkpoint, for messages.
  ///   - configuration: The configuration file, if there is one.
  ///   - hints: What the checkpoint says beside its weights, such as a Keras `model_config`, by the settings' names.
  ///   - given: What the user says, by the names of settings; under the name of a size, the value of that size, which
  ///     must be what the shapes show and then counts more than the configuration's.
  /// - Throws: `Problems`: settings without a value, values outside their domain, sizes that contradict the shapes,
  ///   unknown names in `given`.
  public func settings(
    for plan: Plan, of file: String, configuration: Configuration? = nil, hints: [String: String] = [:],
    given: [String: String] = [:]
  ) throws(Problems) -> Settings {
    var resolution = SettingResolution(
      self, plan, of: file, configuration: configuration, hints: hints, given: given)
    let entries = resolution.resolve()
    if let problems = Problems(resolution.problems) { throw problems }
    return Settings(entries: entries)
  }
}
