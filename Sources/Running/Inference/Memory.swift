import Bytes
import Tensors

/// What a decoder keeps of the tokens that it has seen, so that each further token costs one step and not all over again:
/// the keys and values of every block.
///
/// Runs that continue one memory must come one after the other, on the same model and in one precision.
public final class Memory {
  /// The number of tokens of each sequence that have been seen.
  public private(set) var length = 0
  private var tokenIDs: [[Int32]] = []
  private var segmentIDs: [[Int32]] = []
  private var precision: Precision?
  private var kept: [String: AnyObject] = [:]

  /// Begins with nothing seen.
  public init() {}

  /// The tokens of a sequence that have been seen.
  func tokenIDs(ofRow row: Int) -> [Int32] { tokenIDs.isEmpty ? [] : tokenIDs[row] }

  /// Their segments.
  func segmentIDs(ofRow row: Int) -> [Int32] { segmentIDs.isEmpty ? [] : segmentIDs[row] }

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
    guard length > 0 else { return }
    if batch != tokenIDs.count {
      throw Problem(
        .mismatched, file: "input", object: "token ids", found: "\(batch) rows",
        expected: "\(tokenIDs.count), as the memory has")
    }
    if let known = self.precision, known != precision {
      throw Problem(
        .mismatched, file: "input", object: "the precision", found: precision.rawValue,
        expected: "\(known.rawValue), as the memory has")
    }
    if mask == .unilm, segments.contains(0) {
      throw Problem(
        .mismatched, file: "input", object: "segment ids", found: "segment 0 after the first run",
        expected: "segment 1, which earlier tokens do not see")
    }
  }

  /// Notes that these tokens have been seen.
  func append(_ span: Span, precision: Precision) {
    if length == 0 {
      tokenIDs = Array(repeating: [], count: span.batch)
      segmentIDs = tokenIDs
    }
    for row in 0..<span.batch {
      tokenIDs[row] += span.tokenIDs[row * span.length..<(row + 1) * span.length]
      segmentIDs[row] += span.segmentIDs[row * span.length..<(row + 1) * span.length]
    }
    length += span.length
    self.precision = precision
  }

  /// What was kept under a name; nil when nothing was.
  func recall<Kept: AnyObject>(_ name: String, as type: Kept.Type) -> Kept? {
    kept[name].map { $0 as! Kept }
  }

  /// Keeps something under a name.
  func keep(_ value: AnyObject, as name: String) {
    kept[name] = value
  }
}

/// The keys and values that queries attend to: a block's own, or those of what it reads.
final class KeysAndValues<Scalar: TensorElement & BinaryFloatingPoint> {
  /// The keys, [K, B · capacity].
  private(set) var keys: Matrix<Scalar>
  /// The values, [N, B · capacity].
  private(set) var values: Matrix<Scalar>
  /// The number of sequences, B.
  let batch: Int
  /// The number of tokens of each sequence.
  private(set) var length: Int
  private var capacity: Int

  /// Takes keys and values of B sequences of one length.
  init(keys: Matrix<Scalar>, values: Matrix<Scalar>, batch: Int) {
    self.keys = keys
    self.values = values
    self.batch = batch
    length = keys.columns / batch
    capacity = length
  }

  /// The columns of a sequence.
  func columns(of row: Int) -> Range<Int> {
    row * capacity..<row * capacity + length
  }

  /// Adds the keys and values of further tokens to every sequence.
  func append(keys newKeys: Matrix<Scalar>, values newValues: Matrix<Scalar>) {
    let count = newKeys.columns / batch
    let wanted = length + count > capacity ? max(2 * capacity, length + count) : capacity
    func joined(_ old: Matrix<Scalar>, _ new: Matrix<Scalar>) -> Matrix<Scalar> {
      var result = old
      if wanted > capacity {
        result = Matrix(features: old.features, columns: batch * wanted)
        for row in 0..<batch { result.copy(old, columns(of: row), to: row * wanted) }
      }
      for row in 0..<batch { result.copy(new, row * count..<(row + 1) * count, to: row * wanted + length) }
      return result
    }
    (keys, values) = (joined(keys, newKeys), joined(values, newValues))
    capacity = wanted
    length += count
  }
}
