/// What a model needs and no shape shows, each value with where it comes from.
public struct Settings: Equatable, Sendable {
  /// One resolved setting.
  public struct Entry: Equatable, Sendable {
    /// The setting's name, as the table spells it.
    public let name: String
    /// Its value.
    public let value: Value
    /// Who says so.
    public let origin: Origin
    /// What others said instead, who counted less.
    public let overruled: [Claim]
    /// Which files have another value, where no file tells that this is not one of them; nil where somebody tells.
    public let assumption: String?
  }

  /// A value that somebody claims.
  public struct Claim: Equatable, Sendable {
    /// The value.
    public let value: Value
    /// Who claims it.
    public let origin: Origin
  }

  /// A value of one of the kinds that a table knows.
  public enum Value: Equatable, Sendable {
    /// A whole number.
    case integer(Int)
    /// A finite number.
    case number(Double)
    /// True or false.
    case boolean(Bool)
    /// A word of the table's list.
    case choice(String)
  }

  /// Where a value comes from; the earlier counts more.
  public enum Origin: Equatable, Sendable {
    /// The user said so.
    case given
    /// The checkpoint itself says so, beside its weights.
    case checkpoint
    /// An export of Ingot told so beside the files: `ingot.json`.
    case export
    /// The configuration file says so, under this key and in these words.
    case configuration(key: String, spelling: String)
    /// The table says what all these files mean where nobody says otherwise.
    case table(line: Int)
    /// The table says what most of these files mean; this one may be another, and nobody says so.
    case assumed(line: Int)
  }

  /// The settings in the order of the table.
  public let entries: [Entry]

  /// The entries that no file tells and that could be otherwise.
  public var assumed: [Entry] { entries.filter { $0.assumption != nil } }

  /// The value of a setting.
  public subscript(name: String) -> Value? {
    entries.first { $0.name == name }?.value
  }
}

extension Settings.Value: CustomStringConvertible {
  /// The value as a table spells it.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .choice(let word): word
    }
  }
}

extension Settings.Origin: CustomStringConvertible {
  /// The origin as a plan prints it, in parentheses behind the value.
  public var description: String {
    switch self {
    case .given: "given"
    case .checkpoint: "checkpoint"
    case .export: "ingot.json"
    case .configuration(let key, let spelling): "configuration: \(key) = \(spelling)"
    case .table: "default"
    case .assumed: "assumed"
    }
  }
}

extension Architecture.Setting.Domain {
  /// The value that a text spells; nil for one outside the domain.
  package func value(of text: String) -> Settings.Value? {
    switch self {
    case .integer: Int(text).flatMap { $0 >= 1 ? .integer($0) : nil }
    case .index: Int(text).flatMap { $0 >= 0 ? .integer($0) : nil }
    case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
    case .positive: Double(text).flatMap { $0.isFinite && $0 > 0 ? .number($0) : nil }
    case .fraction: Double(text).flatMap { $0 >= 0 && $0 < 1 ? .number($0) : nil }
    case .boolean: Bool(text).map { .boolean($0) }
    case .choice(let words): words.contains(text) ? .choice(text) : nil
    }
  }
}

extension Architecture.Setting.Domain: CustomStringConvertible {
  /// The domain as messages name it.
  public var description: String {
    switch self {
    case .integer: "a whole number of at least 1"
    case .index: "a whole number of at least 0"
    case .number: "a number"
    case .positive: "a number above 0"
    case .fraction: "a number of at least 0 and below 1"
    case .boolean: "true or false"
    case .choice(let words): words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
  }
}
