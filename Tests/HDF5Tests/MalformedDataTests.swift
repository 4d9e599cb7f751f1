import Bytes
import HDF5
import Tensors
import Testing

/// What is wrong with an attribute or a dataset, and what a user reads about it.
@Suite("Malformed attributes and datasets") struct MalformedDataTests {
  private func problem(_ name: String, _ change: (inout Patch) -> Void) throws -> String {
    var patch = try Patch(name)
    change(&patch)
    return patch.problem()
  }

  private func check(
    _ name: String, _ message: String, at location: SourceLocation = #_sourceLocation,
    _ change: (inout Patch) -> Void
  ) throws {
    var patch = try Patch(name)
    change(&patch)
    let problem = patch.problem()
    #expect(problem == message, sourceLocation: location)
  }

  private func dataset(_ path: String, in name: String) throws -> Dataset {
    let object = try HDF5File(ByteView(Patch(name).bytes, file: "x.h5")).root.object(at: path)
    guard case .dataset(let dataset)? = object else { throw Problem(.mismatched, file: name, found: "no \(path)") }
    return dataset
  }

  // MARK: Attributes

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

  // MARK: Shapes and types

  @Test("a dataspace of rank 33") func rank() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 1016, in /group/data: found a dataspace of rank 33, expected a rank of at most \
      32.
      """
    ) { $0.bytes[$0.message(0x01, of: "group/data") + 1] = 33 }
  }

  @Test("a dataspace whose size overflows") func shapeOverflow() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 1016, in /group/data: found a dataspace whose number of elements overflows, \
      expected fewer than 2^63 elements.
      """
    ) { patch in
      let extents = patch.message(0x01, of: "group/data") + 8
      patch.write(UInt64(1 << 33), at: extents)
      patch.write(UInt64(1 << 33), at: extents + 8)
    }
    try check(
      "tiny",
      """
      x.h5: damaged at byte 1016, in /group/data: found a dataspace whose number of elements overflows, \
      expected fewer than 2^63 elements.
      """
    ) { $0.write(UInt64.max, at: $0.message(0x01, of: "group/data") + 8) }
    try check(
      "tiny",
      """
      x.h5: damaged at byte 992, in /group/data: found a dataset whose size overflows, expected fewer than \
      2^63 bytes.
      """
    ) { $0.write(UInt64(1 << 60), at: $0.message(0x01, of: "group/data") + 8) }
  }

  @Test("floats that are not those of IEEE 754", arguments: [(16, 126), (10, 31), (1, 0x41), (14, 8), (12, 22)])
  func floats(offset: Int, value: Int) throws {
    let message = try problem("tiny") { $0.bytes[$0.message(0x03, of: "group/data") + offset] = UInt8(value) }
    #expect(message.hasPrefix("x.h5: unsupported at byte "), "\(message)")
    #expect(message.contains(", in /group/data: found floats of 4 bytes"), "\(message)")
    #expect(message.hasSuffix(", expected numbers."), "\(message)")
  }

  @Test("types that Ingot has none for are named") func otherTypes() throws {
    let objects = try HDF5File(ByteView(Patch("other_types").bytes, file: "x.h5")).objects()
    let found = objects.compactMap { object in
      if case .other(let path, let problem) = object { "\(path): \(problem.found)" } else { nil }
    }
    #expect(
      found == [
        "/arrays: compound elements of 16 bytes", "/compound: compound elements of 8 bytes",
        "/enumeration: an enumeration over 4 bytes", "/fixed_strings: strings of 2 bytes",
        "/long_double: floats of 16 bytes with 15 exponent and 64 mantissa bits, bias 16383",
        "/named: a named datatype",
        "/opaque3: opaque elements of 3 bytes", "/references: references",
        "/sequences: sequences of variable length", "/variable_strings: strings of variable length",
      ])
  }

  @Test("a dataset without a datatype") func datatypeAbsent() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 992, in /group/data: found a dataset without a datatype, expected one.
      """
    ) { $0.write(UInt16(0), at: $0.message(0x03, of: "group/data") - 8) }
  }

  @Test("opaque pairs without a note are taken for bfloat16, and say so") func opaque() throws {
    let dataset = try dataset("opaque", in: "types")
    #expect(dataset.isOpaque)
    #expect(dataset.elementType == .bfloat16)
    let noted = try self.dataset("opaque_with_note", in: "types")
    #expect(try noted.attribute("dtype")?.text() == "bfloat16")
  }

  // MARK: Layouts

  @Test("data longer or shorter than their shape") func contiguousSize() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 992, in /group/data: found 15 bytes of data, expected 16 bytes for its type and \
      shape.
      """
    ) { $0.write(UInt64(15), at: $0.message(0x08, of: "group/data") + 10) }
    try check(
      "tiny",
      """
      x.h5: damaged at byte 992, in /group/data: found 17 bytes of data, expected 16 bytes for its type and \
      shape.
      """
    ) { $0.write(UInt64(17), at: $0.message(0x08, of: "group/data") + 10) }
  }

  @Test("data behind the end of the file") func contiguousAddress() throws {
    try check(
      "tiny",
      """
      x.h5: damaged in /group/data: found the address 11208 for the data of 16 bytes, expected a place \
      inside the 11216 bytes of the file. The file is cut short or overwritten; get it again from where it \
      came.
      """
    ) { $0.write(UInt64($0.bytes.count - 8), at: $0.message(0x08, of: "group/data") + 2) }
  }

  @Test("data in the superblock") func dataInSuperblock() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 992, in /group/data: found data at address 8, in the superblock, expected data \
      behind it.
      """
    ) { $0.write(UInt64(8), at: $0.message(0x08, of: "group/data") + 2) }
  }

  @Test("data that were never written") func neverWritten() throws {
    try check(
      "never_written_userblock",
      """
      x.h5: refused at byte 1312, in /data: found data that were never written, expected data in the file. \
      The program that saved the file was interrupted or set no values; save the model again.
      """
    ) { _ in }
  }

  @Test("data that lie elsewhere, or cannot be read") func unreadable() throws {
    let objects = try HDF5File(ByteView(Patch("unreadable").bytes, file: "x.h5")).objects()
    let messages = objects.compactMap { object in
      if case .dataset(let dataset) = object { dataset.unreadable?.description } else { nil }
    }
    let neverWritten = """
      found data that were never written, expected data in the file. \
      The program that saved the file was interrupted or set no values; save the model again.
      """
    #expect(
      messages == [
        """
        x.h5: refused at byte 10832, in /bomb: found 1099511627776 bytes declared by a file of 13648, \
        expected at most 1032 times the file's size, which is what deflate can do.
        """,
        """
        x.h5: refused at byte 800, in /external: found data in other files (external storage), \
        expected data in this file.
        """,
        "x.h5: refused at byte 1728, in /never_written: \(neverWritten)",
        "x.h5: refused at byte 6144, in /never_written_chunks: \(neverWritten)",
        """
        x.h5: unsupported at byte 6416, in /scaleoffset: found chunks with the filter scaleoffset (6), \
        expected deflate, shuffle, fletcher32 or lzf. Copy the file with h5repack -f NONE.
        """,
        """
        x.h5: refused at byte 1456, in /virtual: found data in other datasets (a virtual dataset), \
        expected data in this file.
        """,
      ])
  }

  @Test("nothing is allocated for a terabyte that cannot be read") func allocation() throws {
    let bomb = try dataset("bomb", in: "unreadable")
    #expect(bomb.byteCount == 1 << 40)
    let problem = #expect(throws: Problem.self) { try Tensor(reading: bomb) }
    #expect(problem == bomb.unreadable)
  }

  @Test("an unknown layout can be listed") func layoutVersion() throws {
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 1112, in /group/data: found version 6 of a data layout, expected a version \
      from 3 to 5.
      """
    ) { $0.bytes[$0.message(0x08, of: "group/data")] = 6 }
  }

  @Test("an unknown filter is named", arguments: [(32_001, "blosc"), (4, "szip"), (6, "scaleoffset")])
  func filter(identifier: Int, name: String) throws {
    let message = try problem("tiny") { $0.write(UInt16(identifier), at: $0.message(0x0B, of: "chunks") + 8 + 24) }
    let found = "in /chunks: found chunks with the filter \(name) (\(identifier)), expected deflate"
    #expect(message.contains(found), "\(message)")
  }

  // MARK: Chunks

  /// The key of the first chunk of the dataset `chunks` of `tiny`.
  private func key(_ patch: Patch) -> Int { patch.place(of: "TREE", 2) + 24 }

  @Test("chunks with an extent of 0") func chunkExtent() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 9043, in /chunks: found a chunk extent of 0, expected at least 1.
      """
    ) { $0.write(UInt32(0), at: $0.message(0x08, of: "chunks") + 11) }
  }

  @Test("chunks of another rank") func chunkRank() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 9043, in /chunks: found chunks of rank 2 in a dataset of rank 1, expected the \
      same rank, at least 1.
      """
    ) { $0.bytes[$0.message(0x08, of: "chunks") + 2] = 3 }
  }

  @Test("chunks with elements of another size") func chunkElementSize() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 8848, in /chunks: found chunks with elements of 4 bytes, expected 2 bytes.
      """
    ) { $0.write(UInt32(4), at: $0.message(0x08, of: "chunks") + 15) }
  }

  @Test("chunks too large for their stored bytes") func chunkBomb() throws {
    try check(
      "chunked",
      """
      x.h5: refused in /single_gzip: found 1 chunks of 480000000 bytes of which 1484 bytes are stored, \
      expected no more than deflate can make of them.
      """
    ) { $0.write(UInt32(3_000_000), at: $0.message(0x08, of: "single_gzip") + 15) }
  }

  @Test("a row of chunks too large to keep") func chunkRow() throws {
    try check(
      "tiny",
      """
      x.h5: refused at byte 8848, in /chunks: found chunks of 8589934590 bytes along one row, expected at \
      most 1073741824. Copy the file with h5repack -l CONTI.
      """
    ) { $0.write(UInt32.max, at: $0.message(0x08, of: "chunks") + 11) }
  }

  @Test("a terabyte declared by a few bytes of chunks") func shapeBomb() throws {
    try check(
      "tiny",
      """
      x.h5: refused at byte 8848, in /chunks: found 1099511627776 bytes declared by a file of 11216, \
      expected at most 1032 times the file's size, which is what deflate can do.
      """
    ) { $0.write(UInt64(1 << 39), at: $0.message(0x01, of: "chunks") + 8) }
  }

  @Test("a chunk between the others") func chunkOffset() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 9144, in /chunks: found a chunk outside of the dataset or between chunks, \
      expected one of its chunks.
      """
    ) { $0.write(UInt64(3), at: key($0) + 8) }
  }

  @Test("a chunk that comes twice") func chunkTwice() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 6179, in /chunks: found a second chunk 1, expected every chunk once.
      """
    ) { $0.write(UInt64(5), at: key($0) + 8) }
  }

  @Test("a chunk behind the end of the file") func chunkAddress() throws {
    try check(
      "tiny",
      """
      x.h5: damaged in /chunks: found the address 18446744073709551614 for a chunk of 19 bytes, expected a \
      place inside the 11216 bytes of the file. The file is cut short or overwritten; get it again from \
      where it came.
      """
    ) { $0.write(UInt64.max - 1, at: key($0) + 24) }
  }

  @Test("a chunk whose checksum is wrong") func chunkChecksum() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 6160, in /chunks: found a wrong Fletcher-32 checksum of a chunk, expected the \
      checksum 3098521851, not 3098915068. The file is cut short or overwritten; get it again from where it \
      came.
      """
    ) { patch in
      let chunk = Int(patch.number(UInt64.self, at: key(patch) + 24))
      patch.bytes[chunk + 5] ^= 1
    }
  }

  /// `gzip` of `chunked`: chunks of one deflate filter and no checksum.
  private func gzip(
    _ message: String, at location: SourceLocation = #_sourceLocation, _ change: (inout Patch, _ key: Int) -> Void
  ) throws {
    try check("chunked", message, at: location) { patch in
      let tree = Int(patch.number(UInt64.self, at: patch.message(0x08, of: "gzip") + 3))
      change(&patch, tree + 24)
    }
  }

  @Test("a chunk that inflates to more or less than a chunk") func chunkSize() throws {
    try check(
      "chunked",
      """
      x.h5: damaged at byte 43216, in /single_gzip: found a zlib stream of more than 1120 bytes, expected \
      one whole zlib stream. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt32(7), at: $0.message(0x08, of: "single_gzip") + 15) }
    try check(
      "chunked",
      """
      x.h5: damaged at byte 43216, in /single_gzip: found a chunk of 4800 bytes, expected 4960 bytes. The \
      file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt32(31), at: $0.message(0x08, of: "single_gzip") + 15) }
  }

  @Test("bytes behind a chunk's zlib stream") func chunkTrailing() throws {
    try gzip(
      """
      x.h5: damaged at byte 9144, in /gzip: found 3 bytes behind a zlib stream, expected one whole zlib \
      stream. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write($0.number(UInt32.self, at: $1) + 3, at: $1) }
  }

  @Test("a chunk's zlib stream without its end") func chunkUnfinished() throws {
    try gzip(
      """
      x.h5: damaged at byte 9144, in /gzip: found a zlib stream that does not end, expected one whole zlib \
      stream. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write($0.number(UInt32.self, at: $1) - 5, at: $1) }
  }

  @Test("a broken zlib stream") func chunkBroken() throws {
    try gzip(
      """
      x.h5: damaged at byte 9144, in /gzip: found a broken zlib stream, expected one whole zlib stream. The \
      file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.bytes[Int($0.number(UInt64.self, at: $1 + 24 + 8))] ^= 0xFF }
  }

  @Test("a filter mask that says that nothing was compressed") func chunkMask() throws {
    try gzip(
      """
      x.h5: damaged at byte 9144, in /gzip: found a chunk of 139 bytes, expected 256 bytes. The file is cut \
      short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt32(1), at: $1 + 4) }
  }

  @Test("a fill value of another size") func fillValue() throws {
    try check(
      "chunked",
      """
      x.h5: damaged at byte 45376, in /sparse: found a fill value of 3 bytes, expected 4 bytes, one \
      element.
      """
    ) { $0.write(UInt32(3), at: $0.message(0x05, of: "sparse") + 4) }
  }

  @Test("a read outside of the contents") func readRange() throws {
    let dataset = try dataset("group/data", in: "tiny")
    let problem = #expect(throws: Problem.self) { try ByteView(count: 9) { try dataset.read(at: 8, into: $0) } }
    #expect(
      problem?.description == """
        x.h5: mismatched in /group/data: found a read of 9 bytes at offset 8, expected a range inside the 16 \
        bytes.
        """)
  }
}
