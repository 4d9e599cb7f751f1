import Bytes
import SafeTensors
import Testing

/// One test for each rule of the format, most of them named as in the reference implementation's own tests.
@Suite("Malformed safetensors files") struct MalformedFileTests {
  @Test("a file shorter than the length of the header")
  func headerTooSmall() {
    #expect(
      message([UInt8](repeating: 0, count: 7)) == """
        x: damaged at byte 0: found 7 bytes left, expected 8 bytes for the length of a safetensors header. The file is cut \
        short or overwritten; get it again from where it came.
        """)
  }

  @Test("a header longer than the format allows", arguments: [UInt64(100_000_001), 1 << 63, .max])
  func headerTooLarge(length: UInt64) {
    #expect(
      message(bytes(length) + [0x7B, 0x7D]) == """
        x: damaged at byte 0: found a header of \(length) bytes, expected at most 100000000, the format's limit. This is no \
        safetensors file, or its beginning is overwritten.
        """)
  }

  @Test("a header longer than the file")
  func invalidHeaderLength() {
    #expect(
      message(bytes(60) + [0x7B, 0x7D]) == """
        x: damaged at byte 0: found a header of 60 bytes, expected at most 2, the rest of the file. The file is cut short or \
        overwritten; get it again from where it came.
        """)
  }

  @Test("a header of no bytes")
  func emptyHeader() {
    #expect(message(bytes(0)) == "x: damaged at byte 8: found the end of the text, expected a JSON object.")
  }

  @Test(
    "a header that is not a JSON object",
    arguments: [
      ("", 8, "the end of the text", "a JSON object"),
      ("[]", 8, "\"[\"", "a JSON object"),
      ("{} x", 11, "\"x\"", "the end of the JSON text"),
      ("{}\0", 10, "the byte 0x0", "the end of the JSON text"),
      ("\u{FEFF}{}", 8, "the byte 0xef", "a JSON object"),
      ("{\"a\":", 13, "the end of the text", "a JSON value"),
    ])
  func notJSON(header: String, byte: Int, found: String, expected: String) {
    #expect(message(header) == "x: damaged at byte \(byte): found \(found), expected \(expected).")
  }

  @Test("a header that is not UTF-8")
  func notUTF8() {
    #expect(
      message(bytes(6) + [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x7D])
        == "x: damaged at byte 9: found a string that is not UTF-8.")
  }

  @Test("a header nested deeper than any real one")
  func nesting() {
    let depth = 100_000
    let header = "{\"a\":" + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    #expect(message(header) == "x: damaged at byte 76: found nesting deeper than 64.")
  }

  @Test("white space around the header is allowed, before it since 2026", arguments: ["{}", "{} \t\n\r", "  {}"])
  func whiteSpace(header: String) throws {
    #expect(try SafeTensorsFile(file(header)).tensors.isEmpty)
  }

  @Test(
    "places that leave a hole, overlap or run backwards",
    arguments: [
      ([(1, 5)], 5, "tensor \"a\"", 9, "data that begin at 1", "0, where the data before them end"),
      ([(0, 4), (5, 9)], 9, "tensor \"b\"", 62, "data that begin at 5", "4, where the data before them end"),
      ([(0, 4), (3, 7)], 7, "tensor \"b\"", 62, "data that begin at 3", "4, where the data before them end"),
      ([(0, 4), (0, 4)], 4, "tensor \"b\"", 62, "data that begin at 0", "4, where the data before them end"),
      ([(4, 0)], 4, "tensor \"a\"", 9, "the data_offsets [4,0]", "two, the end not before the beginning"),
    ])
  func places(
    offsets: [(Int, Int)], length: Int, object: String, byte: Int, found: String, expected: String
  ) {
    #expect(
      message(declarations(offsets), data: length)
        == "x: damaged at byte \(byte), in \(object): found \(found), expected \(expected).")
  }

  @Test("data that end before the last tensor does")
  func missingData() {
    #expect(
      message(declarations([(0, 4), (4, 8)]), data: 7) == """
        x: damaged at byte 62, in tensor "b": found data that end at 8, expected at most 7, the length of the data. The file is \
        cut short or overwritten; get it again from where it came.
        """)
  }

  @Test("data that no tensor owns")
  func extraData() {
    #expect(
      message(declarations([(0, 4)]), data: 6) == """
        x: damaged at byte 66: found 2 bytes that belong to no tensor, expected the end of the file. The file is cut short or \
        overwritten; get it again from where it came.
        """)
  }

  @Test("data of another size than type and shape demand")
  func invalidInfo() {
    #expect(
      message(tensor(shape: "[2,2]", offsets: "[0,8]"), data: 8)
        == "x: damaged at byte 9, in tensor \"a\": found 8 bytes of data, expected 16 for F32 [2, 2].")
  }

  @Test(
    "a shape whose size overflows",
    arguments: ["[4611686018427387904,2]", "[2305843009213693952]", "[4611686018427387904,4,0]"])
  func overflow(shape: String) {
    #expect(
      message(tensor(shape: shape, offsets: "[0,0]"))
        == "x: damaged at byte 9, in tensor \"a\": found the shape \(shape) of F32, expected a size below 2^63 bytes.")
  }

  @Test("a name that occurs twice, which the reference implementation lets pass")
  func duplicate() {
    let one = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    #expect(
      message("{\(one),\(one)}", data: 4)
        == "x: damaged at byte 62: found the name \"a\" a second time in one object.")
  }

  @Test(
    "numbers that are not whole numbers from 0 on",
    arguments: [
      ("-1", "the number -1"), ("1.0", "the number 1.0"), ("1e0", "the number 1e0"), ("-0", "the number -0"),
      ("\"1\"", "a string"), ("9223372036854775808", "the number 9223372036854775808"), ("null", "null"),
    ])
  func numbers(spelling: String, found: String) {
    let expected = "expected whole numbers from 0 to 2^63 - 1"
    #expect(
      message(tensor(shape: "[\(spelling)]", offsets: "[0,4]"), data: 4)
        == "x: damaged at byte 9, in tensor \"a\": found \(found) in shape, \(expected).")
    #expect(
      message(tensor(shape: "[1]", offsets: "[0,\(spelling)]"), data: 4)
        == "x: damaged at byte 9, in tensor \"a\": found \(found) in data_offsets, \(expected).")
  }

  @Test(
    "a type of elements that is unknown, misspelled or smaller than a byte", arguments: ["F4", "F6_E2M3", "f32", "FOO"])
  func unknownType(dtype: String) {
    #expect(
      message(tensor(dtype: "\"\(dtype)\"", shape: "[2]", offsets: "[0,1]"), data: 1) == """
        x: unsupported at byte 9, in tensor "a": found the dtype "\(dtype)", expected one of BOOL, U8, I8, F8_E5M2, F8_E4M3, \
        F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, I16, U16, F16, BF16, I32, U32, F32, C64, F64, I64, U64.
        """)
  }

  @Test(
    "a declaration that misses a part or has the wrong one",
    arguments: [
      ("3", "the number 3", "an object with dtype, shape and data_offsets"),
      ("{}", "no dtype", "the type of the elements"),
      (#"{"dtype":1}"#, "the number 1 as dtype", "a string"),
      (#"{"dtype":"U8"}"#, "no shape", "a list of extents"),
      (#"{"dtype":"U8","shape":1}"#, "the number 1 as shape", "whole numbers from 0 to 2^63 - 1"),
      (#"{"dtype":"U8","shape":[]}"#, "no data_offsets", "where the data begin and end"),
      (
        #"{"dtype":"U8","shape":[],"data_offsets":[0,1,2]}"#, "the data_offsets [0,1,2]",
        "two, the end not before the beginning"
      ),
      (
        #"{"dtype":"U8","shape":[],"data_offsets":{}}"#, "an object as data_offsets", "whole numbers from 0 to 2^63 - 1"
      ),
    ])
  func declaration(json: String, found: String, expected: String) {
    #expect(
      message("{\"a\":\(json)}") == "x: damaged at byte 9, in tensor \"a\": found \(found), expected \(expected).")
  }

  @Test("members that the format does not know are passed over")
  func extraFields() throws {
    let header = #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"note":{"x":[1]}}}"#
    #expect(try SafeTensorsFile(file(header, data: 1)).tensors.count == 1)
  }

  @Test("metadata that are not texts, or repeat")
  func metadata() throws {
    #expect(
      message(#"{"__metadata__":{"a":1}}"#)
        == "x: damaged at byte 9, in __metadata__: found the number 1 under \"a\", expected a string.")
    #expect(
      message(#"{"__metadata__":[]}"#)
        == "x: damaged at byte 9, in __metadata__: found an array, expected an object of strings.")
    #expect(
      message(#"{"__metadata__":{"a":"","a":""}}"#)
        == "x: damaged at byte 32: found the name \"a\" a second time in one object.")
    #expect(try SafeTensorsFile(file(#"{"__metadata__":null}"#)).metadata.isEmpty)
  }

  @Test("names may be anything, and are escaped where they are shown")
  func names() throws {
    let header = #"{"\u0000../\u202e":{"dtype":"U8","shape":[],"data_offsets":[0,2]}}"#
    #expect(
      message(header, data: 2)
        == #"x: damaged at byte 9, in tensor "\u{0}../\u{202e}": found 2 bytes of data, expected 1 for U8 []."#)
  }

  @Test("a name, a rank and a number of tensors beyond the limits")
  func limits() {
    let long = String(repeating: "n", count: 4_097)
    #expect(
      message("{\"\(long)\":{}}") == """
        x: refused at byte 9, in tensor "\(long.dropLast())": found a name of 4097 bytes, expected at most 4096 bytes.
        """)
    let ones = "[" + Array(repeating: "1", count: 33).joined(separator: ",") + "]"
    #expect(
      message(tensor(shape: ones, offsets: "[0,4]"), data: 4)
        == "x: refused at byte 9, in tensor \"a\": found 33 dimensions, expected at most 32.")
    var limits = SafeTensorsFile.Limits()
    limits.tensors = 1
    let problem = #expect(throws: Problem.self) {
      try SafeTensorsFile(file(declarations([(0, 4), (4, 8)]), data: 8), limits: limits)
    }
    #expect(problem?.description == "x: refused at byte 62: found more than 1 tensors, expected at most 1.")
  }

  @Test("a hundred thousand names for the same bytes")
  func aliases() {
    let member = #""dtype":"F32","shape":[2,2],"data_offsets":[0,16]}"#
    let header = "{" + (0..<100_000).map { "\"w\($0)\":{\(member)" }.joined(separator: ",") + "}"
    #expect(
      message(header, data: 16) == """
        x: damaged at byte 66, in tensor "w1": found data that begin at 0, expected 16, where the data before them end.
        """)
  }
}

private func bytes(_ length: UInt64) -> [UInt8] { withUnsafeBytes(of: length.littleEndian) { Array($0) } }

private func file(_ header: String, data: Int = 0) -> ByteView {
  ByteView(bytes(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 1, count: data), file: "x")
}

private func tensor(dtype: String = "\"F32\"", shape: String, offsets: String) -> String {
  "{\"a\":{\"dtype\":\(dtype),\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
}

/// Tensors `a`, `b` … of one number each at the given places.
private func declarations(_ offsets: [(Int, Int)]) -> String {
  let members = zip(["a", "b", "c"], offsets).map { name, place in
    "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(place.0),\(place.1)]}"
  }
  return "{" + members.joined(separator: ",") + "}"
}

private func message(_ header: String, data: Int = 0) -> String? { message(file(header, data: data)) }

private func message(_ bytes: [UInt8]) -> String? { message(ByteView(bytes, file: "x")) }

private func message(_ view: ByteView) -> String? {
  do {
    _ = try SafeTensorsFile(view)
    return nil
  } catch {
    return "\(error)"
  }
}
