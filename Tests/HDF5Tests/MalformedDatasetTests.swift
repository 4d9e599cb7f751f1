import Bytes
import HDF5
import Tensors
import Testing

/// What is wrong with a dataset but for its chunks, and what a user reads about it.
@Suite("Malformed datasets") struct MalformedDatasetTests {
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

  /// A byte of the datatype message: the bias, the precision, the byte order, the places of mantissa and exponent.
  @Test(
    "floats that are not those of IEEE 754",
    arguments: [
      (16, 126, "with 8 exponent and 23 mantissa bits, bias 126"),
      (10, 31, "whose bits lie elsewhere than those of float32"), (1, 0x41, "in the VAX byte order"),
      (14, 8, "whose bits lie elsewhere than those of float32"),
      (12, 22, "whose bits lie elsewhere than those of float32"),
    ])
  func floats(offset: Int, value: UInt8, found: String) throws {
    try check(
      "tiny", "x.h5: unsupported at byte 992, in /group/data: found floats of 4 bytes \(found), expected numbers."
    ) { $0.bytes[$0.message(0x03, of: "group/data") + offset] = value }
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
    let noted = try HDF5Tests.dataset("opaque_with_note", in: "types")
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
        expected at most 16 times the file's size and a gigabyte. If the data are worth so much, copy the file with \
        h5repack -l CONTI -f NONE.
        """,
        """
        x.h5: refused at byte 800, in /external: found data in other files (external storage), \
        expected data in this file.
        """,
        "x.h5: refused at byte 1728, in /never_written: \(neverWritten)",
        "x.h5: refused at byte 6144, in /never_written_chunks: \(neverWritten)",
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

  @Test("an unknown filter is named", arguments: [(32_001, "blosc"), (32_015, "zstd"), (307, "bzip2")])
  func filter(identifier: Int, name: String) throws {
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 8848, in /chunks: found chunks with the filter \(name) (\(identifier)), expected \
      deflate, shuffle, fletcher32, szip, nbit, scaleoffset or lzf. Copy the file with h5repack -f NONE.
      """
    ) { $0.write(UInt16(identifier), at: $0.message(0x0B, of: "chunks") + 8 + 24) }
  }
}
