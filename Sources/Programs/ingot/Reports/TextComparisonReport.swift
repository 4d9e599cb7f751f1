import Bytes
import JSON
import ModelFiles
import Tokenization
import Verification

/// The ids of a reference's texts held against those that a model file's tokenizer gives, in words.
struct TextComparisonReport {
  /// What was compared; nil where the model file has no tokenizer to compare.
  let comparison: TextComparison?
  /// The answer, the reason of a difference behind it.
  let lines: [String]

  /// Whether nothing differs.
  var agrees: Bool { comparison?.agrees ?? true }

  /// Compares the texts of a reference, and where ids differ, tries other settings.
  ///
  /// - Returns: Nil when the reference holds no texts.
  /// - Throws: What reading the texts throws.
  init?(of file: ModelFile, with reference: Reference) throws {
    guard reference.batches.contains(where: { $0.inputs["text"] != nil }) else { return nil }
    let settings: TextSettings
    let tokenizer: Tokenizer
    do {
      settings = try TextSettings(of: file)
      tokenizer = try Tokenizer(settings) { file.attachment($0) }
    } catch let problem as Problem {
      comparison = nil
      lines = ["not compared: \(problem)"]
      return
    }
    let comparison = try TextComparison(of: tokenizer, with: reference)!
    self.comparison = comparison
    guard let difference = comparison.difference else {
      lines = [
        "\(Wording.count(comparison.count, "text")) \(Wording.verb("give", for: comparison.count)) the recorded ids"
      ]
      return
    }
    let second = difference.text.second.map { " and \"\(printable($0))\"" } ?? ""
    let which =
      difference.segments.map { "segment \($0[0]) recorded, \($0[1]) by Ingot" }
      ?? "\(difference.recorded.wording) recorded, \(difference.computed.wording) by Ingot"
    var lines = [
      "DIFFERENT IDS: \(comparison.differing) of \(Wording.count(comparison.count, "text")), first \"\(printable(difference.text.first))\"\(second)",
      "(batch \(difference.batch), row \(difference.row)), at token \(difference.position): \(which)",
    ]
    for (change, settings) in settings.variants {
      guard let tokenizer = try? Tokenizer(settings, reading: { file.attachment($0) }),
        let other = try? TextComparison(of: tokenizer, with: reference), other.agrees
      else { continue }
      lines.append("with \(change) all texts give the recorded ids: convert again with --tokenizer \(change)")
      break
    }
    self.lines = lines
  }

  /// The comparison as a program reads it.
  var json: JSON {
    guard let comparison else { return ["compared": 0, "problem": .string(lines[0])] }
    return [
      "agrees": .bool(comparison.agrees), "compared": .integer(comparison.count),
      "differing": .integer(comparison.differing),
      "first": comparison.difference.map { difference in
        [
          "batch": .integer(difference.batch), "row": .integer(difference.row), "text": .string(difference.text.first),
          "second": difference.text.second.map(JSON.string) ?? .null, "token": .integer(difference.position),
          "recorded": difference.recorded.json, "computed": difference.computed.json,
        ]
      } ?? .null,
    ]
  }
}

extension TextComparison.Difference.Side {
  fileprivate var wording: String {
    switch self {
    case .token(let id, let token): token.map { "\(id) \(printable($0))" } ?? "\(id)"
    case .end: "no more tokens"
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .token(let id, _): .integer(id)
    case .end: .null
    }
  }
}
