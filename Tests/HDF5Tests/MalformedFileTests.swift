import Bytes
import HDF5
import Testing

/// What is wrong with a file or with one of its object headers, and what a user reads about it.
@Suite("Malformed files") struct MalformedFileTests {
  // MARK: Files that are no HDF5 files, or not whole

  @Test(
    "what is no HDF5 file is named",
    arguments: [
      ("", "found an empty file, expected an HDF5 file. The download failed; get the file again."),
      (
        "some",
        "found a file of 4 bytes, expected an HDF5 file. The file is cut short; get it again from where it came."
      ),
      (
        "7 bytes",
        "found a file of 7 bytes, expected an HDF5 file. The file is cut short; get it again from where it came."
      ),
      (
        "<!DOCTYPE html><title>404</title>",
        "found a web page, expected an HDF5 file. Download the file itself, not the page that shows it."
      ),
      (
        "version https://git-lfs.github.com/spec/v1\noid sha256:…",
        "found a Git LFS pointer, expected an HDF5 file. Fetch the file that it stands for with: git lfs pull."
      ),
      ("just some text", "found no HDF5 signature at byte 0, 512, 1024 and so on, expected an HDF5 file."),
    ])
  func notHDF5(text: String, message: String) {
    let problem = #expect(throws: Problem.self) { try HDF5File(ByteView(Array(text.utf8), file: "x.h5")) }
    #expect(problem?.description == "x.h5: damaged: " + message)
  }

  @Test("a signature alone is cut short") func signatureOnly() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 8: found 0 bytes left, expected 1 bytes for the version of the superblock. The \
      file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.bytes.removeLast($0.bytes.count - 8) }
  }

  @Test("a file cut by one byte") func cutByOne() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 11215: found the end of the file after 11215 bytes, expected 11216 bytes. The \
      file is cut short; get it again from where it came.
      """
    ) { $0.bytes.removeLast() }
  }

  @Test("a file cut by one byte behind a user block") func cutUserBlock() throws {
    try check(
      "userblock",
      """
      x.h5: damaged at byte 11679: found the end of the file after 11679 bytes, expected 11680 bytes. The \
      file is cut short; get it again from where it came.
      """
    ) { $0.bytes.removeLast() }
  }

  @Test("bytes behind the end are no matter") func longer() throws {
    try check("tiny", "no problem") { $0.bytes += [1, 2, 3] }
  }

  @Test("a user block may be added or taken away") func movedSuperblock() throws {
    try check("tiny", "no problem") { $0.bytes.insert(contentsOf: [UInt8](repeating: 7, count: 1_024), at: 0) }
    try check("userblock", "no problem") { $0.bytes.removeFirst(512) }
  }

  @Test("a file within another is read in place, and problems count from the outer one's start") func embedded() throws
  {
    var patch = try Patch("tiny")
    patch.bytes[patch.place(of: "TREE") + 4] = 1
    let outer = ByteView([1, 2, 3] + patch.bytes + [4], file: "x.zip(x.h5)")
    let file = try HDF5File(outer.slice(at: 3, count: patch.bytes.count, of: "a member"))
    let problem = #expect(throws: Problem.self) { try file.objects() }
    #expect(
      problem?.description
        == "x.zip(x.h5): damaged at byte 139, in /: found a B-tree node of type 1, expected type 0.")
  }

  // MARK: Superblock

  @Test("an unknown superblock") func superblockVersion() throws {
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 8: found version 9 of the superblock, expected a version from 0 to 3.
      """
    ) { $0.bytes[8] = 9 }
  }

  @Test("offsets and lengths of 4 bytes") func offsetSize() throws {
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 13: found offsets of 4 and lengths of 8 bytes in the superblock, expected 8 \
      bytes each. Copy the file with h5repack.
      """
    ) { $0.bytes[13] = 4 }
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 13: found offsets of 8 and lengths of 4 bytes in the superblock, expected 8 \
      bytes each. Copy the file with h5repack.
      """
    ) { $0.bytes[14] = 4 }
  }

  @Test("an end of the file before its beginning") func endBeforeBase() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 72: found the end-of-file address 0 and the base address 0.
      """
    ) { $0.write(UInt64(0), at: 40) }
  }

  @Test("a file of a family") func driver() throws {
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 48: found a file kept by a special file driver (family or multi), expected \
      a file that is whole in itself. Copy the file with h5repack.
      """
    ) { $0.write(UInt64(800), at: 48) }
  }

  @Test("a wrong checksum of the superblock") func superblockChecksum() throws {
    try check(
      "tiny_latest",
      """
      x.h5: damaged at byte 44: found a wrong checksum of the superblock, expected the checksum 1120060589, \
      not 1365724039.
      """
    ) { $0.bytes[11] ^= 1 }
  }

  // MARK: Object headers

  @Test("a root group nowhere") func rootUndefined() throws {
    try check(
      "tiny",
      """
      x.h5: damaged in /: found the undefined address for an object header, expected a place inside the \
      11216 bytes of the file. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt64.max, at: 64) }
  }

  @Test("a root group behind the end") func rootBeyond() throws {
    try check(
      "tiny",
      """
      x.h5: damaged in /: found the address 1099511627776 for an object header, expected a place inside the \
      11216 bytes of the file. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt64(1 << 40), at: 64) }
  }

  @Test("a root group in the middle of something else") func rootInData() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 2050, in /: found no signature OHDR, expected an object header.
      """
    ) { $0.write(UInt64(2_050), at: 64) }
  }

  @Test("a message longer than its block") func messageSize() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 120, in /: found 16 bytes left, expected 65528 bytes for the body of a message \
      of type 16. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt16(0xFFF8), at: 96 + 16 + 2) }
  }

  @Test("a wrong number of messages is no matter: libhdf5 mends it too") func messageCount() throws {
    try check("tiny", "no problem") { $0.write(UInt16(99), at: 96 + 2) }
  }

  @Test("a continuation that leads to itself") func continuationLoop() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 136, in /: found a continuation of the object header that leads back to 96, \
      expected blocks without a loop.
      """
    ) { patch in
      let body = patch.message(0x10, in: 96)
      patch.write(UInt64(96), at: body)
    }
  }

  @Test("a header in a thousand blocks") func continuationChain() throws {
    // Blocks of one continuation message each, one behind the other.
    try check(
      "tiny",
      """
      x.h5: refused at byte 17336, in /: found an object header in more than 256 blocks. Copy the file with \
      h5repack.
      """
    ) { patch in
      let body = patch.message(0x10, in: 96)
      var next = patch.bytes.count
      patch.write(UInt64(next), at: body)
      patch.write(UInt64(24), at: body + 8)
      for _ in 0..<1_000 {
        next += 24
        patch.bytes += [0x10, 0, 16, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
        patch.write(UInt64(next), at: patch.bytes.count - 16)
        patch.write(UInt64(24), at: patch.bytes.count - 8)
      }
      patch.write(UInt64(patch.bytes.count), at: 40)
    }
  }

  @Test("an object header that describes nothing") func emptyHeader() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 1264, in /group: found an object header that describes nothing, expected a \
      group, a dataset or a datatype.
      """
    ) { $0.write(UInt16(0), at: $0.message(0x11, of: "group") - 8) }
  }

  @Test("a wrong checksum of an object header") func headerChecksum() throws {
    try check(
      "tiny_latest",
      """
      x.h5: damaged at byte 249, in /: found a wrong checksum of the object header, expected the checksum \
      4117102170, not 341032063.
      """
    ) { $0.bytes[$0.place(of: "OHDR") + 20] ^= 0x80 }
  }
}
