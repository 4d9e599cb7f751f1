// Runs a model for every line `batch length runs` on standard input and answers with the seconds that each run took: the
// benchmark script asks Ingot and its peers in turns. The outputs of the last run are written to OUTPUT.
//
// usage: InferenceBenchmark MODEL.safetensors HEADS THREADS OUTPUT

import Bytes
import Foundation
import Inference
import JSON
import Tensors

/// The tensors of a safetensors file, mapped.
struct SafeTensorsFile: WeightStore {
  let file: String
  let tensors: [String: Tensor]

  init(mapping path: String) throws {
    file = path
    let view = try ByteView(mapping: path)
    var cursor = Cursor(view)
    let header = try cursor.bytes(Int(try cursor.integer(UInt64.self, "the header's length")), "the header")
    let data = cursor.offset
    let json = try JSONSerialization.jsonObject(with: Data(header.array())) as! [String: [String: Any]]
    tensors = try json.mapValues { entry in
      let (shape, offsets) = (entry["shape"] as! [Int], entry["data_offsets"] as! [Int])
      let bytes = try view.slice(at: data + offsets[0], count: offsets[1] - offsets[0], of: "a tensor")
      return Tensor(.float32, Shape(shape)!, bytes: bytes)!
    }
  }

  var names: [String] { Array(tensors.keys) }
  func weight(_ name: String) -> Tensor? { tensors[name] }
}

let arguments = CommandLine.arguments
let (heads, threads) = (Int(arguments[2])!, Int(arguments[3])!)
let model = try Model(
  weights: SafeTensorsFile(mapping: arguments[1]), architecture: "bert",
  settings: ["heads": .integer(heads), "epsilon": .double(1e-12), "activation": "gelu-erf", "mask": "none"])
let last = Point.feedForwardNorm(block: model.sizes.blocks - 1)
while let line = readLine() {
  let numbers = line.split(separator: " ").map { Int($0)! }
  let (batch, length, runs) = (numbers[0], numbers[1], numbers[2])
  // The same ids as in the script: spread over the vocabulary, and none is 0.
  let input = try Input(
    tokenIDs: (0..<batch).map { row in
      (0..<length).map { Int32(1 + (row * length + $0) * 7919 % (model.sizes.vocabulary - 1)) }
    })
  var seconds: [Double] = []
  for run in 1...runs {
    let clock = ContinuousClock()
    let start = clock.now
    let output = try model.run(input, computing: [last], threads: threads)[last]!
    seconds.append((clock.now - start) / .seconds(1))
    if run == runs { try Data(output.bytes.array()).write(to: URL(fileURLWithPath: arguments[4])) }
  }
  FileHandle.standardOutput.write(Data((seconds.map { "\($0)" }.joined(separator: " ") + "\n").utf8))
}
