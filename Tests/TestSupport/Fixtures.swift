import Foundation

/// The files under `Tests/Fixtures`, which tests discover and never list.
public enum Fixtures {
  /// The root of the repository, found from where this source file lies.
  public static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The folder that holds every fixture.
  public static let root = repository.appending(path: "Tests/Fixtures", directoryHint: .isDirectory)

  /// Returns one folder of fixtures: `Tests/Fixtures/<name>`.
  public static func folder(_ name: String) -> URL {
    root.appending(path: name, directoryHint: .isDirectory)
  }

  /// Returns the files of a folder and of the folders in it, sorted by path.
  ///
  /// - Parameters:
  ///   - folder: A folder such as ``folder(_:)`` returns.
  ///   - pathExtension: Keeps only the files with this extension, given without its dot; nil keeps all.
  ///   - minimum: How many files there must be, so that a lost folder fails instead of testing nothing.
  /// - Throws: ``TooFewFixtures`` when fewer are found.
  public static func files(
    in folder: URL, withExtension pathExtension: String? = nil, atLeast minimum: Int
  ) throws -> [URL] {
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    let files = paths.sorted().map { folder.appending(path: $0) }.filter { file in
      var isDirectory: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory)
      return exists && !isDirectory.boolValue && (pathExtension == nil || file.pathExtension == pathExtension)
    }
    guard files.count >= minimum else {
      throw TooFewFixtures(folder: folder.path, pathExtension: pathExtension, found: files.count, minimum: minimum)
    }
    return files
  }
}

/// A folder holds fewer fixtures than a test demands.
public struct TooFewFixtures: Error, Equatable, CustomStringConvertible {
  /// The folder that was searched.
  public let folder: String
  /// The extension that was looked for; nil for every file.
  public let pathExtension: String?
  /// How many files there are.
  public let found: Int
  /// How many there must be.
  public let minimum: Int

  /// The facts as one line.
  public var description: String {
    "\(folder): found \(found) \(pathExtension.map { ".\($0)" } ?? "") files, expected at least \(minimum)"
      .replacingOccurrences(of: "  ", with: " ")
  }
}
