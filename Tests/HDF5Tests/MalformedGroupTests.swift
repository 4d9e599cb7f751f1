import Bytes
import HDF5
import Testing

/// What is wrong with a group, and what a user reads about it.
@Suite("Malformed groups") struct MalformedGroupTests {
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
    // A listing goes as deep and says where it ends; 40 groups of the file lie in each other.
    let objects = try file.objects()
    #expect(objects.count == 33)
    guard case .other(_, let end)? = objects.last else { throw try #require(problem) }
    #expect(end == problem)
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

  @Test(
    "wrong checksums of dense structures",
    arguments: [
      (
        "FRHP",
        "934, in /: found a wrong checksum of a fractal heap, expected the checksum 106778752, not 2786341169"
      ),
      (
        "FHDB",
        "2328, in /g: found a wrong checksum of a direct block of a fractal heap, expected the checksum 3725196915, "
          + "not 473623840"
      ),
      (
        "BTHD",
        "493, in /g: found a wrong checksum of a version 2 B-tree, expected the checksum 2262942464, not 928452316"
      ),
      (
        "BTLF",
        "1174, in /: found a wrong checksum of a node of a version 2 B-tree, expected the checksum 932636691, "
          + "not 3680056824"
      ),
    ])
  func denseChecksums(signature: String, message: String) throws {
    try check("tiny_dense", "x.h5: damaged at byte \(message).") { $0.bytes[$0.place(of: signature) + 22] ^= 1 }
  }
}
