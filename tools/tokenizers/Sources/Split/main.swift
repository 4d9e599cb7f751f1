import Bytes
import Foundation
import SentencePiece
import Tokenization

// ingot-split KIND FILE [key=value …]: splits the lines of standard input, for tools/check-tokenizers and tools/benchmarks/Tokenization/compare_pieces.py.
//
// wordpiece vocab.txt      dialect=bert4keras|google|electra|transformers|tokenizers lowercases=true|false strips=true|false dictionary=dict.txt
// sentencepiece x.model    ties=0.2.1|0.2.2
// jieba dict.txt
// folder FOLDER            as the files of transformers in it say, and any setting of `--tokenizer`: dialect=slow
//
// Prints for each line its ids, a tab, the bytes of each piece as start-end, a tab, and the text that the ids are decoded to, as JSON; for jieba the
// ends of the words alone. With decode=true the lines are ids. With passes=N prints the seconds of each of N passes over all lines instead.

struct Options {
  let kind: String
  let path: String
  let file: ByteView
  private(set) var values: [String: String] = [:]

  init(_ arguments: [String]) throws {
    guard arguments.count >= 2 else { Options.fail() }
    kind = arguments[0]
    path = arguments[1]
    file = kind == "folder" ? ByteView([]) : try ByteView(mapping: path)
    for argument in arguments.dropFirst(2) {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { Options.fail() }
      values[parts[0]] = parts[1]
    }
  }

  subscript(key: String) -> String? { values[key] }

  func truth(_ key: String) -> Bool? { values[key].map { $0 == "true" } }

  static func fail() -> Never {
    FileHandle.standardError.write(
      Data("usage: ingot-split wordpiece|sentencepiece|jieba|folder FILE [key=value …]\n".utf8))
    exit(64)
  }
}

/// What is done with a line: its ids alone, or all that is printed.
protocol Subject {
  func ids(of line: UnsafeBufferPointer<UInt8>) -> Int
  func answer(to line: UnsafeBufferPointer<UInt8>) throws -> String
}

struct Splitter: Subject {
  let splitter: any PieceSplitter
  let count: (UnsafeBufferPointer<UInt8>) -> Int

  func ids(of line: UnsafeBufferPointer<UInt8>) -> Int { count(line) }

  func answer(to line: UnsafeBufferPointer<UInt8>) throws -> String {
    let pieces = splitter.pieces(of: line)
    let ids = pieces.map(\.id)
    return joined(ids) + "\t" + pieces.map { "\($0.range.lowerBound)-\($0.range.upperBound)" }.joined(separator: " ")
      + "\t"
      + quoted(try splitter.decode(ids))
  }
}

struct Cutter: Subject {
  let cutter: WordCutter

  func ids(of line: UnsafeBufferPointer<UInt8>) -> Int { cutter.ranges(of: line).count }

  func answer(to line: UnsafeBufferPointer<UInt8>) -> String { joined(cutter.ranges(of: line).map(\.upperBound)) }
}

/// The processor time that this process has used, in which waiting for other programs does not count.
func secondsOfComputing() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func joined(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: " ") }

func quoted(_ text: String) -> String {
  var line = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": line += "\\\(scalar)"
    case "\u{20}"...: line.unicodeScalars.append(scalar)
    default: line += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    }
  }
  return line + "\""
}

func subject(_ options: Options) throws -> any Subject {
  switch options.kind {
  case "wordpiece":
    let dialect = options["dialect"].map { WordPieceDialect(rawValue: $0)! } ?? .bert4keras
    let cutter = try options["dictionary"].map { try WordCutter(reading: ByteView(mapping: $0)) }
    let tokenizer = WordPieceTokenizer(
      vocabulary: try Vocabulary(reading: options.file), dialect: dialect, lowercases: options.truth("lowercases"),
      stripsAccents: options.truth("strips"), cutter: cutter)
    return Splitter(splitter: tokenizer) { tokenizer.ids(of: $0).count }
  case "sentencepiece":
    let tokenizer = SentencePieceTokenizer(
      try SentencePieceModel(reading: options.file), ties: options["ties"].map { TieRule(rawValue: $0)! } ?? .upTo021)
    return Splitter(splitter: tokenizer) { tokenizer.ids(of: $0).count }
  case "folder":
    let files = try FileManager.default.contentsOfDirectory(atPath: options.path).sorted().map { name in
      var bytes = try ByteView(mapping: options.path + "/" + name)
      bytes.file = name
      return (name: name, bytes: bytes)
    }
    let given = options.values.filter { !["passes", "decode"].contains($0.key) }
    let sources = TextSources(files: files, naming: "huggingface", given: given)
    let tokenizer = try Tokenizer(TextSettings(finding: sources)!) { name in files.first { $0.name == name }?.bytes }
    return Splitter(splitter: tokenizer.splitter) { tokenizer.splitter.pieces(of: $0).count }
  case "jieba": return Cutter(cutter: try WordCutter(reading: options.file))
  default: Options.fail()
  }
}

let options = try Options(Array(CommandLine.arguments.dropFirst()))
let chosen = try subject(options)
var output = Data()
let input = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
let lines = input.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
if let passes = options["passes"].flatMap(Int.init) {
  for _ in 0..<passes {
    var count = 0
    let start = secondsOfComputing()
    for line in lines { count += line.withUnsafeBufferPointer { chosen.ids(of: $0) } }
    print(secondsOfComputing() - start, count)
  }
  exit(0)
}
for line in lines {
  if options.truth("decode") == true, let splitter = (chosen as? Splitter)?.splitter {
    let ids = String(decoding: line, as: UTF8.self).split(separator: " ").map { Int($0)! }
    output += Data((quoted(try splitter.decode(ids)) + "\n").utf8)
  } else {
    output += Data((try line.withUnsafeBufferPointer { try chosen.answer(to: $0) } + "\n").utf8)
  }
  if output.count > 1 << 20 {
    FileHandle.standardOutput.write(output)
    output.removeAll(keepingCapacity: true)
  }
}
FileHandle.standardOutput.write(output)
