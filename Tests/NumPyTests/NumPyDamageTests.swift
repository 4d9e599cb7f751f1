import Bytes
import Foundation
import NumPy
import TestSupport
import Tensors
import Testing

/// Puts together a `.npy` file out of a header's text and data.
private func npy(_ header: String, version: (UInt8, UInt8) = (1, 0), data: [UInt8] = []) -> [UInt8] {
  npy(Array(header.utf8), version: version, data: data)
}

private func npy(_ header: [UInt8], version: (UInt8, UInt8) = (1, 0), data: [UInt8] = []) -> [UInt8] {
  let count = (0..<(version.0 == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [version.0, version.1] + count + header + data
}

private func header(
  descr: String = "'<f4'", fortranOrder: String = "False", shape: String = "(2, 2)"
) -> String {
  "{'descr': \(descr), 'fortran_order': \(fortranOrder), 'shape': \(shape), }\n"
}

private func expectProblem(
  _ bytes: [UInt8], _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let problem = #expect(throws: Problem.self, sourceLocation: sourceLocation) {
    try NumPyArray(ByteView(bytes, file: "x.npy"))
  }
  #expect(problem?.description == message, sourceLocation: sourceLocation)
}

private let sixteen = [UInt8](0..<16)

@Suite("Malformed beginnings of .npy files") struct NumPyBeginningTests {
  @Test("no .npy at all")
  func noArray() {
    let expected = "expected 93 4E 55 4D 50 59, with which every .npy begins."
    expectProblem([], "x.npy: damaged at byte 0: found an empty file, \(expected)")
    expectProblem([0x93, 0x4E], "x.npy: damaged at byte 0: found the bytes 93 4E, \(expected)")
    expectProblem(
      Array("<html></html>".utf8), "x.npy: damaged at byte 0: found the bytes 3C 68 74 6D 6C 3E, \(expected)")
  }

  @Test("a bare pickle", arguments: [2, 3, 4, 5] as [UInt8])
  func pickle(protocolVersion: UInt8) {
    expectProblem(
      [0x80, protocolVersion, 0x5D, 0x2E, 0, 0, 0],
      "x.npy: refused at byte 0: found a Python pickle, expected an array in NumPy's own format. "
        + "Reading a pickle can run any program hidden in it; in NumPy, save the array again with a numeric dtype.")
  }

  @Test("a version that does not exist", arguments: [(0, 9), (1, 1), (4, 0)] as [(UInt8, UInt8)])
  func version(major: UInt8, minor: UInt8) {
    expectProblem(
      npy(header(), version: (major, minor), data: sixteen),
      "x.npy: unsupported at byte 6: found version \(major).\(minor) of the .npy format, "
        + "expected version 1.0, 2.0 or 3.0.")
  }

  @Test("a header longer than the file")
  func longHeader() {
    let bytes = patched(npy(header(), version: (2, 0)), at: 8, with: [0, 0, 0, 0x80])
    expectProblem(
      bytes,
      "x.npy: damaged at byte 12: found \(bytes.count - 12) bytes left, expected a header of 2147483648 bytes. "
        + "The file is cut short or overwritten; get it again from where it came.")
  }

  @Test("a header beyond NumPy's own limit")
  func hugeHeader() {
    expectProblem(
      npy(header() + String(repeating: " ", count: 10_001 - header().utf8.count), data: sixteen),
      "x.npy: refused at byte 10: found a header of 10001 bytes, expected at most 10000 bytes, NumPy's own limit.")
  }

  @Test("an end in the middle of version or length")
  func short() {
    let whole = npy(header())
    expectProblem(
      Array(whole.prefix(9)),
      "x.npy: damaged at byte 8: found 1 bytes left, expected 2 bytes for the length of the header. "
        + "The file is cut short or overwritten; get it again from where it came.")
  }
}

@Suite("Malformed headers of .npy files") struct NumPyHeaderDamageTests {
  @Test(
    "a header that is no dictionary of the three keys",
    arguments: [
      ("[1, 2]", "a list as the header, expected a dictionary"),
      ("{}", "a header with no keys, expected 'descr', 'fortran_order' and 'shape'"),
      (
        "{'descr': '<f4', 'shape': ()}",
        "a header with only descr and shape, expected 'descr', 'fortran_order' and 'shape'"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': 1}",
        "the text 'x' as a key of the header, expected 'descr', 'fortran_order' and 'shape'"
      ),
      ("{4: 1}", "the number 4 as a key of the header, expected 'descr', 'fortran_order' and 'shape'"),
      ("{'shape': (), 'shape': (1,)}", "the key 'shape' twice in the header, expected every key once"),
    ])
  func keys(text: String, message: String) {
    expectProblem(npy(text, data: sixteen), "x.npy: damaged at byte 10: found \(message).")
  }

  @Test(
    "a shape that is no tuple of extents",
    arguments: [
      ("4", "the number 4 as 'shape', expected a tuple of whole numbers"),
      ("(4)", "the number 4 as 'shape', expected a tuple of whole numbers"),
      ("[2, 2]", "a list as 'shape', expected a tuple of whole numbers"),
      ("None", "None as 'shape', expected a tuple of whole numbers"),
      ("(True, 4)", "True in 'shape', expected whole numbers from 0"),
      ("(-2, -2)", "the number -2 in 'shape', expected whole numbers from 0"),
      ("((2,), 2)", "a tuple in 'shape', expected whole numbers from 0"),
      ("('2', 2)", "the text '2' in 'shape', expected whole numbers from 0"),
      (
        "(4611686018427387905, 4)",
        "the shape [4611686018427387905, 4], whose size overflows, expected a shape of less than 2^63 bytes"
      ),
      (
        "(2305843009213693952,)",
        "the shape [2305843009213693952], whose size overflows, expected a shape of less than 2^63 bytes"
      ),
      ("(\(String(repeating: "1,", count: 65)))", "a shape of 65 extents, expected at most 64"),
    ])
  func shape(text: String, message: String) {
    expectProblem(npy(header(shape: text), data: sixteen), "x.npy: damaged at byte 10: found \(message).")
  }

  @Test("a layout or a type of the wrong kind")
  func wrongKinds() {
    expectProblem(
      npy(header(fortranOrder: "0"), data: sixteen),
      "x.npy: damaged at byte 10: found the number 0 as 'fortran_order', expected True or False.")
    expectProblem(
      npy(header(descr: "None"), data: sixteen),
      "x.npy: damaged at byte 10: found None as 'descr', expected the text of a dtype.")
  }

  @Test(
    "text that is no Python literal, at the byte where it stops being one",
    arguments: [
      ("{'shape': __import__('os')}", 20, "the character '_', expected a Python literal"),
      ("{'shape': (2, 2)", 26, "the end of the header, expected a comma or '}'"),
      ("{'shape': (2 2)}", 23, "the character '2', expected a comma or ')'"),
      ("{'shape' (2,)}", 19, "the character '(', expected a colon"),
      ("{'shape': (0x2,)}", 22, "the character 'x', expected a comma or ')'"),
      ("{'shape': (99999999999999999999,)}", 21, "the character '9', expected a whole number of at most 63 bits"),
      ("{'shape': (-,)}", 21, "the character '-', expected a whole number of at most 63 bits"),
      ("{'descr': '<f4}", 25, "the end of the header, expected the quote that ends the text"),
      ("{'descr': '<f4\n'}", 24, "the character '\\u{a}', expected the end of the text before the line ends"),
      ("{'descr': 'a\\", 23, "the end of the header, expected an escaped character"),
      ("{'descr': '\\q'}", 22, "the character 'q', expected an escape that NumPy writes"),
      ("{'descr': '\\x4'}", 23, "the character '4', expected 2 hexadecimal digits of a character"),
      ("{'descr': '\\ud800'}", 23, "the character 'd', expected 4 hexadecimal digits of a character"),
      ("{'descr': '<f4'} + 1", 27, "the character '+', expected the end of the header"),
      ("", 10, "the end of the header, expected a Python literal"),
      (
        String(repeating: "[", count: 5_000), 26, "the character '[', expected at most 16 levels of brackets"
      ),
    ])
  func syntax(text: String, byte: Int, message: String) {
    expectProblem(npy(text, data: sixteen), "x.npy: damaged at byte \(byte): found \(message).")
  }

  @Test("version 3.0 is UTF-8 and counts its bytes; versions before are Latin-1")
  func encodings() {
    expectProblem(
      npy(Array("{'层': 1".utf8), version: (3, 0)),
      "x.npy: damaged at byte 21: found the end of the header, expected a comma or '}'.")
    expectProblem(
      npy(Array("{'层': 1".utf8), version: (1, 0)),
      "x.npy: damaged at byte 19: found the end of the header, expected a comma or '}'.")
    expectProblem(
      npy([0x7B, 0xE9], version: (3, 0)),
      "x.npy: damaged at byte 12: found a header that is not UTF-8, expected UTF-8, as version 3.0 has it.")
    expectProblem(
      npy([0x7B, 0x27, 0xE9, 0x27, 0x3A, 0x31, 0x7D], version: (2, 0)),
      "x.npy: damaged at byte 12: found the text 'é' as a key of the header, "
        + "expected 'descr', 'fortran_order' and 'shape'.")
  }

  @Test(
    "spellings that NumPy accepts too",
    arguments: [
      header(shape: "(2L, 2L)"), header(shape: "( 2,2 ,)"),
      header(descr: "'=f4'"), header(descr: "'f4'"), header(descr: "'|f4'"),
      header(descr: "\"float32\""), header(descr: "'\\x3cf\\u0034'"), "  " + header() + "  \n\n",
      "{\"shape\":(2,2),\"fortran_order\":False,\"descr\":\"<f4\"}",
    ])
  func spellings(text: String) throws {
    let array = try NumPyArray(ByteView(npy(text, data: sixteen), file: "x.npy"))
    #expect(array.elementType == .float32)
    #expect(array.shape == [2, 2])
    #expect(try Tensor(reading: array).bytes.array() == sixteen)
  }

  @Test("a shape can have 64 extents")
  func highestRank() throws {
    let text = header(fortranOrder: "True", shape: "(4,\(String(repeating: " 1,", count: 63)))")
    let array = try NumPyArray(ByteView(npy(text, data: sixteen), file: "x.npy"))
    #expect(array.shape.rank == 64)
    #expect(try Tensor(reading: array).bytes.array() == sixteen)
  }

  @Test("a shape with an extent of 0 is empty, however large the others are", arguments: ["False", "True"])
  func emptyButHuge(order: String) throws {
    let text = header(descr: "'>f8'", fortranOrder: order, shape: "(0, 4611686018427387904)")
    let array = try NumPyArray(ByteView(npy(text), file: "x.npy"))
    #expect(array.byteCount == 0)
    #expect(try Tensor(reading: array).bytes.count == 0)
  }
}

@Suite("Malformed data of .npy files") struct NumPyDataDamageTests {
  @Test("data that are cut short")
  func short() {
    let text = header()
    expectProblem(
      npy(text, data: sixteen.dropLast()),
      "x.npy: damaged at byte \(10 + text.utf8.count): found 15 bytes of data, expected 16 bytes for float32 [2, 2]. "
        + "The file is cut short; get it again from where it came.")
  }

  @Test("bytes behind the data are ignored in a file, with a remark, as NumPy ignores them")
  func long() throws {
    let array = try NumPyArray(ByteView(npy(header(), data: sixteen + [1, 2, 3, 4]), file: "x.npy"))
    #expect(array.remarks == ["4 bytes behind the data are ignored"])
    #expect(array.contiguousBytes?.array() == sixteen)
  }

  @Test("in an archive the data end with the member")
  func archive() throws {
    let file = Fixtures.folder("NumPy").appending(path: "numpy-2.4/archives/stored.npz")
    let bytes = Array(try Data(contentsOf: file))
    let shape = try #require(bytes.indices.first { bytes[$0...].starts(with: "(3, 4)".utf8) })
    func problem(_ text: String) throws -> String? {
      let archive = try NumPyArchive(ByteView(patched(bytes, at: shape, with: Array(text.utf8)), file: "x.npz"))
      return #expect(throws: Problem.self) { try archive["w"] }?.description
    }
    #expect(
      try problem("(3, 3)")
        == "x.npz(w.npy): damaged at byte 128: found 48 bytes of data, expected 36 bytes for float32 [3, 3].")
    #expect(
      try problem("(3, 5)")
        == "x.npz(w.npy): damaged at byte 128: found 48 bytes of data, expected 60 bytes for float32 [3, 5]. "
        + "The file is cut short; get it again from where it came.")
  }

  @Test(
    "a range outside the data", arguments: [("False", "<f4"), ("True", "<f4"), ("False", ">f4"), ("True", ">f4")])
  func range(order: String, type: String) throws {
    let array = try NumPyArray(
      ByteView(npy(header(descr: "'\(type)'", fortranOrder: order), data: sixteen), file: "x.npy"))
    for (offset, count) in [(-1, 1), (17, 0), (10, 7), (Int.max, 1)] {
      let problem = #expect(throws: Problem.self) {
        try ByteView(count: count) { try array.read(at: offset, into: $0) }
      }
      #expect(
        problem?.found == "\(count) bytes at offset \(offset) of the data"
          && problem?.expected == "a range inside their 16 bytes")
    }
  }

  @Test("pieces that begin and end inside elements, of arrays swapped and transposed")
  func pieces() throws {
    for order in ["False", "True"] {
      let text = header(descr: "'>c8'", fortranOrder: order, shape: "(3, 2, 2)")
      let array = try NumPyArray(ByteView(npy(text, data: [UInt8](0..<96)), file: "x.npy"))
      let whole = try Tensor(reading: array).bytes.array()
      #expect(whole.prefix(8) == [3, 2, 1, 0, 7, 6, 5, 4])
      for start in 0...96 {
        for end in start...96 {
          let part = try ByteView(count: end - start) { try array.read(at: start, into: $0) }
          #expect(part.array() == Array(whole[start..<end]))
        }
      }
    }
  }
}
