import Bytes
@testable import HDF5
import TestSupport
import Testing

@Suite("A file that is let go") struct LettingGoTests {
  // Found by the leak check of a fuzzer: a group's links held the address space that kept them.
  @Test("is let go whole, whatever was read of it") func nothingIsKept() throws {
    weak var shared: SharedReading?
    do {
      let superblock = try Superblock(ByteView(mapping: Fixtures.root.appending(path: "Poems/poem_bert.h5").path))
      let root = try Object(superblock.space, at: superblock.root, path: "/", ancestors: [])
      guard case .group(let group) = root else { Issue.record("the root is no group"); return }
      #expect(try !group.links().isEmpty)
      shared = superblock.space.shared
      #expect(shared != nil)
    }
    #expect(shared == nil)
  }
}
