import Testing

/// The free lists of local heaps, which a reader has no use for: libhdf5 2.0.0 follows them, and does not return from a circle.
@Suite("Free lists of local heaps") struct FreeListTests {
  /// The place of the first block's number in the local heap of the root group of `tiny`.
  private func free(_ patch: Patch) -> Int { patch.place(of: "HEAP") + 16 }

  @Test("a free list beyond the heap, and a block that is its own successor, harm nobody")
  func freeLists() throws {
    #expect(try problem(of: "tiny") { _ in } == "no problem")
    try check("tiny", "no problem") { $0.write(UInt64(1 << 62), at: free($0)) }
    try check("tiny", "no problem") { $0.write(UInt64.max - 1, at: free($0)) }
    try check("tiny", "no problem") { patch in
      let heap = Int(patch.number(UInt64.self, at: free(patch) + 8))
      let block = Int(patch.number(UInt64.self, at: free(patch) - 8)) - 16
      patch.write(UInt64(block), at: free(patch))
      patch.write(UInt64(block), at: heap + block)
      patch.write(UInt64(16), at: heap + block + 8)
    }
  }
}
