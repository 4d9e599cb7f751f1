import Bytes
import HDF5
import Tensors
import TestSupport
import Testing

/// The limits of `Formats/Limits.md` that no other malformed file of this suite passes.
@Suite("Limits of HDF5 files") struct LimitTests {
  @Test("a pipeline of 33 filters") func filters() throws {
    let message = try problem(of: "tiny") { $0.bytes[$0.message(0x0B, of: "chunks") + 1] = 33 }
    #expect(message.contains("found 33 filters, expected at most 32."), "\(message)")
  }

  @Test("an attribute name of 4,097 bytes") func attributeName() throws {
    let message = try problem(of: "tiny") { $0.write(UInt16(4_098), at: $0.message(0x0C, in: 96) + 2) }
    let found = "found an attribute name of 4098 bytes, expected 1 to 4096 bytes and a NUL."
    #expect(message.contains(found), "\(message)")
  }

  @Test("a link name of more than 4,096 bytes") func linkName() throws {
    let message = try problem(of: "tiny") { patch in
      // A local heap of its own for the long name, behind everything else; all names begin in it.
      let heap = patch.place(of: "HEAP")
      let names = [UInt8](repeating: 0x61, count: 5_000) + [UInt8](repeating: 0, count: 8)
      patch.write(UInt64(names.count), at: heap + 8)
      patch.write(UInt64(patch.bytes.count), at: heap + 24)
      patch.bytes += names
      patch.write(UInt64(patch.bytes.count), at: 40)
    }
    let found = "found a name that does not end within 4097 bytes of the local heap"
    #expect(message.contains(found + ", expected a name of at most 4096 bytes with a NUL behind it."), "\(message)")
  }

  @Test("an object header of 65,537 messages") func messages() throws {
    let message = try problem(of: "tiny") { patch in
      // A block of empty NIL messages, 8 bytes each, in which the root's header goes on.
      let continuation = patch.message(0x10, in: 96)
      let size = 65_537 * 8
      patch.write(UInt64(patch.bytes.count), at: continuation)
      patch.write(UInt64(size), at: continuation + 8)
      patch.bytes += [UInt8](repeating: 0, count: size)
      patch.write(UInt64(patch.bytes.count), at: 40)
    }
    #expect(message.contains("refused") && message.contains("found more than 65536 messages"), "\(message)")
  }

  @Test("a long header that many links lead to is read again only so often") func longHeader() throws {
    var patch = try Patch("tiny")
    // The room that is left in a dataset's header becomes a continuation: a block of 65,000 empty messages.
    let room = patch.message(0x00, of: "chunks")
    patch.write(UInt16(0x10), at: room - 8)
    patch.write(UInt64(patch.bytes.count), at: room)
    patch.write(UInt64(65_000 * 8), at: room + 8)
    patch.bytes += [UInt8](repeating: 0, count: 65_000 * 8)
    patch.write(UInt64(patch.bytes.count), at: 40)
    let root = try HDF5File(ByteView(patch.bytes, file: "x.h5")).root
    for _ in 0...15 { #expect(try root.object("chunks") != nil) }
    let problem = #expect(throws: Problem.self) { try root.object("chunks") }
    #expect(
      problem?.description == """
        x.h5: refused at byte 8848, in /chunks: found a long object header that many links lead to, expected at most \
        1000000 messages to be read again. Copy the file with h5repack.
        """)
  }

  @Test("long names that every object below repeats") func paths() throws {
    // 140 kB of names, 600 objects below the last of them: 72 MB of paths.
    var group = NewGroup()
    let number = Tensor(.uint8, [], bytes: ByteView([7]))!
    for index in 0..<600 { group.add(number, at: ["\(index)"]) }
    for level in 0..<30 {
      var outer = NewGroup()
      outer.members[String(repeating: "n", count: 4_000) + "\(level)"] = .group(group)
      group = outer
    }
    let folder = try TemporaryDirectory()
    try HDF5FileWriter.write(group, to: folder.path("x.h5"))
    var bytes = try ByteView(mapping: folder.path("x.h5"))
    bytes.file = "x.h5"
    let problem = #expect(throws: Problem.self) { try HDF5File(bytes).objects() }
    #expect(
      problem?.description
        == "x.h5: refused: found paths of more than 67108864 bytes together, expected at most that many.")
  }
}
