import Bytes
import JSON

/// The settings of a model, each read by name; a file may say none but those that its architecture reads.
struct Settings: Sendable {
  private let values: [String: JSON]
  private let names: Set<String>
  /// The path of the file, for messages.
  let file: String

  /// Checks what a file says.
  ///
  /// - Parameter names: What the architecture reads.
  /// - Throws: `Problem` of kind *mismatched* for a setting that the architecture does not read, or a value that is none of its type.
  init(_ json: JSON, readBy names: [String], of file: String) throws {
    self.file = file
    values = Dictionary((json.members ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    self.names = Set(names)
    if let name = values.keys.filter({ !names.contains($0) }).min() {
      throw problem(name, "no such setting in this architecture")
    }
    for reader in Settings.all where names.contains(reader.name) {
      guard let value = values[reader.name], let expected = reader.objection(to: value) else { continue }
      throw problem(reader.name, expected)
    }
  }

  /// Whether the architecture reads a setting.
  func has<Value>(_ setting: Setting<Value>) -> Bool { names.contains(setting.name) }

  /// The value of a setting; the standard one in an architecture that does not read it.
  ///
  /// - Throws: `Problem` of kind *mismatched* where the file must say it and does not.
  func value<Value>(of setting: Setting<Value>) throws -> Value {
    if let value = try valueIfSaid(of: setting) ?? setting.standard { return value }
    throw problem(setting.name, setting.expectation)
  }

  /// The value of a setting; nil where the file says nothing.
  ///
  /// - Throws: `Problem` of kind *mismatched* for a value that makes no sense.
  func valueIfSaid<Value>(of setting: Setting<Value>) throws -> Value? {
    guard let value = values[setting.name].flatMap(Value.init(setting:)) else { return nil }
    if let range = setting.range, !range.contains(value) { throw problem(setting.name, range.words) }
    return value
  }

  /// Says that a value makes no sense beside others.
  func problem(_ name: String, found: String? = nil, _ expected: String, advice: String? = nil) -> Problem {
    Problem(
      .mismatched, file: file, object: "the setting \(name)", found: found ?? values[name]?.compact ?? "no value",
      expected: expected, advice: advice)
  }
}

/// A setting of any type.
protocol SettingReader: Sendable {
  var name: String { get }
  /// What was to be expected in the place of a value of another type; nil where the type is right.
  func objection(to json: JSON) -> String?
}

extension Setting: SettingReader {
  func objection(to json: JSON) -> String? {
    Value(setting: json) == nil ? Value.expectation : nil
  }
}
