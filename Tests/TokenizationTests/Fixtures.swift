import Bytes
import Foundation
import JSON
import Tokenization

/// What the real bert4keras recorded about its tokenizer: Tests/Fixtures/Tokenizer.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/Tokenizer")

  /// The names of all files there whose name ends so.
  static func names(ending suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(suffix) }.sorted()
  }

  /// A file, called by its bare name in problems.
  static func view(_ name: String) throws -> ByteView {
    var view = try ByteView(mapping: folder.appending(path: name).path)
    view.file = name
    return view
  }

  static func json(_ name: String) throws -> JSON {
    try JSON(parsing: view(name))
  }
}

extension JSON {
  var integers: [Int]? { elements?.compactMap(\.integer) }

  /// The strings as their bytes, which tell apart what Swift's `==` takes for equal.
  var spellings: [[UInt8]]? { elements?.compactMap { $0.string.map { Array($0.utf8) } } }
}

/// The bytes of tokens, for comparing.
func spellings(_ tokens: [String]) -> [[UInt8]] {
  tokens.map { Array($0.utf8) }
}

/// A vocabulary of these tokens, one a line.
func vocabulary(_ tokens: String..., file: String = "vocab.txt") throws -> Vocabulary {
  try Vocabulary(reading: ByteView(Array(tokens.joined(separator: "\n").utf8), file: file))
}

/// For each index that bert4keras' `rematch` may give, the scalar of the text that it means.
///
/// bert4keras counts in `text.lower()` when it lowers, where U+0130, and nothing else, becomes two scalars.
func originsOfPythonIndices(_ text: String, lowercases: Bool) -> [Int] {
  text.unicodeScalars.enumerated().flatMap { index, scalar in
    Array(repeating: index, count: lowercases && scalar == "\u{130}" ? 2 : 1)
  }
}
