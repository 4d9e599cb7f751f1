import Bytes
import Tensors

/// What a decoder keeps of the tokens that it has seen, so that each further token costs one step and not all over again:
/// the keys and values of every attention.
///
/// Sequences may have different lengths. Rows can be chosen again, as a search by beams does, copied and cut. Runs that continue one
/// cache must come one after the other, on the same model and in one precision.
public final class Cache {
  /// The tokens of one sequence that have been seen.
  package struct Row: Equatable, Sendable {
    package var tokenIDs: [Int32] = []
    package var segmentIDs: [Int32] = []

    package init() {}

    var count: Int { tokenIDs.count }
  }

  /// What has been seen; empty before the first run.
  private(set) var rows: [Row] = []
  /// What attention to other tokens than these saw of them in the first run.
  private(set) var others: [TokenSource: Sequences] = [:]
  private var precision: Precision?
  private var keys: Keys?

  /// The keys and values, in the precision of the first run.
  private enum Keys {
    case single(KeyCache<Float>)
    case double(KeyCache<Double>)
  }

  /// Begins with nothing seen.
  public init() {}

  /// How many tokens of each sequence have been seen; empty before the first run.
  public var lengths: [Int] { rows.map(\.count) }

  /// Makes another cache that has seen the same, and goes its own way from here.
  public func copy() -> Cache {
    let copy = Cache()
    (copy.rows, copy.others, copy.precision) = (rows, others, precision)
    switch keys {
    case .single(let keys): copy.keys = .single(keys.selecting(rows: Array(rows.indices)))
    case .double(let keys): copy.keys = .double(keys.selecting(rows: Array(rows.indices)))
    case nil: break
    }
    return copy
  }

  /// Keeps these rows, in this order; one that is named twice is there twice.
  ///
  /// - Parameter chosen: Numbers of rows, each one of this cache's.
  public func select(rows chosen: [Int]) {
    precondition(chosen.allSatisfy(rows.indices.contains), "rows \(chosen) of \(rows.count)")
    rows = chosen.map { rows[$0] }
    others = others.mapValues { $0.selecting(rows: chosen) }
    switch keys {
    case .single(let keys): self.keys = .single(keys.selecting(rows: chosen))
    case .double(let keys): self.keys = .double(keys.selecting(rows: chosen))
    case nil: break
    }
  }

  /// Forgets the tokens of each sequence beyond a number.
  ///
  /// - Parameter lengths: How many tokens of each row stay, at most as many as there are.
  public func trim(to lengths: [Int]) {
    precondition(
      lengths.count == rows.count && zip(lengths, rows).allSatisfy { (0...$1.count).contains($0) },
      "\(lengths) tokens of \(self.lengths)")
    for (row, length) in lengths.enumerated() {
      rows[row].tokenIDs.removeLast(rows[row].count - length)
      rows[row].segmentIDs.removeLast(rows[row].segmentIDs.count - length)
    }
    switch keys {
    case .single(let keys): keys.trim(to: lengths)
    case .double(let keys): keys.trim(to: lengths)
    case nil: break
    }
  }

  /// The keys and values for a pass in some arithmetic; the first run decides which.
  func keys<K: Kernels>(for kernels: K) -> KeyCache<K.Scalar> {
    switch keys {
    case .single(let keys as KeyCache<K.Scalar>): return keys
    case .double(let keys as KeyCache<K.Scalar>): return keys
    default:
      let new = KeyCache<K.Scalar>()
      if let new = new as? KeyCache<Float> { keys = .single(new) }
      if let new = new as? KeyCache<Double> { keys = .double(new) }
      return new
    }
  }

  /// Notes that these tokens have been seen.
  func append(_ batch: Batch, precision: Precision) {
    let sequences = batch[batch.main]
    if rows.isEmpty {
      rows = sequences.lengths.map { _ in Row() }
      others = batch.sequences.filter { $0.key != batch.main }
    }
    for row in rows.indices {
      rows[row].tokenIDs += sequences.tokenIDs[sequences.columns(of: row)]
      rows[row].segmentIDs += sequences.segmentIDs[sequences.columns(of: row)]
    }
    self.precision = precision
  }
}

extension Cache {
  /// Checks that tokens can follow those that have been seen.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the model looks ahead, the number of sequences or the precision is
  ///   another one, or the unilm mask would let earlier tokens see the new ones.
  func check(
    batch: Int, segmentIDs segments: [Int32], mask: AttentionMask, precision: Precision, of file: String
  ) throws {
    if mask.looksAhead {
      throw Problem(
        .mismatched, file: file, object: "the mask", found: mask.rawValue, expected: "lm or unilm",
        advice: "In a model that looks ahead, new tokens change what was computed of earlier ones; run them together")
    }
    guard !rows.isEmpty else { return }
    if batch != rows.count {
      throw Problem(
        .mismatched, file: "input", object: "token ids", found: "\(batch) rows",
        expected: "\(rows.count), as the cache has")
    }
    if let known = self.precision, known != precision {
      throw Problem(
        .mismatched, file: "input", object: "the precision", found: precision.rawValue,
        expected: "\(known.rawValue), as the cache has")
    }
    if mask == .unilm, segments.contains(0) {
      throw Problem(
        .mismatched, file: "input", object: "segment ids", found: "segment 0 after the first run",
        expected: "segment 1, which earlier tokens do not see")
    }
  }
}
