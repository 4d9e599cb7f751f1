import Bytes
import JSON
import NumPy
import Tensors

/// Inputs and the outputs that a framework computed from them at named points; `Formats/Reference.md` is its specification.
public struct Reference: Sendable {
  /// The file that was read.
  public let file: String
  /// What the recorder says of its framework; nil when it says nothing.
  public let about: JSON?
  /// The batches, in order; at least one.
  public let batches: [Batch]

  /// Joins batches under the name of the file that they come from.
  public init(file: String, about: JSON? = nil, batches: [Batch]) {
    self.file = file
    self.about = about
    self.batches = batches
  }
}

extension Reference {
  /// Reads a reference from an `.npz`.
  ///
  /// - Throws: `Problem` of kind *mismatched* when the archive is sound and no reference: an array with another name, a
  ///   batch without token ids or points, batch numbers with a gap, element types that no point or input has.
  public init(opening path: String) throws {
    var drafts: [Int: Draft] = [:]
    var about: JSON?
    for entry in try NumPyArchive(ByteView(mapping: path)).arrays {
      let tensor = try Tensor(reading: entry.array.get(), file: entry.member.file)
      if entry.member.method == .stored { try entry.member.verifyChecksum() }
      if entry.name == "about" {
        about = try JSON(parsing: ByteView(tensor.bytes.array(), file: entry.member.file))
        continue
      }
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3, let number = Int(parts[0]), number >= 0, parts[0] == String(number) else {
        throw Reference.mismatch(
          path, entry.name, found: "an array that is no part of a reference",
          expected: "{batch}/input/… or {batch}/point/…")
      }
      switch (parts[1], parts[2]) {
      case ("input", let input) where Batch.inputNames.contains(input):
        drafts[number, default: Draft()].inputs[input] = tensor
      case ("point", let point): drafts[number, default: Draft()].points[point] = tensor
      default:
        throw Reference.mismatch(
          path, entry.name, found: "an array that is no part of a reference",
          expected: "\(Batch.inputNames.map { "input/\($0)" }.joined(separator: ", ")) or point/…")
      }
    }
    guard !drafts.isEmpty else {
      throw Reference.mismatch(path, nil, found: "no batch", expected: "at least 0/input/token_ids and a point")
    }
    let batches = try drafts.sorted { $0.key < $1.key }.enumerated().map { position, draft in
      guard draft.key == position else {
        throw Reference.mismatch(path, nil, found: "batch \(draft.key)", expected: "batch \(position)")
      }
      return try Batch(inputs: draft.value.inputs, points: draft.value.points, number: position, of: path)
    }
    self.init(file: path, about: about, batches: batches)
  }

  /// What has been met of a batch so far.
  private struct Draft {
    var inputs: [String: Tensor] = [:]
    var points: [String: Tensor] = [:]
  }

  static func mismatch(_ file: String, _ name: String?, found: String, expected: String) -> Problem {
    Problem(
      .mismatched, file: file, object: name, found: found, expected: expected,
      advice: "Formats/Reference.md says what a reference holds")
  }
}
