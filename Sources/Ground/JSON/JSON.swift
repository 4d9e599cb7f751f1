/// A JSON value (RFC 8259) that keeps the order of members and the spelling of numbers.
public indirect enum JSON: Hashable, Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number, as it is spelled.
  case number(String)
  /// A string, unescaped.
  case string(String)
  /// An array.
  case array([JSON])
  /// An object; names are unique.
  case object([Member])

  /// One member of an object.
  public struct Member: Hashable, Sendable {
    /// The member's name.
    public let name: String
    /// The member's value.
    public let value: JSON

    /// Joins a name and a value.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

extension JSON {
  /// The value of a member; nil when this is no object or has no such member.
  public subscript(name: String) -> JSON? {
    members?.first { $0.name == name }?.value
  }

  /// The members, when this is an object.
  public var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements, when this is an array.
  public var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text, when this is a string.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The truth value, when this is one.
  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The number, when it is spelled as an integer and fits.
  public var integer: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }

  /// The number as the nearest binary64.
  public var double: Double? {
    if case .number(let text) = self { Double(text) } else { nil }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  /// Writes a string in code.
  public init(stringLiteral value: String) { self = .string(value) }

  /// Writes an integer in code.
  public init(integerLiteral value: Int) { self = .number(String(value)) }

  /// Writes a truth value in code.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// Writes an array in code.
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }

  /// Writes an object in code, its members in this order.
  public init(dictionaryLiteral members: (String, JSON)...) {
    self = .object(members.map { Member($0, $1) })
  }
}

extension JSON {
  /// Makes a number of an integer.
  public static func integer(_ value: Int) -> JSON { .number(String(value)) }

  /// Makes a number of a finite binary64, in the shortest spelling that reads back exactly; null when it is not finite.
  public static func double(_ value: Double) -> JSON {
    value.isFinite ? .number("\(value)") : .null
  }
}
