import Tensors

/// The keys and values of every attention of a graph, in one arithmetic.
final class KeyCache<Scalar: TensorElement & BinaryFloatingPoint> {
  /// By the number of the attention.
  private var slots: [Int: KeysAndValues<Scalar>] = [:]

  /// What an attention keeps; nil before its first run.
  subscript(slot: Int) -> KeysAndValues<Scalar>? {
    get { slots[slot] }
    set { slots[slot] = newValue }
  }

  /// The numbers of the attentions that keep something.
  var filled: Set<Int> { Set(slots.keys) }

  /// The same for some rows.
  func selecting(rows: [Int]) -> KeyCache {
    let result = KeyCache()
    result.slots = slots.mapValues { $0.selecting(rows: rows) }
    return result
  }

  /// Forgets the tokens of each sequence beyond a number; what belongs to other tokens stays.
  func trim(to lengths: [Int]) {
    for slot in slots.keys where slots[slot]!.grows { slots[slot]!.trim(to: lengths) }
  }
}

/// The keys and values that queries attend to: those of their own sequences, or of others.
struct KeysAndValues<Scalar: TensorElement & BinaryFloatingPoint> {
  /// The keys, a column for each place.
  private(set) var keys: Matrix<Scalar>
  /// The values, a column for each place.
  private(set) var values: Matrix<Scalar>
  /// Whether further tokens of the sequences follow.
  let grows: Bool
  /// The column of each sequence's first place.
  private var starts: [Int]
  private(set) var lengths: [Int]
  /// How many places a sequence has, where each has as many; else none is free.
  private var capacity = 0

  /// Takes keys and values as a pass has made them.
  init(keys: Matrix<Scalar>, values: Matrix<Scalar>, of sequences: Sequences, grows: Bool) {
    (self.keys, self.values, self.grows) = (keys, values, grows)
    (starts, lengths) = (sequences.starts, sequences.lengths)
  }

  /// The columns of a sequence.
  func columns(of row: Int) -> Range<Int> { starts[row]..<starts[row] + lengths[row] }

  /// Adds the keys and values of further tokens to every sequence.
  mutating func append(keys newKeys: Matrix<Scalar>, values newValues: Matrix<Scalar>, of sequences: Sequences) {
    let totals = zip(lengths, sequences.lengths).map { $0 + $1 }
    if (totals.max() ?? 0) > capacity { move(rows: Array(lengths.indices), capacity: max(2 * capacity, totals.max()!)) }
    for row in lengths.indices {
      keys.copy(newKeys, sequences.columns(of: row), to: starts[row] + lengths[row])
      values.copy(newValues, sequences.columns(of: row), to: starts[row] + lengths[row])
    }
    lengths = totals
  }

  /// Forgets places beyond a number.
  mutating func trim(to lengths: [Int]) { self.lengths = lengths }

  /// The same for some rows, in memory of its own.
  func selecting(rows: [Int]) -> KeysAndValues {
    var result = self
    result.move(rows: rows, capacity: max(1, lengths.max() ?? 0))
    return result
  }

  /// Copies some rows into new memory, of which each has so many places.
  private mutating func move(rows: [Int], capacity: Int) {
    func moved(_ old: Matrix<Scalar>) -> Matrix<Scalar> {
      let new = Matrix<Scalar>(features: old.features, columns: rows.count * capacity)
      for (place, row) in rows.enumerated() { new.copy(old, columns(of: row), to: place * capacity) }
      return new
    }
    (keys, values) = (moved(keys), moved(values))
    lengths = rows.map { lengths[$0] }
    starts = rows.indices.map { $0 * capacity }
    self.capacity = capacity
  }
}
