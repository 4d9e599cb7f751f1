/// Where special tokens stand around one text and around two, and the segment of each token.
public struct TextTemplate: Equatable, Sendable {
  /// One place of a template.
  public enum Part: Equatable, Sendable {
    /// All tokens of the first text (0) or of the second (1).
    case text(Int, segment: Int)
    /// A special token.
    case special(SpecialRole, segment: Int)
  }

  /// What becomes of one text.
  public let single: [Part]
  /// What becomes of two.
  public let pair: [Part]

  /// Understands two lines such as `cls:0 A:0 sep:0` and `cls:0 A:0 sep:0 B:1 sep:1`: roles, texts and segments.
  ///
  /// Nil unless the first has `A` once and no `B`, and the second has `A` once and then `B` once.
  public init?(single: String, pair: String) {
    guard let single = Self.parts(of: single), let pair = Self.parts(of: pair),
      Self.texts(in: single) == [0], Self.texts(in: pair) == [0, 1]
    else { return nil }
    self.single = single
    self.pair = pair
  }

  /// The line of one text: `cls:0 A:0 sep:0`.
  public var singleLine: String { Self.line(of: single) }

  /// The line of two texts: `cls:0 A:0 sep:0 B:1 sep:1`.
  public var pairLine: String { Self.line(of: pair) }

  /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, the second text and its end in segment 1.
  public static let bert = TextTemplate(single: "cls:0 A:0 sep:0", pair: "cls:0 A:0 sep:0 B:1 sep:1")!
  /// `A </s>` and `A </s> B </s>`.
  public static let t5 = TextTemplate(single: "A:0 eos:0", pair: "A:0 eos:0 B:1 eos:1")!
  /// `A <sep> <cls>` and `A <sep> B <sep> <cls>`, `<cls>` in segment 2.
  public static let xlnet = TextTemplate(single: "A:0 sep:0 cls:2", pair: "A:0 sep:0 B:1 sep:1 cls:2")!
  /// `<s> A </s>` and `<s> A </s> </s> B </s>`, all in segment 0.
  public static let roberta = TextTemplate(
    single: "cls:0 A:0 sep:0", pair: "cls:0 A:0 sep:0 sep:0 B:0 sep:0")!
  /// The texts alone, as for GPT-2.
  public static let none = TextTemplate(single: "A:0", pair: "A:0 B:0")!

  /// The templates by the names that users give them.
  public static let named: [(name: String, template: TextTemplate)] = [
    ("bert", .bert), ("t5", .t5), ("xlnet", .xlnet), ("roberta", .roberta), ("none", .none),
  ]

  /// The roles whose tokens it needs.
  public var roles: [SpecialRole] {
    SpecialRole.allCases.filter { role in
      (single + pair).contains { if case .special(role, _) = $0 { true } else { false } }
    }
  }

  private static func parts(of line: String) -> [Part]? {
    var parts: [Part] = []
    for word in line.split(separator: " ") {
      let halves = word.split(separator: ":", omittingEmptySubsequences: false)
      guard halves.count == 2, let segment = Int(halves[1]), (0...255).contains(segment) else { return nil }
      switch halves[0] {
      case "A": parts.append(.text(0, segment: segment))
      case "B": parts.append(.text(1, segment: segment))
      default:
        guard let role = SpecialRole(rawValue: String(halves[0])) else { return nil }
        parts.append(.special(role, segment: segment))
      }
    }
    return parts
  }

  private static func texts(in parts: [Part]) -> [Int] {
    parts.compactMap { if case .text(let index, _) = $0 { index } else { nil } }
  }

  private static func line(of parts: [Part]) -> String {
    parts.map { part in
      switch part {
      case .text(let index, let segment): "\(index == 0 ? "A" : "B"):\(segment)"
      case .special(let role, let segment): "\(role.rawValue):\(segment)"
      }
    }.joined(separator: " ")
  }
}
