// Splits the lines of a file by one thread, as the scripts ask that compare Ingot with the programs it follows.
//
// usage: TokenizationBenchmark time KIND FILE… LINES      prints the seconds of each of five runs, and the number of ids
//        TokenizationBenchmark ids KIND FILE… < LINES     prints the ids of each line, a line for each
//        TokenizationBenchmark decode KIND FILE… < IDS    prints the text of each line of ids as JSON does strings, but for its quotes
//
// KIND FILE… is `json TOKENIZER.json`, or `gpt2`, `roberta` and a dialect, as in `gpt2-slow`, with VOCAB.json and MERGES.txt; `-prefix`
// behind it adds a space.

import Bytes
import Foundation
import Tokenization

/// Returns what splits a text into ids, and what joins ids.
func splitter(
  _ kind: String, _ files: [String]
) throws -> (ids: (UnsafeBufferPointer<UInt8>) -> [Int], decode: ([Int]) throws -> String) {
  if kind == "json" {
    let pipeline = try TokenizerPipeline(reading: ByteView(mapping: files[0]))
    return (pipeline.ids(of:), pipeline.decode)
  }
  let parts = kind.split(separator: "-").map(String.init)
  let tokenizer = try BytePairTokenizer(
    vocabulary: ByteView(mapping: files[0]), merges: ByteView(mapping: files[1]),
    family: BytePairTokenizer.Family(rawValue: parts[0])!, dialect: BytePairTokenizer.Dialect(rawValue: parts[1])!,
    addsPrefixSpace: parts.last == "prefix")
  return (tokenizer.ids(of:), tokenizer.decode)
}

/// The lines of bytes, their ends left out.
func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines
}

/// A text with everything but printable ASCII written as `\u….`, by UTF-16.
func escaped(_ text: String) -> String {
  text.utf16.map { unit in
    (0x20..<0x7F).contains(unit) && unit != 0x22 && unit != 0x5C
      ? String(Unicode.Scalar(UInt8(unit))) : "\\u" + String(format: "%04x", Int(unit))
  }.joined()
}

let arguments = CommandLine.arguments
let fileCount = arguments[2] == "json" ? 1 : 2
let (ids, decode) = try splitter(arguments[2], Array(arguments[3..<3 + fileCount]))
switch arguments[1] {
case "time":
  let texts = lines(Array(try Data(contentsOf: URL(filePath: arguments[3 + fileCount]))))
  for _ in 0..<5 {
    var count = 0
    let time = ContinuousClock().measure {
      for text in texts { text.withUnsafeBufferPointer { count += ids($0).count } }
    }
    print(time / .seconds(1), count)
  }
case "ids":
  var output = ""
  for text in lines(Array(FileHandle.standardInput.readDataToEndOfFile())) {
    output += text.withUnsafeBufferPointer(ids).map(String.init).joined(separator: " ") + "\n"
  }
  print(output, terminator: "")
default:
  var output = ""
  for text in lines(Array(FileHandle.standardInput.readDataToEndOfFile())) {
    let ids = text.split(separator: UInt8(ascii: " ")).map { Int(String(decoding: $0, as: UTF8.self))! }
    output += escaped(try decode(ids)) + "\n"
  }
  print(output, terminator: "")
}
