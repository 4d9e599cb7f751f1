import Bytes
import HDF5
import Testing

/// What is wrong with an attribute, and what a user reads about it.
@Suite("Malformed attributes") struct MalformedAttributeTests {
  /// Where things lie in the attribute `names` of the fixture `tiny`, a version 1 message with two strings.
  private enum Names {
    static let name = 8
    static let extent = 8 + 8 + 24 + 8
    static let strings = 8 + 8 + 24 + 24
  }

  private func names(
    _ message: String, at location: SourceLocation = #_sourceLocation, _ change: (inout Patch, Int) -> Void
  ) throws {
    try check("tiny", message, at: location) { patch in
      let attribute = patch.place(of: "names\0") - Names.name
      change(&patch, attribute)
    }
  }

  @Test("a string whose heap object is missing") func heapObjectAbsent() throws {
    try names(
      """
      x.h5: damaged at byte 2048, in /, attribute names: found no object 77 in a global heap collection, \
      expected one of its 2 objects.
      """
    ) { $0.write(UInt32(77), at: $1 + Names.strings + 12) }
  }

  @Test("a string longer than its heap object") func stringLength() throws {
    try names(
      """
      x.h5: damaged at byte 896, in /, attribute names: found a string of 4294967295 bytes in a heap object \
      of 1, expected one that fits.
      """
    ) { $0.write(UInt32.max, at: $1 + Names.strings) }
  }

  @Test("a string in a collection that is nowhere") func collectionAddress() throws {
    try names(
      """
      x.h5: damaged in /, attribute names: found the address 1125899906842624 for a global heap collection, \
      expected a place inside the 11216 bytes of the file. The file is cut short or overwritten; get it \
      again from where it came.
      """
    ) { $0.write(UInt64(1 << 50), at: $1 + Names.strings + 4) }
    try names(
      """
      x.h5: damaged at byte 9, in /, attribute names: found no signature GCOL, expected a global heap \
      collection.
      """
    ) { $0.write(UInt64(9), at: $1 + Names.strings + 4) }
  }

  @Test("a global heap collection without a size") func collectionSize() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 2048, in /, attribute names: found a global heap collection of 0 bytes, \
      expected 16 to 11216 bytes.
      """
    ) { $0.write(UInt64(0), at: $0.place(of: "GCOL") + 8) }
    try check(
      "tiny",
      """
      x.h5: damaged at byte 2048, in /, attribute names: found a global heap collection of \
      18446744073709551615 bytes, expected 16 to 11216 bytes.
      """
    ) { $0.write(UInt64.max, at: $0.place(of: "GCOL") + 8) }
  }

  @Test("a heap object longer than its collection") func heapObjectSize() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 2080, in /, attribute names: found 4064 bytes left, expected \
      9223372036854775807 bytes for a heap object. The file is cut short or overwritten; get it again from \
      where it came.
      """
    ) { $0.write(UInt64.max, at: $0.place(of: "GCOL") + 16 + 8) }
  }

  @Test("a second heap object of one index") func heapObjectTwice() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 2088, in /, attribute names: found a second object 1 in a global heap \
      collection.
      """
    ) { $0.write(UInt16(1), at: $0.place(of: "GCOL") + 16 + 24) }
  }

  @Test("more elements than an attribute has bytes") func attributeCount() throws {
    try names(
      """
      x.h5: damaged at byte 896, in /, attribute names: found 1099511627776 elements of 16 bytes in an \
      attribute, expected no more than its 32 bytes.
      """
    ) { $0.write(UInt64(1 << 40), at: $1 + Names.extent) }
  }

  @Test("an attribute name that is no UTF-8") func attributeName() throws {
    try names(
      """
      x.h5: damaged at byte 840, in /: found an attribute name that is empty or no UTF-8, expected a name \
      in UTF-8.
      """
    ) { $0.bytes[$1 + Names.name] = 0xC3 }
  }

  @Test("an attribute name without a length") func attributeNameLength() throws {
    try names(
      """
      x.h5: damaged at byte 840, in /: found an attribute name of 0 bytes, expected 1 to 4096 bytes and a \
      NUL.
      """
    ) { $0.write(UInt16(0), at: $1 + 2) }
  }

  @Test("a string that is no UTF-8") func stringEncoding() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 2080, in /, attribute names: found a string that is no UTF-8, expected UTF-8.
      """
    ) { $0.bytes[$0.place(of: "字")] = 0xFF }
  }

  /// `layer_names` of `keras_h5py2`: three strings of 11 bytes, padded with NUL, of which the first is 11 bytes long.
  private func fixedStrings(_ change: (inout Patch, Int) -> Void) throws -> [String]? {
    var patch = try Patch("keras_h5py2")
    let strings = patch.place(of: "Input-Token嵌入")
    change(&patch, strings)
    return try HDF5File(ByteView(patch.bytes, file: "x.h5")).root.attribute("layer_names")?.strings()
  }

  @Test("strings of fixed length lose the NULs at their end and no others") func fixedPadding() throws {
    #expect(try fixedStrings { _, _ in } == ["Input-Token", "嵌入-词", "Dense"])
    #expect(try fixedStrings { $0.bytes[$1 + 5] = 0 } == ["Input\0Token", "嵌入-词", "Dense"])
    #expect(try fixedStrings { $0.bytes[$1 + 27] = 0x73 } == ["Input-Token", "嵌入-词", "Denses"])
  }

  @Test("a string of fixed length that is no UTF-8") func fixedEncoding() throws {
    let problem = #expect(throws: Problem.self) { try fixedStrings { $0.bytes[$1 + 11] = 0xFF } }
    #expect(
      problem?.description == """
        x.h5: damaged at byte 899, in /, attribute layer_names: found a string that is no UTF-8, expected UTF-8.
        """)
  }

  private static let again = "The file is cut short or overwritten; get it again from where it came."

  /// Two random bytes of each were changed; libhdf5 1.10.8 crashes on all of them.
  @Test(
    "files that crash libhdf5",
    arguments: [
      (
        "crash-listing-1",
        "2048, in /, attribute layer_names: found no object 15597569 in a global heap collection, expected one of its 9 objects."
      ),
      (
        "crash-listing-2",
        "2192, in /, attribute backend: found 3952 bytes left, expected 9223372036854775807 bytes for a heap object. \(again)"
      ),
      (
        "crash-listing-3",
        "2128, in /, attribute backend: found 4016 bytes left, expected 1900559 bytes for a heap object. \(again)"
      ),
      (
        "crash-listing-4",
        "2288, in /, attribute backend: found 3856 bytes left, expected 6424 bytes for a heap object. \(again)"
      ),
      (
        "crash-data-1",
        "14400, in /packed: found a chunk outside of the dataset or between chunks, expected one of its chunks."
      ),
      (
        "crash-data-2",
        "14400, in /packed: found a chunk outside of the dataset or between chunks, expected one of its chunks."
      ),
    ])
  func hostile(name: String, message: String) throws {
    let patch = try Patch("../HDF5Library/\(name)")
    #expect(patch.problem() == "x.h5: damaged at byte \(message)")
  }

  @Test("strings that only share a heap object are bounded") func stringBomb() throws {
    // 2 000 strings, all of them the same 60 000 bytes: 120 MB from a file of 100 kB.
    try names(
      """
      x.h5: refused at byte 71344, in /, attribute names: found strings of more than 16777216 bytes in one \
      attribute, expected at most that many.
      """
    ) { patch, message in
      let collection = patch.bytes.count
      patch.bytes += Array("GCOL".utf8) + [1, 0, 0, 0] + [UInt8](repeating: 0x61, count: 60_024)
      patch.write(UInt64(60_032), at: collection + 8)
      patch.write(UInt64(1), at: collection + 16)
      patch.write(UInt64(60_000), at: collection + 24)
      // A copy of the message with more strings, in a continuation block that replaces the old one.
      let continuation = patch.message(0x10, in: 96)
      let symbolTable = patch.message(0x11, in: 96)
      let block = patch.bytes.count
      patch.bytes += patch.bytes[(symbolTable - 8)..<(symbolTable + 16)]
      let copy = patch.bytes.count
      patch.bytes += [0x0C, 0, 0, 0, 0, 0, 0, 0] + patch.bytes[message..<(message + Names.strings)]
      for _ in 0..<2_000 {
        patch.bytes += [UInt8](repeating: 0, count: 16)
        let string = patch.bytes.count - 16
        patch.write(UInt32(60_000), at: string)
        patch.write(UInt64(collection), at: string + 4)
        patch.write(UInt32(1), at: string + 12)
      }
      patch.write(UInt16(patch.bytes.count - copy - 8), at: copy + 2)
      patch.write(UInt64(2_000), at: copy + 8 + Names.extent)
      patch.write(UInt64(block), at: continuation)
      patch.write(UInt64(patch.bytes.count - block), at: continuation + 8)
      patch.write(UInt64(patch.bytes.count), at: 40)
    }
  }

  @Test("numbers where strings are asked for, and the other way round") func attributeTypes() throws {
    let root = try HDF5File(ByteView(Patch("attributes").bytes, file: "x.h5")).root
    let messages = [
      #expect(throws: Problem.self) { try root.attribute("number")?.strings() },
      #expect(throws: Problem.self) { try root.attribute("text")?.integers() },
      #expect(throws: Problem.self) { try root.attribute("floats")?.integers() },
      #expect(throws: Problem.self) { try root.attribute("variable")?.text() },
    ]
    #expect(
      messages.map { $0?.description } == [
        "x.h5: mismatched at byte 1520, in /, attribute number: found elements of type int64, expected strings.",
        "x.h5: mismatched at byte 1272, in /, attribute text: found strings of variable length, expected numbers.",
        "x.h5: mismatched at byte 1696, in /, attribute floats: found elements of type float32, expected integers.",
        "x.h5: mismatched at byte 1056, in /, attribute variable: found 3 elements, expected one string.",
      ])
    #expect(try root.attribute("text")?.text() == "一句话")
    #expect(try root.attribute("number")?.integers() == [-3])
    #expect(try root.attribute("big_endian")?.integers() == [1, 2, 300])
    #expect(try root.attribute("nothing")?.strings() == [])
  }
}
