import Bytes
import Foundation
import HDF5
import Tensors
import Testing

/// What is wrong with a file, and what a user reads about it.
@Suite("Malformed files") struct MalformedTests {
  private func problem(_ name: String, _ change: (inout Patch) -> Void) throws -> String {
    var patch = try Patch(name)
    change(&patch)
    return patch.problem()
  }

  private func check(
    _ name: String, sealed: Bool = false, _ message: String, at location: SourceLocation = #_sourceLocation,
    _ change: (inout Patch) -> Void
  ) throws {
    var patch = try Patch(name)
    change(&patch)
    if sealed { patch.reseal() }
    let problem = patch.problem()
    #expect(problem == message, sourceLocation: location)
  }

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

  @Test("offsets of 4 bytes") func offsetSize() throws {
    try check(
      "tiny",
      """
      x.h5: unsupported at byte 13: found offsets of 4 and lengths of 8 bytes in the superblock, expected 8 \
      bytes each. Copy the file with h5repack.
      """
    ) { $0.bytes[13] = 4 }
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

  // MARK: Groups

  @Test("a B-tree whose child is its parent") func bTreeCycle() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 136, in /: found a B-tree node that is reached twice, expected a tree without \
      loops.
      """
    ) { patch in
      let tree = patch.place(of: "TREE")
      patch.bytes[tree + 5] = 1
      patch.write(UInt64(tree), at: tree + 32)
    }
  }

  @Test("a B-tree of the wrong type") func bTreeType() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 136, in /: found a B-tree node of type 1, expected type 0.
      """
    ) { $0.bytes[$0.place(of: "TREE") + 4] = 1 }
  }

  @Test("a B-tree with more entries than there is room for") func bTreeCount() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 136, in /: found more B-tree entries than the file has room for.
      """
    ) { $0.write(UInt16.max, at: $0.place(of: "TREE") + 6) }
  }

  @Test("a symbol node with more symbols than there is room for") func symbolCount() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 8200, in /: found more symbols than the file has room for.
      """
    ) { $0.write(UInt16.max, at: $0.place(of: "SNOD") + 6) }
  }

  @Test("a name outside of the local heap") func nameOffset() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 712, in /: found the name offset 8589934592 in a local heap, expected an offset \
      below its 88 bytes.
      """
    ) { $0.write(UInt64(1 << 33), at: $0.place(of: "SNOD") + 8) }
  }

  @Test("a name without an end") func nameWithoutEnd() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 728, in /: found a name that does not end within 72 bytes of the local heap, \
      expected a name of at most 4096 bytes with a NUL behind it.
      """
    ) { patch in
      let heap = patch.place(of: "HEAP")
      let names = Int(patch.number(UInt64.self, at: heap + 24))
      for index in 0..<Int(patch.number(UInt64.self, at: heap + 8)) { patch.bytes[names + index] = 0x61 }
    }
  }

  @Test("a link name that is no UTF-8") func nameEncoding() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 720, in /: found a link name that is no UTF-8, expected UTF-8.
      """
    ) { $0.bytes[$0.place(of: "group\0")] = 0xFF }
  }

  @Test("two links of one name") func duplicateName() throws {
    try check(
      "tiny",
      """
      x.h5: damaged at byte 728, in /: found two links named "chunks" in one group, expected every name \
      once.
      """
    ) { patch in
      let node = patch.place(of: "SNOD")
      patch.write(patch.number(UInt64.self, at: node + 8), at: node + 48)
    }
  }

  @Test("a link to nothing") func linkAddress() throws {
    try check(
      "tiny",
      """
      x.h5: damaged in /chunks: found the undefined address for an object header, expected a place inside \
      the 11216 bytes of the file. The file is cut short or overwritten; get it again from where it came.
      """
    ) { $0.write(UInt64.max, at: $0.place(of: "SNOD") + 16) }
  }

  @Test("soft and external links are refused, and their targets named") func links() throws {
    let links = [("links", "soft"), ("links", "external"), ("links_latest", "soft"), ("links_latest", "external")]
    let messages = try links.map { fixture, name in
      let file = try HDF5File(ByteView(Patch(fixture).bytes, file: "x.h5"))
      return try #require(#expect(throws: Problem.self) { try file.root.object(name) }).description
    }
    let rest = """
      , expected an object in this file. If you trust it, replace it by what it leads to \
      (h5py: copy with expand_soft and expand_external).
      """
    #expect(
      messages == [
        "x.h5: refused at byte 4788, in /soft: found a soft link to \"/group/data\"" + rest,
        "x.h5: refused at byte 4820, in /external: found an external link to \"other.h5:/data\"" + rest,
        "x.h5: refused at byte 110, in /soft: found a soft link to \"/data\"" + rest,
        "x.h5: refused at byte 129, in /external: found an external link to \"other.h5:/data\"" + rest,
      ])
  }

  @Test("a group in itself is refused when it is entered") func cycle() throws {
    let file = try HDF5File(ByteView(Patch("cycle").bytes, file: "x.h5"))
    let problem = #expect(throws: Problem.self) { try file.root.object(at: "a/b/a") }
    #expect(
      problem?.description == """
        x.h5: refused in /a/b/a: found a group that contains itself, expected groups without a cycle.
        """)
    #expect(try file.objects().map(\.path) == ["/a", "/a/b", "/a/b/a", "/a/b/data", "/a/b/root"])
  }

  @Test("groups nested too deep are refused when they are entered") func depth() throws {
    let file = try HDF5File(ByteView(Patch("deep").bytes, file: "x.h5"))
    let path = Array(repeating: "g", count: 33)
    #expect(try file.root.object(at: path.dropLast().joined(separator: "/")) != nil)
    let problem = #expect(throws: Problem.self) { try file.root.object(at: path.joined(separator: "/")) }
    #expect(
      problem?.description == """
        x.h5: refused in /\(path.joined(separator: "/")): found a group nested more than 32 deep, expected at most that.
        """)
  }

  @Test("paths with empty names or dots are refused", arguments: ["", "/a", "a//b", "a/", ".", "a/../a"])
  func paths(path: String) throws {
    let file = try HDF5File(ByteView(Patch("cycle").bytes, file: "x.h5"))
    let problem = #expect(throws: Problem.self) { try file.root.object(at: path) }
    #expect(
      problem?.description == """
        x.h5: refused in /: found the path "\(path)", \
        expected names with single slashes between them, neither . nor .. among them.
        """)
  }

  @Test("what is not there is nil") func absent() throws {
    let file = try HDF5File(ByteView(Patch("cycle").bytes, file: "x.h5"))
    #expect(try file.root.object("nothing") == nil)
    #expect(try file.root.object(at: "a/b/data/deeper") == nil)
    #expect(try file.root.attribute("nothing") == nil)
  }

  // MARK: Dense groups

  @Test("a heap identifier of a huge object") func hugeObject() throws {
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: unsupported at byte 1068, in /: found a huge object of a fractal heap, expected a managed \
      object.
      """
    ) { $0.bytes[$0.place(of: "BTLF") + 6 + 4] = 0x10 }
  }

  @Test("a heap identifier of a tiny object") func tinyObject() throws {
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: unsupported at byte 1068, in /: found a tiny object of a fractal heap, expected a managed \
      object.
      """
    ) { $0.bytes[$0.place(of: "BTLF") + 6 + 4] = 0x20 }
  }

  @Test("a heap object outside of the heap") func heapOffset() throws {
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: damaged at byte 1068, in /: found the offset 16777215 of a heap object, expected one inside the \
      fractal heap.
      """
    ) { $0.write(UInt32(0x00FF_FFFF), at: $0.place(of: "BTLF") + 6 + 5) }
  }

  @Test("a version 2 B-tree that lies about its records") func recordCount() throws {
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: damaged at byte 459, in /g: found a version 2 B-tree of 1099511627776 records, expected no more \
      than the file has room for.
      """
    ) { $0.write(UInt64(1 << 40), at: $0.place(of: "BTHD") + 26) }
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: damaged at byte 459, in /g: found 9 records in a version 2 B-tree, expected the 11 that it \
      declares.
      """
    ) { $0.write(UInt64(11), at: $0.place(of: "BTHD") + 26) }
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: damaged at byte 1798, in /g: found 65535 records in a node of a version 2 B-tree, expected at \
      most 9.
      """
    ) { $0.write(UInt16.max, at: $0.place(of: "BTHD") + 24) }
  }

  @Test("a version 2 B-tree of depth 200") func treeDepth() throws {
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: damaged at byte 459, in /g: found a version 2 B-tree of depth 200, expected at most 32.
      """
    ) { $0.write(UInt16(200), at: $0.place(of: "BTHD") + 12) }
  }

  @Test("a fractal heap with filters") func heapFilters() throws {
    try check(
      "tiny_dense", sealed: true,
      """
      x.h5: unsupported at byte 792, in /: found a fractal heap with filters, expected one without. Copy \
      the file with h5repack.
      """
    ) { $0.write(UInt16(8), at: $0.place(of: "FRHP") + 7) }
  }

  @Test("wrong checksums of dense structures", arguments: ["FRHP", "FHDB", "BTHD", "BTLF"])
  func denseChecksums(signature: String) throws {
    let message = try problem("tiny_dense") { $0.bytes[$0.place(of: signature) + 22] ^= 1 }
    #expect(message.contains("found a wrong checksum of"), "\(message)")
  }
}
