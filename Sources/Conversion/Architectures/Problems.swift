import Bytes

/// Everything that is wrong, at once: at least one problem.
public struct Problems: Error, Equatable, Sendable {
  /// The problems, the one to read first coming first.
  public let all: [Problem]
  /// What is odd about the files and may be the reason, as sentences for people.
  public var remarks: [String] = []

  /// Gathers problems; nil when there is none.
  public init?(_ all: [Problem]) {
    guard !all.isEmpty else { return nil }
    self.all = all
  }

  /// Makes one problem the whole list.
  public init(_ problem: Problem) {
    all = [problem]
  }
}

extension Problems: CustomStringConvertible {
  /// The problems, one a line, and what is to be noted with them; of very many only the first hundred.
  public var description: String {
    let shown = all.count > 101 ? 100 : all.count
    let rest = shown < all.count ? ["… and \(all.count - shown) more problems"] : []
    return (all.prefix(shown).map(\.description) + rest + remarks.map { printable("Note: \($0)") })
      .joined(separator: "\n")
  }
}
