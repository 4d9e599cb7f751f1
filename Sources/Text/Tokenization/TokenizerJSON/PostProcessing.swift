/// The special tokens that a `tokenizer.json` puts around one text and around two.
public struct PostProcessing: Equatable, Sendable {
  /// One place of a sequence.
  public enum Part: Equatable, Sendable {
    /// All tokens of the first text (0) or of the second (1), and their segment.
    case text(Int, segment: Int)
    /// A special token, its id and its segment.
    case token(String, id: Int, segment: Int)
  }

  /// What stands around one text.
  public var single: [Part]
  /// What stands around two.
  public var pair: [Part]

  /// The texts alone.
  public static let none = PostProcessing(
    single: [.text(0, segment: 0)], pair: [.text(0, segment: 0), .text(1, segment: 1)])

  /// Returns the ids and segments of a text or two among their special tokens.
  public func sequence(_ first: [Int], _ second: [Int]? = nil) -> (ids: [Int], segments: [Int]) {
    var ids: [Int] = []
    var segments: [Int] = []
    for part in second == nil ? single : pair {
      let (more, segment) =
        switch part {
        case .text(0, let segment): (first, segment)
        case .text(_, let segment): (second ?? [], segment)
        case .token(_, let id, let segment): ([id], segment)
        }
      ids += more
      segments += repeatElement(segment, count: more.count)
    }
    return (ids, segments)
  }
}
