import Bytes
import Tensors

extension Reference {
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
    /// - Parameters:
    ///   - number: The batch's number, for messages.
    ///   - file: The file that they come from, for messages.
    /// - Throws: `Problem` of kind *mismatched* when ids are no integers `[B, T]`, when there is no point, or one is not
    ///   float32 or float64.
    public init(
      tokenIDs: Tensor, segmentIDs: Tensor?, points: [String: Tensor], number: Int, of file: String
    ) throws {
      func check(_ ids: Tensor, _ name: String) throws {
        guard ids.elementType == .int32 || ids.elementType == .int64, ids.shape.rank == 2 else {
          throw mismatch(
            file, "\(number)/input/\(name)", found: "\(ids.elementType) \(ids.shape)",
            expected: "int32 or int64 [B, T]")
        }
        guard ids.shape == tokenIDs.shape else {
          throw mismatch(
            file, "\(number)/input/\(name)", found: "\(ids.shape)",
            expected: "\(tokenIDs.shape) as the token ids have")
        }
      }
      try check(tokenIDs, "token_ids")
      if let segmentIDs { try check(segmentIDs, "segment_ids") }
      guard !points.isEmpty else {
        throw mismatch(file, "\(number)/point", found: "no point", expected: "at least one")
      }
      for (name, values) in points.sorted(by: { $0.key < $1.key })
      where values.elementType != .float32 && values.elementType != .float64 {
        throw mismatch(
          file, "\(number)/point/\(name)", found: values.elementType.rawValue, expected: "float32 or float64")
      }
      self.tokenIDs = tokenIDs
      self.segmentIDs = segmentIDs
      self.points = points
    }
  }
}
