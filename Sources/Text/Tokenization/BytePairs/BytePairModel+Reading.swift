import Bytes
import JSON

extension BytePairModel {
  /// The greatest id that a piece may have.
  static let greatestID = Int(Int32.max) - 1

  /// Reads `vocab.json` and `merges.txt`.
  ///
  /// - Parameter format: How the lines of `merges.txt` are taken.
  /// - Throws: `Problem` of kind *damaged* when the one is no object of ids, or the other no list of pairs of its pieces.
  init(vocabulary: ByteView, merges: ByteView, format: MergesFormat, unknown: Unknown) throws {
    let pieces = try Self.pieces(of: vocabulary)
    let table = try Self.table(of: Self.pairs(in: merges, format: format), among: pieces, file: merges.file)
    self.init(pieces: pieces, table: table, unknown: unknown)
  }

  /// Which lines of a `merges.txt` are pairs.
  enum MergesFormat {
    /// All but the first, and but what stands behind the last line's end (`read().split("\n")[1:-1]` of transformers 4.38.2).
    case slow
    /// All that do not begin with `#version` (tokenizers 0.23.3).
    case fast
  }

  /// Reads a `vocab.json`.
  static func pieces(of vocabulary: ByteView) throws -> PieceList {
    var pieces: [(text: String, id: Int)] = []
    var positions: [Int] = []
    try JSON.forEachMember(parsing: vocabulary) { member, position in
      guard let id = member.value.integer, (0...greatestID).contains(id) else {
        throw Problem(
          .damaged, file: vocabulary.file, byte: position,
          found: "\"\(member.name)\" with the id \(brief(member.value))",
          expected: "a whole number from 0 to \(greatestID)", advice: TokenizerFiles.advice)
      }
      pieces.append((member.name, id))
      positions.append(position)
    }
    return try PieceList(file: vocabulary.file, pieces, position: { positions[$0] })
  }

  /// One line of a `merges.txt`, or one element of a list of merges.
  struct Pair {
    var left: String
    var right: String
    /// Its place in the file, for messages.
    var position: Int?
    /// What it is called in messages.
    var object: String?
  }

  /// Makes the table of pairs, of which the first has rank 0.
  ///
  /// - Throws: `Problem` of kind *damaged* when a pair names a piece that is not there, or makes none.
  static func table(of pairs: [Pair], among pieces: PieceList, file: String) throws -> PairTable {
    var table = PairTable(capacity: pairs.count)
    for (rank, pair) in pairs.enumerated() {
      func place(_ text: String, _ role: String) throws -> Int32 {
        guard !text.isEmpty, let place = pieces.place(of: text) else {
          throw Problem(
            .damaged, file: file, object: pair.object, byte: pair.position,
            found: "the merge of \"\(pair.left)\" and \"\(pair.right)\"",
            expected: "\(role) \"\(text)\" among the \(pieces.count) pieces", advice: TokenizerFiles.advice)
        }
        return Int32(place)
      }
      let left = try place(pair.left, "the left one,")
      let right = try place(pair.right, "the right one,")
      let merged = try place(pair.left + pair.right, "what they make,")
      table.insert(left, right, rank: Int32(clamping: rank), merged: merged)
    }
    return table
  }

  /// The pairs of a `merges.txt`.
  ///
  /// - Throws: `Problem` of kind *damaged* when the file is not UTF-8, or a line is not two pieces with a space between.
  static func pairs(in merges: ByteView, format: MergesFormat) throws -> [Pair] {
    try merges.withUnsafeBytes { bytes in
      var pairs: [Pair] = []
      var start = 0
      var number = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        defer { (start, number) = (end + 1, number + 1) }
        var line = bytes[start..<end]
        func damaged(_ found: String, _ expected: String) -> Problem {
          Problem(
            .damaged, file: merges.file, byte: merges.start + start, found: "line \(number + 1) \(found)",
            expected: expected, advice: TokenizerFiles.advice)
        }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        switch format {
        case .slow: if number == 0 || end == bytes.count { continue }
        case .fast: if line.starts(with: "#version".utf8) { continue }
        }
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
          throw damaged(
            "of \(parts.count) part\(parts.count == 1 ? "" : "s")", "two pieces with one space between")
        }
        let texts = parts.map { String(validating: $0, as: UTF8.self) }
        guard let left = texts[0], let right = texts[1] else { throw damaged("that is not UTF-8", "UTF-8") }
        pairs.append(Pair(left: left, right: right, position: merges.start + start))
      }
      return pairs
    }
  }
}

/// What the messages of all files of tokenizers say.
enum TokenizerFiles {
  static let advice = "Get the tokenizer's files again from where they came"
}

/// A value as a message shows it: whole where it is short.
func brief(_ value: JSON) -> String {
  switch value {
  case .array(let elements): "an array of \(elements.count)"
  case .object(let members): "an object of \(members.count)"
  default:
    value.compact.unicodeScalars.count <= 40 ? value.compact : String(value.compact.unicodeScalars.prefix(40)) + "…"
  }
}
