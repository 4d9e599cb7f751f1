import Bytes
import SentencePiece
import Testing

/// Models that sentencepiece refuses, or on which some version of it crashed, each with the message.
@Suite("Malformed SentencePiece models") struct MalformedModelTests {
  private static func problem(_ bytes: [UInt8]) -> String? {
    do {
      _ = try SentencePieceModel(reading: ByteView(bytes, file: "x.model"))
      return nil
    } catch { return "\(error)" }
  }

  private static let advice = " Get the SentencePiece model again from where it came."

  @Test("a sound model is read")
  func sound() { #expect(Self.problem(Self.unknown + Message.piece("a", score: -1)) == nil) }

  @Test("pieces that no model has are damage")
  func pieces() {
    let cases: [([UInt8], String)] = [
      ([], "found no unknown piece, expected one."),
      (unknown + unknown, "found a second unknown piece, expected one."),
      (unknown + Message.piece("", score: 0), "found an empty piece, expected a text."),
      (
        unknown + Message.piece("a", score: 0) + Message.piece("a", score: 1),
        "found \"a\" a second time, expected each piece once."
      ),
      (unknown + Message.piece("b", score: .nan), "found the score nan, expected a finite number."),
      (unknown + Message.piece("b", score: -.infinity), "found the score -inf, expected a finite number."),
      (unknown + Message.piece(bytes: [0xFF, 0x41], score: 0), "found a piece that is not UTF-8, expected UTF-8."),
      (unknown + Message.piece("b", score: 0, kind: 7), "found the kind 7, expected 1 to 6."),
      (
        unknown + Message.piece("<0x41>", score: 0, kind: 6),
        "found a piece for a byte, expected none without byte_fallback."
      ),
      (
        unknown + Message.piece("<0x-1>", score: 0, kind: 6) + Message.trainer([(35, 1)]),
        "found \"<0x-1>\" as a byte, expected <0x00> to <0xFF>."
      ),
      (
        unknown + Message.trainer([(35, 1)]),
        "found no piece <0x00>, expected one for every byte, for byte_fallback is true."
      ),
      (unknown + Message.trainer([(3, 9)]), "found the model_type 9, expected 1 to 4."),
    ]
    for (bytes, message) in cases {
      let problem = Self.problem(bytes)
      #expect(problem?.hasSuffix(message + Self.advice) == true, "\(problem ?? "read") instead of \(message)")
      #expect(problem?.hasPrefix("x.model: damaged") == true)
    }
  }

  @Test("a piece of four megabytes is refused")
  func longPiece() {
    let bytes = Self.unknown + Message.piece(String(repeating: "a", count: 4 << 20), score: 0)
    #expect(
      Self.problem(bytes)
        == "x.model: refused at byte 16, in the piece 1: found a piece of 4194304 bytes, expected at most 4096.")
  }

  @Test("fields that are not whole are damage, with their place")
  func fields() {
    let cases: [([UInt8], String)] = [
      (
        [0x0A, 0x05, 0x0A],
        "x.model: damaged at byte 0: found 5 bytes in a field, expected at most the 1 that are left."
      ),
      ([0x0A], "x.model: damaged at byte 1: found a number that is cut short, expected its last byte."),
      ([0x0B], "x.model: damaged at byte 0: found the wire type 3, expected 0, 1, 2 or 5."),
      ([0x02, 0x00], "x.model: damaged at byte 0: found the field number 0, expected at least 1."),
      (
        [0x08] + Array(repeating: 0xFF, count: 11),
        "x.model: damaged at byte 1: found a number of more than 64 bits, expected at most 64."
      ),
      ([0x0D, 0x00], "x.model: damaged at byte 1: found 1 bytes left, expected 4 bytes of a number."),
      ([0x08, 0x01], "x.model: damaged at byte 0: found the field 1 with another type, expected bytes."),
    ]
    for (bytes, message) in cases { #expect(Self.problem(bytes) == message + Self.advice) }
  }

  @Test("rules of normalisation that lead out of their trie or their texts are damage")
  func charsmaps() {
    func map(_ units: [UInt32], _ texts: [UInt8] = [0x61, 0]) -> [UInt8] {
      var bytes = Message.little(UInt32(units.count * 4))
      for unit in units { bytes += Message.little(unit) }
      return Self.unknown + Message.bytes(3, Message.bytes(2, bytes + texts))
    }
    let zeros = [UInt32](repeating: 0, count: 256)
    func changed(_ index: Int, _ unit: UInt32) -> [UInt32] {
      var units = zeros
      units[index] = unit
      return units
    }
    let cases: [([UInt8], String)] = [
      (map(changed(0, 1 << 31)), "found a root that is a value, expected a node."),
      (map(changed(3, 1_000 << 10)), "found an offset to the unit 1003, expected one of 256."),
      (
        map(changed(3, 1 << 10 | 1 << 8)),
        "found a value 0 of the unit 3, expected the place of a replacement, below 2."
      ),
      (map(zeros, [0x61]), "found no NUL at the end, expected one behind each replacement."),
      (map(zeros, [0xFF, 0]), "found replacements that are not UTF-8, expected UTF-8."),
      (map([0, 0]), "found a trie of 8 bytes, expected a multiple of 1024, below the 10 bytes that are left."),
      (
        Self.unknown + Message.bytes(3, Message.bytes(2, Message.little(UInt32.max - 3) + [0, 0])),
        "found a trie of 4294967292 bytes, expected a multiple of 1024, below the 2 bytes that are left."
      ),
      (
        Self.unknown + Message.bytes(3, Message.bytes(2, [1])),
        "found 1 bytes, expected a length, a trie and replacements."
      ),
    ]
    for (bytes, message) in cases {
      let problem = Self.problem(bytes)
      #expect(problem?.hasSuffix("in precompiled_charsmap: " + message + Self.advice) == true, "\(problem ?? "read")")
    }
  }

  @Test("a value beyond the replacements is damage")
  func value() {
    var units = [UInt32](repeating: 0, count: 256)
    units[3] = 1 << 10 | 1 << 8
    units[2] = 1 << 31 | 77
    var bytes = Message.little(UInt32(1_024))
    for unit in units { bytes += Message.little(unit) }
    let problem = Self.problem(Self.unknown + Message.bytes(3, Message.bytes(2, bytes + [0x61, 0])))
    #expect(
      problem == "x.model: damaged at byte 38, in precompiled_charsmap: found a value 77 of the unit 3, "
        + "expected the place of a replacement, below 2." + Self.advice)
  }

  @Test("a hundred symbols within one another are matched by the longest")
  func nestedSymbols() throws {
    var bytes = Self.unknown
    for count in 1...100 { bytes += Message.piece(String(repeating: "a", count: count), score: 0, kind: 4) }
    bytes += Message.piece("\u{2581}", score: -1)
    let tokenizer = SentencePieceTokenizer(try SentencePieceModel(reading: ByteView(bytes)))
    let pieces = tokenizer.split(String(repeating: "a", count: 250)).map(\.text.utf8.count)
    #expect(pieces == [3, 100, 100, 50])
  }

  private var unknown: [UInt8] { Self.unknown }
  private static let unknown = Message.piece("<unk>", score: 0, kind: 2)
}

/// Protobuf messages of a model, written by hand.
private enum Message {
  static func bytes(_ field: UInt8, _ contents: [UInt8]) -> [UInt8] {
    [field << 3 | 2] + varint(UInt64(contents.count)) + contents
  }

  static func piece(_ text: String, score: Float, kind: UInt8 = 1) -> [UInt8] {
    piece(bytes: Array(text.utf8), score: score, kind: kind)
  }

  static func piece(bytes text: [UInt8], score: Float, kind: UInt8 = 1) -> [UInt8] {
    bytes(1, bytes(1, text) + [0x15] + little(score.bitPattern) + [0x18, kind])
  }

  static func trainer(_ fields: [(number: UInt64, value: UInt64)]) -> [UInt8] {
    bytes(2, fields.flatMap { varint($0.number << 3) + varint($0.value) })
  }

  static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

  private static func varint(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
