import Bytes
import JSON
import NumPy
import Tensors

/// Inputs and the outputs that a framework computed from them at named points; `Formats/Reference.md` is its specification.
public struct Reference: Sendable {
  /// The file that was read.
  public let file: String
  /// What the recorder says of its framework; nil when it says nothing.
  public let about: JSON?
  /// The batches, in order; at least one.
  public let batches: [Batch]

  /// One batch of inputs and everything recorded for it.
  public struct Batch: Sendable {
    /// Token ids, `[B, T]`.
    public let tokenIDs: Tensor
    /// Segment ids, `[B, T]`; nil stands for zeros.
    public let segmentIDs: Tensor?
    /// The recorded points, by name; at least one.
    public let points: [String: Tensor]

    /// Checks and joins inputs and points.
    ///
    /// - Throws: `Problem` of kind *mismatched* when ids are no integers `[B, T]`, or a point is not float32 or float64.
    public init(tokenIDs: Tensor, segmentIDs: Tensor?, points: [String: Tensor]) throws {
      for (name, ids) in [("token_ids", tokenIDs), ("segment_ids", segmentIDs)] {
        guard let ids else { continue }
        guard ids.elementType == .int32 || ids.elementType == .int64, ids.shape.rank == 2 else {
          throw mismatch(
            ids.bytes.file, name, found: "\(ids.elementType) \(ids.shape)", expected: "int32 or int64 [B, T]")
        }
        guard ids.shape == tokenIDs.shape else {
          throw mismatch(
            ids.bytes.file, name, found: "the shape \(ids.shape)",
            expected: "\(tokenIDs.shape) as the token ids have")
        }
      }
      for (name, point) in points where point.elementType != .float32 && point.elementType != .float64 {
        throw mismatch(
          point.bytes.file, name, found: "\(point.elementType)", expected: "float32 or float64")
      }
      self.tokenIDs = tokenIDs
      self.segmentIDs = segmentIDs
      self.points = points
    }
  }

  /// Joins batches under the name of the file that they come from.
  public init(file: String, about: JSON? = nil, batches: [Batch]) {
    self.file = file
    self.about = about
    self.batches = batches
  }
}

extension Reference {
  /// Reads a reference from an `.npz`.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the archive is sound and no reference: an array with another name, a
  ///   batch without token ids or points, batch numbers with a gap, element types that no point or input has.
  public init(opening path: String) throws {
    let archive = try NumPyArchive(ByteView(mapping: path))
    var drafts: [Int: Draft] = [:]
    var about: JSON?
    for entry in archive.arrays {
      let name = entry.name
      let tensor = try Tensor(reading: entry.array.get(), file: entry.member.file)
      if name == "about" {
        about = try JSON(parsing: tensor.bytes)
        continue
      }
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 3, let number = Int(parts[0]), number >= 0 else {
        throw Reference.mismatch(
          path, name, found: "an array that is no part of a reference", expected: "{batch}/input/… or {batch}/point/…")
      }
      switch (parts[1], parts[2]) {
      case ("input", "token_ids"):
        drafts[number, default: Draft()].tokenIDs = tensor
      case ("input", "segment_ids"):
        drafts[number, default: Draft()].segmentIDs = tensor
      case ("point", let point):
        drafts[number, default: Draft()].points[String(point)] = tensor
      default:
        throw Reference.mismatch(
          path, name, found: "an array that is no part of a reference",
          expected: "input/token_ids, input/segment_ids or point/…")
      }
    }
    let batches = try drafts.keys.sorted().enumerated().map { position, number in
      guard position == number else {
        throw Reference.mismatch(path, nil, found: "batch \(number)", expected: "batch \(position)")
      }
      return try drafts[number]!.batch(number, in: path)
    }
    guard !batches.isEmpty else {
      throw Reference.mismatch(path, nil, found: "no batch", expected: "at least 0/input/token_ids and a point")
    }
    self.init(file: path, about: about, batches: batches)
  }

  /// What has been met of a batch so far.
  private struct Draft {
    var tokenIDs: Tensor?
    var segmentIDs: Tensor?
    var points: [String: Tensor] = [:]

    func batch(_ number: Int, in file: String) throws -> Batch {
      guard let tokenIDs else {
        throw mismatch(file, "\(number)/input/token_ids", found: "no array of this name", expected: "token ids")
      }
      guard !points.isEmpty else {
        throw mismatch(file, nil, found: "no point in batch \(number)", expected: "at least one \(number)/point/…")
      }
      return try Batch(tokenIDs: tokenIDs, segmentIDs: segmentIDs, points: points)
    }
  }

  private static func mismatch(_ file: String, _ name: String?, found: String, expected: String) -> Problem {
    Problem(
      .mismatched, file: file, object: name, found: found, expected: expected,
      advice: "Formats/Reference.md says what a reference holds")
  }
}
