import Bytes
import Foundation
import NumPy
import TestSupport
import Testing

/// Arrays that NumPy wrote and that hold no numbers.
@Suite("Arrays that are not read") struct NumPyRefusalTests {
  static let messages: [String: String] = {
    let numbers =
      "expected numbers: b1, i1 to i8, u1 to u8, f2 to f8, c8 or c16. "
      + "In NumPy, save the array again with a numeric dtype."
    let pickle =
      "Reading a pickle can run any program hidden in it; in NumPy, save the array again with a numeric dtype."
    return [
      "object": "refused at byte 10: found an object array ('|O'), which is a Python pickle, "
        + "expected numbers; object arrays are refused. \(pickle)",
      "pickle": "refused at byte 0: found a Python pickle, expected an array in NumPy's own format. \(pickle)",
      "structured": "unsupported at byte 10: found a structured array, \(numbers)",
      "text": "unsupported at byte 10: found an array of text ('<U2'), \(numbers)",
      "bytes": "unsupported at byte 10: found an array of byte strings ('|S3'), \(numbers)",
      "date": "unsupported at byte 10: found an array of dates ('<M8[D]'), \(numbers)",
      "span": "unsupported at byte 10: found an array of time spans ('<m8[s]'), \(numbers)",
      "raw": "unsupported at byte 10: found an array of raw bytes ('|V3'), \(numbers)",
      "long-double": "unsupported at byte 10: found an array of long doubles ('<f16'), \(numbers)",
      "complex-long-double":
        "unsupported at byte 10: found an array of complex long doubles ('<c32'), \(numbers)",
    ]
  }()

  static func files() throws -> [URL] {
    let folder = Fixtures.folder("NumPy").appending(path: "numpy-2.4/unreadable")
    return try Fixtures.files(in: folder, withExtension: "npy", atLeast: messages.count)
  }

  @Test("each is named", arguments: try files())
  func message(file: URL) throws {
    let name = file.deletingPathExtension().lastPathComponent
    let message = try #require(Self.messages[name], "\(name) has no message")
    var bytes = try ByteView(mapping: file.path)
    bytes.file = "x.npy"
    let problem = #expect(throws: Problem.self) { try NumPyArray(bytes) }
    #expect(problem?.description == "x.npy: \(message)")
  }

  @Test(
    "types that nobody writes are named as they stand",
    arguments: ["<f3", "zz", "", ">V2", "bfloat16", "<", "\u{1B}"])
  func unknown(type: String) throws {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': ()}"
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + [0, 0, 0, 0]
    let problem = #expect(throws: Problem.self) { try NumPyArray(ByteView(bytes)) }
    #expect(problem?.kind == .unsupported)
    let noun = type == ">V2" ? "an array of raw bytes ('>V2')" : "the type '\(type)'"
    #expect(problem?.found == noun)
  }
}
