import Bytes
import JSON

/// The form of what the program `ingot-hdf5` writes to its standard output.
///
/// 1. The line `ingot-hdf5 1 ` and the version of libhdf5, before the file is touched.
/// 2. A line of JSON: `{"elementType": …, "shape": […]}` when asked for a dataset, `{"objects": […]}` when asked for a
///    listing, `{"problem": {…}}` when there is nothing to give.
/// 3. For a dataset, its row-major little-endian bytes in blocks, each after its length (four bytes, little-endian, at
///    most ``blockLimit``); a length of zero ends them.
/// 4. After the blocks a line of JSON: `{}` when all went well, else `{"problem": {…}}`.
///
/// The program may have been taken over by the file that it reads, so nothing of this is believed unchecked.
public enum Answer {
  /// What the first line begins with: the program's name and the version of this form.
  public static let greeting = "ingot-hdf5 1 "
  /// The most bytes in one block.
  public static let blockLimit = 1 << 20
  /// The most bytes in one line, its newline included.
  public static let lineLimit = 64 << 20

  /// Spells a problem for a line of the answer; the file is left out, since the asker knows it.
  public static func json(for problem: Problem) -> JSON {
    var members = [JSON.Member("kind", .string(problem.kind.rawValue)), JSON.Member("found", .string(problem.found))]
    if let object = problem.object { members.append(JSON.Member("object", .string(object))) }
    if let byte = problem.byte { members.append(JSON.Member("byte", .integer(byte))) }
    if let expected = problem.expected { members.append(JSON.Member("expected", .string(expected))) }
    if let advice = problem.advice { members.append(JSON.Member("advice", .string(advice))) }
    return ["problem": .object(members)]
  }

  /// Reads back a problem that ``json(for:)`` spelled; nil when the line holds none.
  static func problem(in line: JSON, file: String) -> Problem? {
    guard let facts = line["problem"], let kind = facts["kind"]?.string.flatMap(Problem.Kind.init(rawValue:)),
      let found = facts["found"]?.string
    else { return nil }
    return Problem(
      kind, file: file, object: facts["object"]?.string, byte: facts["byte"]?.integer, found: found,
      expected: facts["expected"]?.string, advice: facts["advice"]?.string)
  }
}
