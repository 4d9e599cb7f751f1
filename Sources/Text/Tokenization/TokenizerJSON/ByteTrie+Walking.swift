import Bytes

extension ByteTrie {
  /// Builds the trie of texts, each with an id; of equal ones the first counts, and an empty one is left out.
  init(_ texts: [(bytes: [UInt8], id: Int)]) {
    var keys: [(bytes: ArraySlice<UInt8>, id: Int)] = texts.filter { !$0.bytes.isEmpty }.map { ($0.bytes[...], $0.id) }
    keys.sort { $0.bytes.elementsEqual($1.bytes) ? $0.id < $1.id : $0.bytes.lexicographicallyPrecedes($1.bytes) }
    var distinct: [(bytes: ArraySlice<UInt8>, id: Int)] = []
    for key in keys where distinct.last?.bytes.elementsEqual(key.bytes) != true { distinct.append(key) }
    self.init(sorted: distinct)
  }

  /// Calls `body` with the id and the end of each member with which a text goes on at a place, the shortest first.
  @inline(__always)
  func forEachMatch(in text: UnsafeBufferPointer<UInt8>, at start: Int, _ body: (_ id: Int, _ end: Int) -> Void) {
    units.withUnsafeBufferPointer { units in
      var node: Int32 = 0
      var position = start
      while position < text.count {
        let slot = units[Int(node)].base &+ Int32(text[position])
        guard units[Int(slot)].check == node else { return }
        node = slot
        position += 1
        let id = units[Int(node)].id
        if id >= 0 { body(Int(id), position) }
      }
    }
  }
}
