import Bytes
import HDF5
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
}
