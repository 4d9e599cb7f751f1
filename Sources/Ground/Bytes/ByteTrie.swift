/// A set of byte strings, each with an id, as a double array: a step from prefix to longer prefix reads one unit.
///
/// The child of a node by a byte stands `base + byte` units from the start, if that unit's `check` is the node (Aoe 1989, "An
/// efficient digital search algorithm by using a double-array structure").
public struct ByteTrie: Sendable {
  /// One node.
  @frozen
  public struct Unit: Sendable {
    /// Where the children begin.
    public internal(set) var base: Int32 = 0
    /// The parent, or ``free``.
    public internal(set) var check: Int32 = -1
    /// The id of the string that ends here; -1 for none.
    public internal(set) var id: Int32 = -1

    static let free: Int32 = -1
    /// The `check` of the root, which is no child.
    static let root: Int32 = -2
  }

  /// All units; 256 free ones stand behind the last node, so that a step never leaves the array.
  public let units: [Unit]

  /// Builds the trie of byte strings in ascending order, no two of which are equal and none of which is empty.
  public init(sorted keys: [(bytes: ArraySlice<UInt8>, id: Int)]) {
    var builder = Builder()
    builder.build(keys)
    units = builder.finished()
  }

  /// The id of a whole byte string; nil when it is not in the set.
  public func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    units.withUnsafeBufferPointer { units in
      var node: Int32 = 0
      for byte in bytes {
        guard let child = units.child(of: node, by: byte) else { return nil }
        node = child
      }
      let id = units[Int(node)].id
      return id < 0 ? nil : Int(id)
    }
  }

  /// The length in bytes of the longest member with which a text goes on at a place; nil for none.
  public func longestMatch(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    units.withUnsafeBufferPointer { units in
      var node: Int32 = 0
      var longest: Int?
      var position = start
      while position < text.count, let child = units.child(of: node, by: text[position]) {
        position += 1
        node = child
        if units[Int(node)].id >= 0 { longest = position - start }
      }
      return longest
    }
  }
}

extension UnsafeBufferPointer<ByteTrie.Unit> {
  /// The child of a node by a byte, the root being the node 0; nil for none.
  @inlinable @inline(__always)
  public func child(of node: Int32, by byte: UInt8) -> Int32? {
    let slot = self[Int(node)].base &+ Int32(byte)
    return self[Int(slot)].check == node ? slot : nil
  }
}

extension ByteTrie {
  /// A double array under construction.
  private struct Builder {
    private var units = [Unit](repeating: Unit(), count: 1_024)
    /// The first unit from which it is worth looking for free ones.
    private var firstHopeful = 1
    private var end = 1

    mutating func build(_ keys: [(bytes: ArraySlice<UInt8>, id: Int)]) {
      units[0].check = Unit.root
      var open = [(node: 0, keys: keys.indices, depth: 0)]
      var labels: [UInt8] = []
      var bounds: [Int] = []
      while let (node, keysHere, depth) = open.popLast() {
        var range = keysHere
        if let first = range.first, keys[first].bytes.count == depth {
          units[node].id = Int32(keys[first].id)
          range = first + 1..<range.upperBound
        }
        (labels, bounds) = ([], [])
        for key in range {
          let label = keys[key].bytes[keys[key].bytes.startIndex + depth]
          if labels.last != label {
            labels.append(label)
            bounds.append(key)
          }
        }
        guard !labels.isEmpty else { continue }
        bounds.append(range.upperBound)
        let base = place(labels)
        units[node].base = Int32(base)
        for (number, label) in labels.enumerated() {
          let child = base + Int(label)
          units[child].check = Int32(node)
          open.append((child, bounds[number]..<bounds[number + 1], depth + 1))
        }
        end = max(end, base + Int(labels.last!) + 1)
      }
    }

    /// Finds a base at which the units of all labels are free.
    private mutating func place(_ labels: [UInt8]) -> Int {
      var position = max(firstHopeful, Int(labels[0]) + 1)
      var takenCount = 0
      var isFirst = true
      while true {
        reserve(position + 512)
        if units[position].check != Unit.free {
          takenCount += 1
        } else {
          if isFirst {
            firstHopeful = position
            isFirst = false
          }
          let base = position - Int(labels[0])
          if labels.allSatisfy({ units[base + Int($0)].check == Unit.free }) {
            // Where nearly all is taken, later searches begin behind it.
            if takenCount * 20 >= 19 * (position - firstHopeful + 1) { firstHopeful = position }
            return base
          }
        }
        position += 1
      }
    }

    private mutating func reserve(_ count: Int) {
      if units.count < count {
        units.append(contentsOf: repeatElement(Unit(), count: max(count - units.count, units.count)))
      }
    }

    mutating func finished() -> [Unit] {
      reserve(end + 256)
      return Array(units.prefix(end + 256))
    }
  }
}
