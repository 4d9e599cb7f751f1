import ArgumentParser
import Bytes
import Checkpoints
import Foundation
import JSON
import ModelFiles
import Tensors

/// `ingot inspect`: what any readable file holds.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Lists the tensors of a file, or shows one of them.",
    discussion: """
      Any file of tensors will do: a model file, Keras HDF5, .npz, .npy, safetensors. Only --stats and a tensor's name read
      weights.

        ingot inspect bert_model.h5
        ingot inspect bert.ingot --stats
        ingot inspect bert.ingot block.0.attention.query.weight
      """)

  @Argument(help: "The file.", completion: .file())
  var file: String

  @Argument(help: "A tensor whose values to show.")
  var tensor: String?

  @Flag(help: "Add minimum, maximum, mean, deviation, zeros, NaN, infinities and the spread of the values.")
  var stats = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reporting {
      let checkpoint = try Checkpoint(opening: file)
      let model = ModelFile.isModelFile(checkpoint) ? try ModelFile(mapping: file) : nil
      var listing = try Listing(checkpoint, model: model)
      if let tensor { try listing.keep(only: tensor) }
      if stats { try listing.measure() }
      if json {
        print(listing.json.indented)
      } else {
        var lines = tensor == nil ? listing.lines : listing.rows
        if tensor != nil { lines += [""] + (try TensorText.lines(of: listing.tensors[0].source)) }
        for line in lines { print(printable(line)) }
      }
    }
  }
}

extension ModelFile {
  /// Whether an opened file claims to be a model file and not just a safetensors file.
  fileprivate static func isModelFile(_ checkpoint: Checkpoint) -> Bool {
    checkpoint.container == .safetensors && checkpoint.facts.contains { $0.name.hasPrefix("ingot.") }
  }
}
