// Runs a model once for every line on standard input and answers with the seconds it took: the benchmark script asks
// Ingot and ONNX Runtime in turns.
//
// usage: InferenceBenchmark MODEL.safetensors HEADS BATCH LENGTH THREADS OUTPUT

import Bytes
import Foundation
import Inference
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
let numbers = arguments[2...5].map { Int($0)! }
let (heads, batch, length, threads) = (numbers[0], numbers[1], numbers[2], numbers[3])
let model = try Model(weights: SafeTensorsFile(mapping: arguments[1]), configuration: Configuration(heads: heads))
// The same ids as in the script: spread over the vocabulary, and none is 0.
let ids = (0..<batch).map { row in
  (0..<length).map { Int32(1 + (row * length + $0) * 7919 % (model.sizes.vocabulary - 1)) }
}
let input = try Input(tokenIDs: ids)
let last = Point.feedForwardNorm(block: model.sizes.blocks - 1)
while readLine() != nil {
  let clock = ContinuousClock()
  let start = clock.now
  let output = try model.run(input, computing: [last], threads: threads)[last]!
  let seconds = (clock.now - start) / .seconds(1)
  try Data(output.bytes.array()).write(to: URL(fileURLWithPath: arguments[6]))
  FileHandle.standardOutput.write(Data("\(seconds)\n".utf8))
}
