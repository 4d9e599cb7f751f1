import Bytes
import Synchronization

/// What is kept of a file while it is read, so that work stays in proportion to the file however many links lead to one place.
final class SharedReading: Sendable {
  private struct State {
    /// By the address of the group.
    var links: [UInt64: LinkTable] = [:]
    /// The addresses of the headers with many messages that have been read.
    var longHeaders: Set<UInt64> = []
    var messagesLeft = Limits.messagesReadAgain
  }

  private let state = Mutex(State())

  /// Returns a group's links, read at first use, under whichever name the group is used.
  func links(of header: ObjectHeader) throws -> LinkTable {
    if let links = state.withLock({ $0.links[header.address] }) { return links }
    let links = try LinkTable(header)
    state.withLock { $0.links[header.address] = links }
    return links
  }

  /// Notes that an object's header has been read.
  ///
  /// - Throws: `Problem` of kind *refused* when headers with many messages have been read again and again.
  func note(_ header: ObjectHeader) throws {
    guard header.messages.count > Limits.messagesOfOrdinaryHeader else { return }
    let isTooMuch = state.withLock { state in
      if !state.longHeaders.insert(header.address).inserted { state.messagesLeft -= header.messages.count }
      return state.messagesLeft < 0
    }
    guard !isTooMuch else {
      throw header.space.problem(
        .refused, at: Int(clamping: header.address), found: "a long object header that many links lead to",
        expected: "at most \(Limits.messagesReadAgain) messages to be read again",
        advice: "Copy the file with h5repack")
    }
  }
}
