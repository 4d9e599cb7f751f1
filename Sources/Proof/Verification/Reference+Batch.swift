import Bytes
import JSON
import Tensors

extension Reference {
  /// One batch of inputs and everything recorded for it.
  public struct Batch: Sendable {
    /// The inputs, by name; token ids are always among them.
    public let inputs: [String: Tensor]
    /// The recorded points, by name; at least one.
    public let points: [String: Tensor]

    /// Token ids, `[B, T]`: those of the encoder where there are two sequences.
    public var tokenIDs: Tensor { inputs["token_ids"]! }
    /// Segment ids, `[B, T]`; nil stands for zeros.
    public var segmentIDs: Tensor? { inputs["segment_ids"] }
    /// The positions of the tokens, `[B, T]`; nil stands for 0, 1, 2, ….
    public var positionIDs: Tensor? { inputs["position_ids"] }
    /// The tokens of the decoder beside those of an encoder, `[B, D]`.
    public var decoderTokenIDs: Tensor? { inputs["decoder_token_ids"] }
    /// The vector on which layer normalisation depends, `[B, C]`, float32.
    public var condition: Tensor? { inputs["condition"] }
    /// What an encoder gave to a decoder that stands alone, `[B, S, H]`, float32.
    public var context: Tensor? { inputs["context"] }

    /// The inputs that a batch may have, in the order of `Formats/Reference.md`.
    static let inputNames = [
      "token_ids", "segment_ids", "position_ids", "decoder_token_ids", "condition", "context", "text",
    ]

    /// Checks and joins inputs and points.
    ///
    /// - Parameters:
    ///   - number: The batch's number, for messages.
    ///   - file: The file that they come from, for messages.
    /// - Throws: `Problem` of kind *mismatched* when there are no token ids, when an input has another type or shape than
    ///   its name asks for, when there is no point, or one is not float32 or float64.
    public init(inputs: [String: Tensor], points: [String: Tensor], number: Int, of file: String) throws {
      guard let tokenIDs = inputs["token_ids"] else {
        throw mismatch(file, "\(number)/input/token_ids", found: "no array of this name", expected: "token ids")
      }
      for name in Self.inputNames where name != "text" {
        guard let input = inputs[name] else { continue }
        if let expected = Self.expectation(of: name, input, beside: tokenIDs) {
          throw mismatch(
            file, "\(number)/input/\(name)", found: expected.found, expected: expected.expected)
        }
      }
      guard !points.isEmpty else {
        throw mismatch(file, "\(number)/point", found: "no point", expected: "at least one")
      }
      for (name, values) in points.sorted(by: { $0.key < $1.key })
      where name != Self.answersName && values.elementType != .float32 && values.elementType != .float64 {
        throw mismatch(
          file, "\(number)/point/\(name)", found: values.elementType.rawValue, expected: "float32 or float64")
      }
      self.inputs = inputs
      self.points = points
      _ = try texts(number: number, of: file)
      _ = try answers(number: number, of: file)
    }

    /// What an input is and should be; nil when it is as it should be.
    private static func expectation(
      of name: String, _ input: Tensor, beside tokenIDs: Tensor
    ) -> (found: String, expected: String)? {
      let found = "\(input.elementType) \(input.shape)"
      switch name {
      case "condition", "context":
        let shape = name == "condition" ? "[B, C]" : "[B, S, H]"
        if input.elementType != .float32 || input.shape.rank != (name == "condition" ? 2 : 3) {
          return (found, "float32 \(shape)")
        }
      default:
        if input.elementType != .int32 && input.elementType != .int64 || input.shape.rank != 2 {
          return (found, "int32 or int64 \(name == "decoder_token_ids" ? "[B, D]" : "[B, T]")")
        }
      }
      let (one, other) = (input.shape.dimensions, tokenIDs.shape.dimensions)
      if name == "segment_ids" || name == "position_ids", one != other {
        return ("\(input.shape)", "\(tokenIDs.shape) as the token ids have")
      }
      return one[0] == other[0] ? nil : ("\(one[0]) rows", "\(other[0]), as the token ids have")
    }
  }
}
