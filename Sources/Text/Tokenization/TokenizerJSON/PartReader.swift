import Bytes
import JSON

/// One part of a `tokenizer.json`, and what it is called in messages: `pre_tokenizer.pretokenizers[0]`.
struct PartReader {
  let json: JSON
  let path: String
  let file: String

  /// The name of the part: its member `type`.
  func type() throws -> String {
    guard json.members != nil else { throw itself("an object") }
    return try text("type")
  }

  /// A part within, which must be there.
  func part(_ name: String) throws -> PartReader {
    guard let value = json[name] else { throw damaged(name, "nothing", "a value") }
    return PartReader(json: value, path: "\(path).\(name)", file: file)
  }

  /// The parts of a list.
  func parts(_ name: String) throws -> [PartReader] {
    guard let elements = json[name]?.elements else { throw wrong(name, "an array") }
    return elements.enumerated().map { PartReader(json: $1, path: "\(path).\(name)[\($0)]", file: file) }
  }

  func text(_ name: String) throws -> String {
    guard let value = json[name]?.string else { throw wrong(name, "a text") }
    return value
  }

  /// A text of one character, in UTF-8.
  func character(_ name: String) throws -> [UInt8] {
    let value = try text(name)
    guard value.unicodeScalars.count == 1 else { throw wrong(name, "one character") }
    return Array(value.utf8)
  }

  /// A truth value; `standard` where the member is missing or null, which is damage where there is no standard.
  func truth(_ name: String, else standard: Bool? = nil) throws -> Bool {
    if optional(name) == nil, let standard { return standard }
    guard let value = json[name]?.bool else { throw wrong(name, "true or false") }
    return value
  }

  /// A whole number from 0 on that fits an id.
  func count(_ name: String) throws -> Int {
    guard let value = json[name]?.integer, (0...BytePairModel.greatestID).contains(value) else {
      throw wrong(name, "a whole number from 0 to \(BytePairModel.greatestID)")
    }
    return value
  }

  /// The member, nil where it is missing or null.
  func optional(_ name: String) -> JSON? {
    guard let value = json[name], value != .null else { return nil }
    return value
  }

  /// The problem of a member with another value than expected.
  func wrong(_ name: String, _ expected: String) -> Problem {
    damaged(name, json[name].map(brief) ?? "nothing", expected)
  }

  func damaged(_ name: String, _ found: String, _ expected: String) -> Problem {
    Problem(
      .damaged, file: file, object: "\(path).\(name)", found: found, expected: expected, advice: TokenizerFiles.advice)
  }

  /// The problem of a part that Ingot does not have.
  func unsupported(_ type: String, _ known: String) -> Problem {
    Problem(.unsupported, file: file, object: path, found: "the part \"\(type)\"", expected: known)
  }

  /// The problem of a setting that Ingot does not have.
  func unsupported(_ name: String, found: String, _ expected: String) -> Problem {
    Problem(.unsupported, file: file, object: "\(path).\(name)", found: found, expected: expected)
  }
}

extension PartReader {
  /// The part itself as a number.
  func number(_ range: ClosedRange<Int>) throws -> Int {
    guard let value = json.integer, range.contains(value) else {
      throw itself("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// The part itself as a text.
  func string() throws -> String {
    guard let value = json.string else { throw itself("a text") }
    return value
  }

  /// The problem of a part that is something else.
  func itself(_ expected: String) -> Problem {
    Problem(
      .damaged, file: file, object: path, found: brief(json), expected: expected, advice: TokenizerFiles.advice)
  }
}
