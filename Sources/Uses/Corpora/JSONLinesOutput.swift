import Bytes
import JSON
import SentenceVectors

/// Vectors as JSON lines.
final class JSONLinesOutput: VectorOutput {
  private let file: GrowingFile

  init(_ names: UnfinishedNames, keeping counts: [Int]?) throws {
    file = try GrowingFile(opening: names.main, keeping: counts?[0] ?? 0)
  }

  func append(_ texts: [CorpusText], _ vectors: Vectors) throws {
    var lines = ""
    for (index, text) in texts.enumerated() { lines += JSONLines.line(of: text, vectors[index]) + "\n" }
    try lines.withUTF8 { try file.append(UnsafeRawBufferPointer($0)) }
  }

  func sync() throws -> [Int] {
    try file.sync()
    return [file.byteCount]
  }

  func finish(rows: Int, as path: String, replacing: Bool) throws {
    try file.publish(as: path, replacing: replacing)
  }
}

/// A text and its vector as a line of JSON.
public enum JSONLines {
  /// The line without its end: the object that the text came in, or one with the text, and `vector`, which takes the place of one there.
  public static func line(of text: CorpusText, _ vector: ArraySlice<Float>) -> String {
    var members = text.object?.members?.filter { $0.name != "vector" } ?? [JSON.Member("text", .string(text.text))]
    members.append(JSON.Member("vector", .array(vector.map { .number($0.description) })))
    return JSON.object(members).compact
  }
}
