import Architectures
import Bytes
import JSON

/// A file that names labels in the order of a head's scores: a line each, or the JSON list or `id2label` of a configuration.
public enum LabelFile {
  /// Reads the names.
  ///
  /// - Throws: `Problem` of kind *damaged* for a file that is not UTF-8, *mismatched* for one without a name.
  public static func names(at path: String) throws -> [String] {
    let bytes = try ByteView(mapping: path)
    guard let text = String(validating: bytes.array(), as: UTF8.self) else {
      throw Problem(.damaged, file: path, found: "bytes that are not UTF-8", expected: "the names of labels")
    }
    if let json = try? JSON(parsing: bytes), let names = names(in: json) { return names }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
    guard !lines.isEmpty else {
      throw Problem(.mismatched, file: path, found: "no line", expected: "the names of labels")
    }
    return lines
  }

  private static func names(in json: JSON) -> [String]? {
    if let elements = json.elements {
      let names = elements.compactMap(\.string)
      return names.count == elements.count && !names.isEmpty ? names : nil
    }
    return Configuration(file: "", json: json["id2label"] == nil ? .object([JSON.Member("id2label", json)]) : json)
      .labels
  }
}

extension Substring {
  /// The text without whitespace around it.
  fileprivate var trimmed: String {
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
    return String(self[start..<end])
  }
}
