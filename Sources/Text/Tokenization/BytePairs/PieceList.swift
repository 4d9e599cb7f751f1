import Bytes

/// Pieces and their ids, in the order of the ids; ids may leave gaps.
///
/// Inside, a piece is told by its place in that order. Pieces are told apart by their bytes, and found by hashing with a seed that
/// nobody knows beforehand, so that no file makes finding slow.
struct PieceList: Sendable {
  /// The name that problems show for the file.
  let file: String
  /// The id of each piece, ascending.
  let ids: [Int]
  private let bytes: [UInt8]
  /// Where each piece begins in `bytes`, and the end of the last.
  private let starts: [Int]
  /// For each hash the place of a piece, or -1.
  private var slots: [Int32]

  /// The number of pieces.
  var count: Int { ids.count }

  /// Gathers pieces; `position` tells where in the file one stands, for messages.
  ///
  /// - Throws: `Problem` of kind *damaged* when there is none, when two have one id, or when two have one text.
  init(file: String, _ pieces: [(text: String, id: Int)], object: String? = nil, position: (Int) -> Int? = { _ in nil })
    throws
  {
    func damaged(_ place: Int?, _ found: String, _ expected: String) -> Problem {
      Problem(
        .damaged, file: file, object: object, byte: place.flatMap(position), found: found, expected: expected,
        advice: "Get the tokenizer's files again from where they came")
    }
    guard !pieces.isEmpty else { throw damaged(nil, "no piece", "at least one") }
    let order = pieces.indices.sorted { (pieces[$0].id, $0) < (pieces[$1].id, $1) }
    for (one, other) in zip(order, order.dropFirst()) where pieces[one].id == pieces[other].id {
      throw damaged(
        max(one, other), "the id \(pieces[one].id) of \"\(pieces[one].text)\" and \"\(pieces[other].text)\"",
        "each id once")
    }
    self.file = file
    ids = order.map { pieces[$0].id }
    var bytes: [UInt8] = []
    var starts = [0]
    for place in order {
      bytes += pieces[place].text.utf8
      starts.append(bytes.count)
    }
    (self.bytes, self.starts) = (bytes, starts)
    slots = [Int32](repeating: -1, count: max(16, (order.count * 2).nextPowerOfTwo))
    for (place, original) in order.enumerated() {
      let slot: Int = withBytes(at: place) { self.slot(of: $0) }
      guard slots[slot] < 0 else {
        throw damaged(original, "\"\(pieces[original].text)\" a second time", "each piece once")
      }
      slots[slot] = Int32(place)
    }
  }

  /// The text of a piece by its place.
  func text(at place: Int) -> String { String(decoding: bytes[starts[place]..<starts[place + 1]], as: UTF8.self) }

  /// Calls `body` with the bytes of a piece by its place.
  @inline(__always)
  func withBytes<Result>(at place: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { bytes in
      try body(UnsafeBufferPointer(rebasing: bytes[starts[place]..<starts[place + 1]]))
    }
  }

  /// The place of a piece; nil when there is none.
  func place(of piece: UnsafeBufferPointer<UInt8>) -> Int? {
    let place = slots[slot(of: piece)]
    return place < 0 ? nil : Int(place)
  }

  /// The place of a piece; nil when there is none.
  func place(of piece: String) -> Int? {
    var piece = piece
    return piece.withUTF8 { place(of: $0) }
  }

  /// The place of an id; nil when no piece has it.
  func place(ofID id: Int) -> Int? {
    var low = 0
    var high = ids.count
    // Without gaps, a place is its id.
    if ids.indices.contains(id), ids[id] == id { return id }
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low < ids.count && ids[low] == id ? low : nil
  }

  /// The greatest length of a piece in bytes.
  var greatestLength: Int { zip(starts, starts.dropFirst()).map { $1 - $0 }.max() ?? 0 }

  /// Where a piece is kept among the slots, or would be.
  private func slot(of piece: UnsafeBufferPointer<UInt8>) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(piece))
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] >= 0 {
      let place = Int(slots[slot])
      let range = starts[place]..<starts[place + 1]
      if range.count == piece.count, bytes[range].elementsEqual(piece) { break }
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }
}

extension Int {
  /// The least power of two that is not below a positive number.
  var nextPowerOfTwo: Int { self <= 1 ? 1 : 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
