import JSON
import Testing

@testable import Tokenization

@Suite("Unicode 14.0") struct Unicode14Tests {
  /// Every scalar of the planes that have assigned ones, and the borders of the others.
  static let scalars = (UInt32(0)..<0x110000).compactMap(Unicode.Scalar.init).filter { scalar in
    [0, 1, 2, 3, 14].contains(scalar.value >> 16) || !(0x100...0xFEFF).contains(scalar.value & 0xFFFF)
  }

  @Test(
    "every scalar has the properties that Python's tables give it",
    arguments: [
      ("is_control", { [.control, .format].contains(Unicode14.category(of: $0)) }),
      ("is_cjk_character", isIdeograph),
      ("splits", isPythonWhitespace),
      ("nonspacing_marks", { Unicode14.category(of: $0) == .nonspacingMark }),
      ("nonspacing_marks", Lowercasing.isNonspacingMark),
      ("cased", { Unicode14.isCased($0) && !Unicode14.isCaseIgnorable($0) }),
      ("case_ignorable", Unicode14.isCaseIgnorable),
    ] as [(String, @Sendable (Unicode.Scalar) -> Bool)])
  func properties(name: String, holds: @Sendable (Unicode.Scalar) -> Bool) throws {
    let record = try Fixtures.json("categories.json")
    #expect(record["unicode"] == "14.0.0")
    let recorded = try members(name, of: record)
    #expect(Self.scalars.filter { holds($0) != recorded[Int($0.value)] } == [])
  }

  @Test("every scalar has the role that bert4keras' predicates give it, asked in bert4keras' order")
  func roles() throws {
    let record = try Fixtures.json("categories.json")
    let punctuation = try members("is_punctuation", of: record)
    let ideographs = try members("is_cjk_character", of: record)
    let spaces = try members("is_space", of: record)
    let controls = try members("is_control", of: record)
    let splits = try members("splits", of: record)
    let wrong = Self.scalars.filter { scalar in
      let code = Int(scalar.value)
      let role: ScalarRole =
        if punctuation[code] || ideographs[code] {
          .word
        } else if spaces[code] {
          .space
        } else if code == 0 || code == 0xFFFD || controls[code] {
          .nothing
        } else if splits[code] {
          .space
        } else {
          .letter
        }
      return ScalarRole(scalar) != role
    }
    #expect(wrong == [])
  }

  @Test("every scalar in lower case without accents is what bert4keras makes of it")
  func lowercasing() throws {
    let record = try Fixtures.json("categories.json")
    let marks = try members("nonspacing_marks", of: record)
    let changes = try #require(record["lowercase_and_normalize"]?.elements).compactMap(\.elements)
    let results = Dictionary(uniqueKeysWithValues: changes.map { ($0[0].integer, $0[1].integers) })
    var compared = 0
    var wrong: [Unicode.Scalar] = []
    for scalar in Self.scalars {
      let code = Int(scalar.value)
      // Of the syllables every 97th is recorded.
      if 0xAC00...0xD7A3 ~= code && results[code] == nil { continue }
      let expected = results[code] ?? (marks[code] ? [] : [code])
      let result = lowered(scalar).map { Int($0.value) }
      if result != expected { wrong.append(scalar) }
      compared += 1
    }
    #expect(wrong == [])
    #expect(compared > 310_000)
  }

  @Test("marks are ordered by their class, equal ones keep their order")
  func canonicalOrder() {
    // U+0301 and U+0302 have class 230, U+0323 class 220, U+0327 class 202; U+034F has none and is a border.
    let text: [Unicode.Scalar] = ["a", "\u{302}", "\u{301}", "\u{323}", "\u{327}", "\u{34F}", "\u{323}", "\u{327}"]
    let ordered: [Unicode.Scalar] = ["a", "\u{327}", "\u{323}", "\u{302}", "\u{301}", "\u{34F}", "\u{327}", "\u{323}"]
    var scalars = text.map(\.value)
    var origins = Array(text.indices)
    Normalization(edition: .unicode14).normalize(&scalars, &origins) { first, _ in first }
    #expect(scalars == ordered.map(\.value))
    #expect(origins == [0, 4, 3, 1, 2, 5, 7, 6])
  }

  @Test("scalars younger than 14.0 are unassigned")
  func younger() {
    // U+1FAE8, of 15.0; U+1C89, of 16.0 and with a lower case; U+105C9, of 16.0 and with a decomposition.
    for scalar in ["\u{1FAE8}", "\u{1C89}", "\u{105C9}"] as [Unicode.Scalar] {
      #expect(Unicode14.category(of: scalar) == .unassigned)
      #expect(lowered(scalar) == [scalar])
    }
  }

  /// What becomes of a scalar in lower case without accents.
  private func lowered(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    var text = PlacedText(scalar)
    text.lower(inContext: true)
    text.stripAccents(.unicode14)
    return text.scalars
  }

  /// For every code point whether the recorded ranges of that name hold it.
  private func members(_ name: String, of record: JSON) throws -> [Bool] {
    var members = [Bool](repeating: false, count: 0x110000)
    for range in try #require(record[name]?.elements).compactMap(\.integers) {
      for code in range[0]...range[1] { members[code] = true }
    }
    return members
  }
}
