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

/// Settings that an export told of files which cannot say them.
public struct ToldSettings: Sendable {
  /// The values, as the table spells them, by the settings' names.
  public var values: [String: String]
  /// Those of them that nobody told the exported model either.
  public var assumed: Set<String>
  /// Whether the configuration was changed since, and counts more.
  public var isBehindConfiguration: Bool

  /// Gathers settings; by default nothing was told.
  public init(_ values: [String: String] = [:], assumed: Set<String> = [], isBehindConfiguration: Bool = false) {
    self.values = values
    self.assumed = assumed
    self.isBehindConfiguration = isBehindConfiguration
  }
}

extension Architecture {
  /// Finds a value for every setting, and checks the configuration against the shapes.
  ///
  /// The user's word counts most, then the checkpoint's own, then the export's, then the configuration's, then the table's default; what
  /// the export told of a configuration that was changed since counts less than the configuration.
  ///
  /// - Parameters:
  ///   - plan: A plan that this architecture made.
  ///   - file: The checkpoint, for messages.
  ///   - configuration: The configuration file, if there is one.
  ///   - hints: What the checkpoint says beside its weights, such as a Keras `model_config`, by the settings' names.
  ///   - told: What an export of Ingot told beside the files.
  ///   - given: What the user says, by the names of settings; under the name of a size, the value of that size, which
  ///     must be what the shapes show and then counts more than the configuration's.
  /// - Throws: `Problems`: settings without a value, values outside their domain, sizes that contradict the shapes,
  ///   unknown names in `given`.
  public func settings(
    for plan: Plan, of file: String, configuration: Configuration? = nil, hints: [String: String] = [:],
    told: ToldSettings = ToldSettings(), given: [String: String] = [:]
  ) throws(Problems) -> Settings {
    var resolution = SettingResolution(
      self, plan, of: file, configuration: configuration, hints: hints, told: told, given: given)
    let entries = resolution.resolve()
    if let problems = Problems(resolution.problems) { throw problems }
    return Settings(entries: entries)
  }
}
