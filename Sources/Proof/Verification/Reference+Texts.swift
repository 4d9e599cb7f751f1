import Bytes
import JSON
import Tensors

extension Reference.Batch {
  /// A row's text, or its two texts.
  public struct Text: Equatable, Sendable {
    /// The first text.
    public let first: String
    /// The second text; nil where there is one alone.
    public let second: String?
  }

  /// The texts that the token ids were made of, a row each; nil when the reference holds none.
  ///
  /// - Parameters:
  ///   - number: The batch's number, for messages.
  ///   - file: The file that it comes from, for messages.
  /// - Throws: `Problem` of kind *mismatched* when the array is no JSON list with a text or a pair of texts for each row.
  public func texts(number: Int, of file: String) throws -> [Text]? {
    guard let array = inputs["text"] else { return nil }
    let name = "\(number)/input/text"
    func mismatch(_ found: String) -> Problem {
      Reference.mismatch(
        file, name, found: found, expected: "uint8 [n], a JSON list with a text or a pair of texts for each row")
    }
    guard array.elementType == .uint8, array.shape.rank == 1 else {
      throw mismatch("\(array.elementType) \(array.shape)")
    }
    guard let list = try? JSON(parsing: array.bytes), let elements = list.elements else {
      throw mismatch("no JSON list")
    }
    let texts = elements.compactMap { element -> Text? in
      if let text = element.string { return Text(first: text, second: nil) }
      let pair = (element.elements ?? []).compactMap(\.string)
      return pair.count == 2 && element.elements?.count == 2 ? Text(first: pair[0], second: pair[1]) : nil
    }
    guard texts.count == elements.count else { throw mismatch("an element that is neither a text nor a pair") }
    let rows = tokenIDs.shape.dimensions[0]
    guard texts.count == rows else { throw mismatch("\(texts.count) texts for \(rows) rows") }
    return texts
  }

  /// The recorded ids of a row, and the segments where there are any.
  func row(_ index: Int) -> (ids: [Int], segments: [Int]?) {
    (tokenIDs.integers(ofRow: index), segmentIDs?.integers(ofRow: index))
  }
}

extension Tensor {
  /// One row of an integer matrix.
  fileprivate func integers(ofRow row: Int) -> [Int] {
    let width = shape.dimensions[1]
    let range = (row * width)..<((row + 1) * width)
    return elementType == .int32
      ? withElements(of: Int32.self) { $0[range].map(Int.init) }
      : withElements(of: Int64.self) { $0[range].map { Int(truncatingIfNeeded: $0) } }
  }
}
