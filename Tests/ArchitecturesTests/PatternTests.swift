import Architectures
import Testing

private typealias Pattern = Architecture.Pattern

@Suite("Patterns") struct PatternTests {
  private func match(_ spelling: String, _ name: String) -> Pattern.Match? {
    Pattern(spelling)?.match(Array(name.utf8))
  }

  @Test(
    "a counter is a number without leading zeros", arguments: [("0", 0), ("7", 7), ("10", 10), ("123456", 123_456)])
  func counter(digits: String, number: Int) {
    #expect(match("layer_{L}/kernel", "layer_\(digits)/kernel") == Pattern.Match(index: number))
  }

  @Test(
    "other spellings of numbers do not fit", arguments: ["", "00", "01", "-1", "+1", "1 ", "٣", "99999999999999999999"])
  func noCounter(digits: String) {
    #expect(match("layer_{L}/kernel", "layer_\(digits)/kernel") == nil)
  }

  @Test("a padded counter has its width, or more digits where it needs them")
  func padded() {
    #expect(match("block_{E:3}", "block_007") == Pattern.Match(index: 7))
    #expect(match("block_{E:3}", "block_123") == Pattern.Match(index: 123))
    #expect(match("block_{E:3}", "block_1234") == Pattern.Match(index: 1_234))
    #expect(match("block_{E:3}", "block_7") == nil)
    #expect(match("block_{E:3}", "block_0123") == nil)
  }

  @Test("a counter may count from 1")
  func countedFromOne() {
    #expect(match("Encoder-{L+1}-Norm", "Encoder-1-Norm") == Pattern.Match(index: 0))
    #expect(match("Encoder-{L+1}-Norm", "Encoder-12-Norm") == Pattern.Match(index: 11))
    #expect(match("Encoder-{L+1}-Norm", "Encoder-0-Norm") == nil)
    #expect(match("layer{L+1:2}", "layer01") == Pattern.Match(index: 0))
    #expect(match("layer{L+1:2}", "layer00") == nil)
    for spelling in ["{L+2}", "{L+}", "{L+0}", "{+1}", "{L-1}", "{L+1+1}", "{L:2+1}"] {
      #expect(Pattern(spelling) == nil, "\(spelling)")
    }
  }

  @Test("a text fits only itself, byte by byte")
  func text() {
    #expect(match("Pooler-Dense[0]", "Pooler-Dense[0]") == Pattern.Match(index: nil))
    #expect(match("Pooler-Dense[0]", "Pooler-Dense[0]x") == nil)
    #expect(match("Pooler-Dense[0]", "Pooler-Dense[0") == nil)
    #expect(match("\u{e9}", "\u{e9}") != nil)
    #expect(match("\u{e9}", "e\u{301}") == nil)
  }

  @Test(
    "a star fits anything",
    arguments: [
      ("*/adam_m", "a/b/adam_m", true), ("*/adam_m", "adam_m", false), ("*/adam_m", "/adam_m", true),
      ("*/adam_m", "a/adam_m/adam_m", true), ("*/adam_m", "a/adam_m/x", false), ("cls/*", "cls/", true),
      ("cls/*", "cls", false), ("*", "", true), ("a*b*c", "axxbyybc", true), ("a*b*c", "axxcyy", false),
      ("*aab", "aaaab", true),
    ])
  func star(spelling: String, name: String, fits: Bool) {
    #expect((match(spelling, name) != nil) == fits)
  }

  @Test("a choice fits each of its texts, and says which")
  func choice() {
    #expect(match("norm.(weight|gamma)", "norm.gamma")?.choices == ["(weight|gamma)": Array("gamma".utf8)])
    #expect(match("norm.(weight|gamma)", "norm.beta") == nil)
    #expect(match("(bert.|)layer.{L}.(w|g)", "layer.3.g")?.choices == ["(bert.|)": [], "(w|g)": Array("g".utf8)])
    #expect(match("(bert.|)layer.{L}.(w|g)", "bert.layer.3.w")?.index == 3)
    // The first text may fit where only the second lets the rest fit.
    #expect(match("(|a)ab", "aab")?.choices == ["(|a)": Array("a".utf8)])
  }

  @Test("a prefix is any text before a name, without a slash")
  func prefix() {
    #expect(match("(|*)Norm[{L}]", "Norm[1]") == Pattern.Match(index: 1, choices: ["(|*)": []]))
    #expect(match("(|*)Norm[{L}]", "left-Norm[12]") == Pattern.Match(index: 12, choices: ["(|*)": Array("left-".utf8)]))
    #expect(match("(|*)Norm[{L}]", "é Norm[0]")?.choices == ["(|*)": Array("é ".utf8)])
    #expect(match("(|*)Norm[{L}]", "a/Norm[0]") == nil)
    #expect(match("(|*)Norm[{L}]", "a/b-Norm[0]") == nil)
    #expect(match("(|*)Norm", String(repeating: "Norm", count: 100_000) + "x") == nil)
  }

  @Test("a star steps through a hostile name without exploding")
  func hostileStar() {
    let name = String(repeating: "a/", count: 10_000)
    #expect(match("*a*a*a*a*a*b", name) == nil)
  }

  @Test(
    "what is no pattern",
    arguments: [
      "{", "}", "{}", "{l}", "{LL}", "{L:1}", "{L:03}", "{L:x}", "{L", "a}b", "{L:3:4}", "(", "(a)", "()", "(a|a)",
      "(a|b", "a)b", "(a|b*)", "a(|*)", "(a|{L})", "(a|b)(a|b)",
      "(a|b)*",
    ])
  func malformed(spelling: String) {
    #expect(Pattern(spelling) == nil)
  }

  @Test(
    "two patterns overlap when one name fits both",
    arguments: [
      ("a", "a", true), ("a", "b", false), ("a", "ab", false), ("layer_{L}", "layer_3", true),
      ("layer_{L}", "layer_x", false), ("layer_{L}/a", "layer_{L}/b", false), ("*/adam_m", "cls/*", true),
      ("*/adam_m", "*/adam_v", false), ("*/Adam", "*/Adam_1", false), ("*", "layer_{L}", true), ("a*", "*b", true),
      ("a*c", "b*c", false), ("x{L}", "x*", true), ("", "*", true), ("(a|b)c", "bc", true), ("(a|b)c", "cc", false),
      ("(|*)c", "bac", true), ("(|*)c", "b/c", false), ("(|*)c", "optimizer/*", false), ("(|*){L}", "(|*)7", true),
    ])
  func overlap(one: String, other: String, expected: Bool) throws {
    let (one, other) = (try #require(Pattern(one)), try #require(Pattern(other)))
    var allowance = 1_000
    #expect(one.overlaps(other, within: &allowance) == expected)
    #expect(other.overlaps(one, within: &allowance) == expected)
  }

  @Test("two patterns that are too alike use up the steps that are allowed")
  func allowance() throws {
    let texts = "a|aa|aaa|aaaa|aaaaa|aaaaaa|aaaaaaa"
    let one = try #require(Pattern("(\(texts))(\(texts)|)(\(texts)|b)x{L}"))
    let other = try #require(Pattern("(\(texts))(\(texts)|)(\(texts)|b)y{L}"))
    var allowance = 10
    #expect(one.overlaps(other, within: &allowance) == nil)
    allowance = 100_000
    #expect(one.overlaps(other, within: &allowance) == false)
  }
}
