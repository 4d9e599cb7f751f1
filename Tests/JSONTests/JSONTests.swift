import Bytes
import JSON
import Testing

@Suite("JSON") struct JSONTests {
  @Test("a document keeps the order of members and the spelling of numbers")
  func roundTrip() throws {
    let text = #"{"b":[1,-0.5e+10,true,null],"a":{"月\n\"":"\u0001"},"":[],"e":{}}"#
    #expect(try JSON(parsing: text).compact == text)
  }

  @Test("an object's members come one by one, each with the byte at which it stands")
  func members() throws {
    let view = try ByteView(Array(#"xx {"a":1, "b":[2]} "#.utf8)).slice(at: 2, count: 18, of: "the object")
    var seen: [(JSON.Member, Int)] = []
    try JSON.forEachMember(parsing: view) { seen.append(($0, $1)) }
    #expect(seen.map(\.0) == [JSON.Member("a", 1), JSON.Member("b", [2])])
    #expect(seen.map(\.1) == [4, 11])
    let brackets = ByteView(Array("[]".utf8))
    let array = #expect(throws: Problem.self) { try JSON.forEachMember(parsing: brackets) { _, _ in } }
    #expect(array?.description == #"memory: damaged at byte 0: found "[", expected a JSON object."#)
  }

  @Test("two names that only look alike are two names")
  func normalForms() throws {
    #expect(try JSON(parsing: #"{"\u00e9":1,"e\u0301":2}"#).members?.count == 2)
  }

  @Test("indented JSON puts each member on a line of its own")
  func indented() {
    let value: JSON = ["a": [1, "x"], "b": [:]]
    #expect(value.indented == "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {}\n}")
  }

  @Test("escapes stand for the scalars that RFC 8259 gives them")
  func escapes() throws {
    #expect(try JSON(parsing: #""\"\\\/\b\f\n\r\t\u6708\ud83d\ude00""#) == .string("\"\\/\u{8}\u{c}\n\r\t月😀"))
  }

  @Test(
    "text that is not JSON is damaged at the byte where it stops being JSON",
    arguments: [
      ("", 0, "the end of the text", "a JSON value"),
      ("{} x", 3, "\"x\"", "the end of the JSON text"),
      ("[1,]", 3, "\"]\"", "a JSON value"),
      ("[01]", 2, "\"1\"", "\"]\""),
      ("[1.]", 3, "\"]\"", "a digit"),
      ("[NaN]", 1, "\"N\"", "a JSON value"),
      ("nul", 3, "the end of the text", "\"l\""),
      ("{1:2}", 1, "\"1\"", "a member's name"),
      ("{\"a\" 2}", 5, "\"2\"", "\":\""),
      ("{\"a\":1,\"a\":2}", 7, "the name \"a\" a second time in one object", nil),
      ("\"a", 2, "the end of the text", "a string's closing quotation mark"),
      ("\"\n\"", 1, "the byte 0xa", "a string's closing quotation mark"),
      ("\"\\x\"", 2, "\"x\"", "one of \"\\/bfnrtu after a backslash"),
      ("\"\\u12g4\"", 5, "\"g\"", "four hexadecimal digits"),
      ("\"\\ud800\"", 3, "a surrogate without its partner", nil),
      (String(repeating: "[", count: 65), 64, "nesting deeper than 64", nil),
    ] as [(String, Int, String, String?)])
  func damaged(text: String, byte: Int, found: String, expected: String?) {
    #expect(throws: Problem(.damaged, file: "x", byte: byte, found: found, expected: expected)) {
      try JSON(parsing: text, file: "x")
    }
  }

  @Test("a string that is not UTF-8 is damaged")
  func invalidUTF8() {
    let view = ByteView([0x22, 0xFF, 0x22], file: "x")
    #expect(throws: Problem(.damaged, file: "x", byte: 0, found: "a string that is not UTF-8")) {
      try JSON(parsing: view)
    }
  }
}
