import Bytes
import HDF5
import Tensors
import Testing

/// What is wrong with the chunks of a dataset, and what a user reads about it.
@Suite("Malformed chunks") struct MalformedChunkTests {
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
      x.h5: damaged at byte 43216, in /single_gzip: found a chunk of 480000000 bytes stored in 1484, expected at most 1597536 from so \
      few. The file is cut short or overwritten; get it again from where it came.
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
      expected at most 16 times the file's size and a gigabyte. If the data are worth so much, copy the file with \
      h5repack -l CONTI -f NONE.
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

  /// libhdf5 1.14 reads 0 instead of the last chunk here: it seeks by the keys.
  @Test("keys that do not lead to their chunks") func chunkKeys() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 9208, in /chunks: found a B-tree key out of order, expected keys that rise, \
      within those of the parent.
      """
    ) { patch in
      let count = Int(patch.number(UInt16.self, at: patch.place(of: "TREE", 2) + 6))
      patch.write(UInt64(0), at: key(patch) + 32 * count + 8)
    }
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
