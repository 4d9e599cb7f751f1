import Bytes

/// A file that an index names: one beside the index, and nothing else.
///
/// The cache of Hugging Face's hub holds links only, all into one folder of files: so the folder of the file that the index
/// itself is a link to counts as well.
struct FileBesideIndex {
  /// The path under which problems name the file.
  let path: String
  /// The file that is opened, where links have been followed.
  private let target: String

  /// Finds a file.
  ///
  /// - Parameter name: A bare name; see ``isBare(_:)``.
  /// - Throws: `Problem` of kind *refused* for a link that leads out of the folder.
  init(_ name: String, index: String) throws {
    let folder = Path(index).folder
    path = folder.appending(name).text
    let real = Path(path).resolved
    let allowed = [folder.resolved, Path(index).resolved.folder]
    guard allowed.contains(where: { Spelling($0.text) == Spelling(real.folder.text) }) else {
      throw Problem(
        .refused, file: path, found: "a link to a file in another folder", expected: "a file beside the index",
        advice: "Put the file itself there if you trust it")
    }
    target = real.text
  }

  /// Whether nothing in a name can lead elsewhere, on any system.
  static func isBare(_ name: String) -> Bool {
    let scalars = name.unicodeScalars
    return !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
      && !scalars.contains { "/\\:".unicodeScalars.contains($0) || $0 == "\0" }
  }

  /// Maps the file.
  ///
  /// - Throws: `Problem` of kind *unavailable* when there is none.
  func map() throws -> ByteView {
    do {
      var bytes = try ByteView(mapping: target)
      bytes.file = path
      return bytes
    } catch var problem as Problem {
      problem.file = path
      throw problem
    }
  }
}
