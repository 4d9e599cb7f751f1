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
  ///
  /// Throws a `Problem` of kind *unavailable* when the system cannot tell.
  package var exists: Bool { get throws { try mode != nil } }

  /// Whether there is a folder, links followed.
  ///
  /// Throws a `Problem` of kind *unavailable* when the system cannot tell.
  package var isFolder: Bool { get throws { try mode.map { $0 & S_IFMT == S_IFDIR } ?? false } }

  /// The names of everything in this folder, sorted.
  ///
  /// - Throws: `Problem` of kind *unavailable* when there is no folder, or none that can be read to its end.
  package func names() throws -> [String] {
    func unavailable() -> Problem {
      Problem(.unavailable, file: reachable, found: reason(for: errno), expected: "a readable folder")
    }
    guard let folder = opendir(reachable) else { throw unavailable() }
    defer { closedir(folder) }
    var names: [String] = []
    while true {
      // Only this tells the end of a folder from a failure.
      errno = 0
      guard let entry = readdir(folder) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        start.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: start.pointee)) {
          String(cString: $0)
        }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw unavailable() }
    return names.sorted()
  }

  /// Removes this folder and everything in it, as far as the system lets it.
  package func remove() { try? FileManager.default.removeItem(atPath: text) }

  /// The path without links, as far as it exists.
  package var resolved: Path { Path(URL(filePath: reachable).resolvingSymlinksInPath().path) }

  /// A path that the system understands.
  var reachable: String { text.isEmpty ? "." : text }

  /// What the system says of the file; nil when there is none.
  private var mode: mode_t? {
    get throws {
      var status = stat()
      if stat(text, &status) == 0 { return status.st_mode }
      let code = errno
      // Whoever opens such a path is told what is wrong with it.
      guard [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(code) else {
        throw Problem(
          .unavailable, file: text, found: reason(for: code), expected: "a file or folder that can be looked at")
      }
      return nil
    }
  }
}

private let slash = UInt8(ascii: "/")
