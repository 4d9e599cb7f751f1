#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a file or a folder lies.
package struct Path: Sendable {
  /// The path without slashes at its end; empty for the folder that relative paths begin in.
  package let text: String

  /// Takes a path as a user writes it.
  package init(_ text: String) {
    var text = text[...]
    while text.utf8.count > 1, text.utf8.last == slash { text = text.dropLast() }
    self.text = String(text)
  }

  /// What stands behind the last slash.
  package var name: String {
    text.utf8.lastIndex(of: slash).map { String(text[text.utf8.index(after: $0)...]) } ?? text
  }

  /// The folder that the file lies in.
  package var folder: Path {
    guard let end = text.utf8.lastIndex(of: slash) else { return Path("") }
    return Path(end == text.startIndex ? "/" : String(text[..<end]))
  }

  /// The path of a file in this folder.
  package func appending(_ name: String) -> Path {
    Path(text.isEmpty ? name : text.utf8.last == slash ? text + name : "\(text)/\(name)")
  }

  /// Whether there is something, links followed.
  package var exists: Bool { mode != nil }

  /// Whether there is a folder, links followed.
  package var isFolder: Bool { mode.map { $0 & S_IFMT == S_IFDIR } ?? false }

  /// The names of everything in this folder, sorted.
  ///
  /// - Throws: `Problem` of kind *unavailable* when there is no folder, or none that can be read.
  package func names() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: reachable).sorted()
    } catch {
      throw Problem(
        .unavailable, file: reachable, found: "a folder that cannot be listed", expected: "a readable folder")
    }
  }

  /// Removes this folder and everything in it, as far as the system lets it.
  package func remove() { try? FileManager.default.removeItem(atPath: text) }

  /// The path without links, as far as it exists.
  package var resolved: Path { Path(URL(filePath: reachable).resolvingSymlinksInPath().path) }

  /// A path that the system understands.
  var reachable: String { text.isEmpty ? "." : text }

  private var mode: mode_t? {
    var status = stat()
    return stat(text, &status) == 0 ? status.st_mode : nil
  }
}

private let slash = UInt8(ascii: "/")
