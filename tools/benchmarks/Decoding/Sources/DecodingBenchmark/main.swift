// Goes on with tokens greedily for every line `batch prompt new` on standard input, and answers with the seconds that it took and the tokens of
// each row, as JSON: the benchmark script asks Ingot and its peers in turns.
//
// usage: DecodingBenchmark MODEL.ingot END THREADS
// END is the token that ends texts, which is never taken.

import Foundation
import Inference
import ModelFiles
import Tensors

let arguments = CommandLine.arguments
let (end, threads) = (Int(arguments[2])!, Int(arguments[3])!)
let model = try Model(ModelFile(mapping: arguments[1]))
let logits = Point("lm.logits")
let hasEncoder = model.takesDecoderTokens

/// The most probable token but for the end.
func best(_ row: Slice<UnsafeBufferPointer<Float>>) -> Int32 {
  var (best, greatest) = (0, -Float.infinity)
  for (id, value) in row.enumerated() where value > greatest && id != end { (best, greatest) = (id, value) }
  return Int32(best)
}

/// Goes on with prompts, each token with one pass for all rows.
func decode(batch: Int, prompt: Int, new: Int) throws -> [[Int32]] {
  // The same ids as in the script: spread over the vocabulary, and none is 0.
  let prompts = (0..<batch).map { row in
    (0..<prompt).map { Int32(2 + (row * prompt + $0) * 7919 % (model.sizes.vocabulary - 2)) }
  }
  let cache = Cache()
  var rows = [[Int32]](repeating: [], count: batch)
  var next = hasEncoder ? Array(repeating: [0], count: batch) : prompts
  for _ in 0..<new {
    let input =
      hasEncoder ? try Input(tokenIDs: prompts, decoderTokenIDs: next) : try Input(tokenIDs: next)
    let last = next.indices.map { TokenPosition(row: $0, position: next[$0].count - 1) }
    let values = try model.run(input, computing: [logits], at: last, threads: threads, continuing: cache)[logits]!
    let width = values.shape.dimensions[1]
    next = values.withElements(of: Float.self) { numbers in
      rows.indices.map { [best(numbers[$0 * width..<($0 + 1) * width])] }
    }
    for row in rows.indices { rows[row] += next[row] }
  }
  return rows
}

while let line = readLine() {
  let numbers = line.split(separator: " ").map { Int($0)! }
  let clock = ContinuousClock()
  let start = clock.now
  let rows = try decode(batch: numbers[0], prompt: numbers[1], new: numbers[2])
  let seconds = (clock.now - start) / .seconds(1)
  let answer = try JSONSerialization.data(withJSONObject: ["seconds": seconds, "rows": rows])
  FileHandle.standardOutput.write(answer + Data("\n".utf8))
}
