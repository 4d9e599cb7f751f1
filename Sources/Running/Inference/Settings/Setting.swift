import JSON

/// Something that no shape reveals and a model file says: its name, its type, and what it is where a file does not say it.
///
/// Which of these an architecture has, its name table says (`Formats/Architectures`), and its design lists those that it reads.
struct Setting<Value: SettingValue>: Sendable {
  /// The name, as tables and model files have it.
  let name: String
  /// The value where a file says nothing; nil where it must.
  let standard: Value?
  /// The values that make sense, in words, and whether one does; nil where all do.
  let range: (words: String, contains: @Sendable (Value) -> Bool)?

  init(_ name: String, standard: Value? = nil) {
    (self.name, self.standard, range) = (name, standard, nil)
  }

  init(_ name: String, standard: Value? = nil, _ words: String, where contains: @escaping @Sendable (Value) -> Bool) {
    (self.name, self.standard, range) = (name, standard, (words, contains))
  }

  /// The values that a file may have, in words.
  var expectation: String { range?.words ?? Value.expectation }
}

/// A type that settings have.
protocol SettingValue: Sendable {
  /// The values of this type, in words.
  static var expectation: String { get }
  /// Takes what a file says; nil when that is no value of this type.
  init?(setting json: JSON)
}

extension Int: SettingValue {
  static var expectation: String { "a whole number" }

  /// Takes a whole number, which a table may also spell `4.0`.
  init?(setting json: JSON) {
    guard let number = json.integer ?? json.double.flatMap(Int.init(exactly:)) else { return nil }
    self = number
  }
}

extension Double: SettingValue {
  static var expectation: String { "a number" }

  init?(setting json: JSON) {
    guard let number = json.double else { return nil }
    self = number
  }
}

extension Bool: SettingValue {
  static var expectation: String { "true or false" }

  init?(setting json: JSON) {
    guard let truth = json.bool else { return nil }
    self = truth
  }
}

/// A word out of several.
protocol SettingWord: SettingValue, CaseIterable, RawRepresentable where RawValue == String {}

extension SettingWord {
  static var expectation: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

  init?(setting json: JSON) {
    guard let word = json.string.flatMap(Self.init(rawValue:)) else { return nil }
    self = word
  }
}

extension Activation: SettingWord {}
extension AttentionMask: SettingWord {}
extension AttentionNormalization: SettingWord {}
