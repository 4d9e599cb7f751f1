import Bytes

extension WordCutter {
  /// The greatest number of bytes of a word; jieba's own have at most 48.
  static let longestWord = 1_024

  /// Reads a dictionary as jieba does: on each line a word, its frequency and, if one likes, a tag, with single spaces between them.
  ///
  /// Of a word that comes again the last frequency counts, and all of them are part of the total. A word of frequency 0 is none. Source:
  /// jieba 0.42.1, `__init__.py`, `gen_pfdict`.
  ///
  /// - Parameter maximumLines: The greatest number of lines; jieba's own dictionary has 349,046.
  /// - Throws: `Problem` of kind *damaged* for a line without a word and a frequency, for bytes that are not UTF-8 and for a dictionary without
  ///   words, *refused* for more lines, words of more
  ///   than 1,024 bytes and sums of 2⁶³.
  public init(reading view: ByteView, maximumLines: Int = 4_000_000) throws {
    self = try view.withUnsafeBytes { bytes in
      var lines = DictionaryLines(bytes, of: view, maximumLines)
      var entries: [(word: Range<Int>, frequency: Int)] = []
      var total = 0
      while let entry = try lines.next() {
        let (sum, overflows) = total.addingReportingOverflow(entry.frequency)
        guard !overflows else { throw lines.refused("frequencies of 2⁶³ and more in all", "less") }
        total = sum
        entries.append(entry)
      }
      let words = WordCutter.distinct(entries, in: bytes)
      guard !words.isEmpty else {
        throw Problem(
          .damaged, file: view.file, found: "no word with a frequency above 0", expected: "a word on each line",
          advice: DictionaryLines.advice)
      }
      return WordCutter(file: view.file, words: words, total: total)
    }
  }

  /// Returns the words in the order of their bytes, each with the frequency of its last line, without those of frequency 0.
  private static func distinct(
    _ entries: [(word: Range<Int>, frequency: Int)], in bytes: UnsafeRawBufferPointer
  ) -> [(bytes: ArraySlice<UInt8>, frequency: Int)] {
    let lines = entries.indices.sorted { one, other in
      let (first, second) = (bytes[entries[one].word], bytes[entries[other].word])
      let order = memoryOrder(first, second)
      return order == 0 ? one < other : order < 0
    }
    let copy = Array(bytes)
    var words: [(bytes: ArraySlice<UInt8>, frequency: Int)] = []
    for (place, line) in lines.enumerated() {
      let word = bytes[entries[line].word]
      if place + 1 < lines.count, memoryOrder(word, bytes[entries[lines[place + 1]].word]) == 0 { continue }
      if entries[line].frequency > 0 { words.append((copy[entries[line].word], entries[line].frequency)) }
    }
    return words
  }
}

/// The lines of a dictionary, taken one after the other.
private struct DictionaryLines {
  static let advice = "Take jieba's own dict.txt, or the dictionary that the model was trained with"

  private let bytes: UnsafeRawBufferPointer
  private let view: ByteView
  private let maximumLines: Int
  private var position = 0
  private var start = 0
  private var number = 0

  init(_ bytes: UnsafeRawBufferPointer, of view: ByteView, _ maximumLines: Int) {
    self.maximumLines = maximumLines
    self.bytes = bytes
    self.view = view
  }

  /// Takes the next line; nil behind the last.
  mutating func next() throws -> (word: Range<Int>, frequency: Int)? {
    guard position < bytes.count else { return nil }
    start = position
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    number += 1
    guard number <= maximumLines else { throw refused("more than \(maximumLines) lines", "at most that many words") }
    let line = strip(start..<end)
    guard String(validating: bytes[line], as: UTF8.self) != nil else {
      throw damaged("bytes that are not UTF-8", "UTF-8")
    }
    let space = bytes[line].firstIndex(of: UInt8(ascii: " ")) ?? line.upperBound
    guard space < line.upperBound else { throw damaged("no frequency", "a word, a space and its frequency") }
    guard space - line.lowerBound <= WordCutter.longestWord else {
      throw refused("a word of \(space - line.lowerBound) bytes", "at most \(WordCutter.longestWord)")
    }
    let rest = space + 1..<line.upperBound
    let field = rest.lowerBound..<(bytes[rest].firstIndex(of: UInt8(ascii: " ")) ?? rest.upperBound)
    guard let frequency = frequency(field) else {
      let text = String(decoding: bytes[field].prefix(40), as: UTF8.self)
      throw damaged("the frequency \"\(text)\"", "a whole number, from 0 to 2⁶³ − 1")
    }
    position = end + 1
    return (line.lowerBound..<space, frequency)
  }

  private func frequency(_ field: Range<Int>) -> Int? {
    guard !field.isEmpty, bytes[field].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return Int(String(decoding: bytes[field], as: UTF8.self))
  }

  /// A range without the white space of ASCII at either end (Python's `bytes.strip`).
  private func strip(_ range: Range<Int>) -> Range<Int> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isSpace(bytes[start]) { start += 1 }
    while start < end, isSpace(bytes[end - 1]) { end -= 1 }
    return start..<end
  }

  private func damaged(_ found: String, _ expected: String) -> Problem { problem(.damaged, found, expected) }

  func refused(_ found: String, _ expected: String) -> Problem { problem(.refused, found, expected) }

  private func problem(_ kind: Problem.Kind, _ found: String, _ expected: String) -> Problem {
    Problem(
      kind, file: view.file, object: "line \(number)", byte: view.start + start, found: found,
      expected: expected, advice: Self.advice)
  }
}

/// The order of two byte strings: below 0, 0, or above it.
private func memoryOrder(_ one: Slice<UnsafeRawBufferPointer>, _ other: Slice<UnsafeRawBufferPointer>) -> Int {
  for (first, second) in zip(one, other) where first != second { return Int(first) - Int(second) }
  return one.count - other.count
}
