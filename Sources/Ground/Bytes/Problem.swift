/// What is wrong with a file, as facts; the one place that turns them into a sentence is ``description``.
///
/// Every reader, the planner and the runtime throw this type, so that each message says the same five
/// things: which file, where in it, what was found, what was expected and what a user can do.
public struct Problem: Error, Equatable, Sendable {
  /// How a file fails; the kinds never stand in for one another.
  public enum Kind: String, Sendable {
    /// The bytes contradict the format's own rules: nobody could read them.
    case damaged
    /// The bytes are legal, but Ingot does not read this part of the format.
    case unsupported
    /// Ingot could read it and will not, because doing so would be unsafe.
    case refused
    /// The file is sound, but does not fit what it is used for: an architecture, a configuration, another file.
    case mismatched
    /// The operating system does not give the file: it is missing, not a regular file, or not permitted.
    case unavailable
  }

  /// How the file fails.
  public var kind: Kind
  /// The file's path as the user gave it; inside an archive, `archive.npz(member.npy)`.
  public var file: String
  /// The group, dataset, tensor or member concerned.
  public var object: String?
  /// The offset in bytes from the start of the file.
  public var byte: Int?
  /// What stands there, as a noun phrase: `a B-tree node of type 3`.
  public var found: String
  /// What should stand there, as a noun phrase.
  public var expected: String?
  /// What the user can do, as a sentence without its full stop.
  public var advice: String?
  /// The options of the command line that lift it: any one of these ways does, with all of its options.
  public var ways: [[Remedy]] = []

  /// Gathers the facts of one problem.
  public init(
    _ kind: Kind, file: String, object: String? = nil, byte: Int? = nil,
    found: String, expected: String? = nil, advice: String? = nil, ways: [[Remedy]] = []
  ) {
    self.kind = kind
    self.file = file
    self.object = object
    self.byte = byte
    self.found = found
    self.expected = expected
    self.advice = advice
    self.ways = ways
  }
}

extension Problem: CustomStringConvertible {
  /// The facts as one line for a person.
  ///
  /// Its form is `file: damaged at byte 96, in /layer: found …, expected …. Advice.`
  ///
  /// Names that come from files are escaped, so that printing the line never drives a terminal.
  public var description: String {
    var sentence = "\(file): \(kind.rawValue)"
    if let byte { sentence += " at byte \(byte)" }
    if let object { sentence += byte == nil ? " in \(object)" : ", in \(object)" }
    sentence += ": found \(found)"
    if let expected { sentence += ", expected \(expected)" }
    sentence += "."
    if let advice { sentence += " \(advice)\(advice.hasSuffix("?") ? "" : ".")" }
    return printable(sentence)
  }
}

/// Returns text in which every scalar that could steer a terminal or hide itself is written as `\u{…}`.
///
/// Control characters, format characters (among them the bidirectional overrides), line separators,
/// surrogates and private-use scalars are escaped; everything a reader can see stays as it is.
public func printable(_ text: String) -> String {
  if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}
