import Architectures
import ArgumentParser

/// `ingot inspect`: what any readable file holds.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Lists the tensors of a file, or shows one of them.",
    discussion: """
      Any file of tensors will do: a model file, Keras HDF5, .npz, .npy, safetensors, a PyTorch file, a TensorFlow \
      checkpoint; or the folder it lies in. Only --stats and a tensor's name read weights. Of a vocabulary or a \
      SentencePiece model the tokens are listed.

        ingot inspect bert_model.h5
        ingot inspect bert.ingot --stats
        ingot inspect bert.ingot block.0.attention.query.weight
      """)

  @Argument(help: "The file, or the folder in which it lies.", completion: .file())
  var file: String

  @Argument(help: "A tensor whose values to show.")
  var tensor: String?

  @Flag(help: "Add minimum, maximum, mean, deviation, spread, zeros, NaN and infinities.")
  var stats = false

  @Flag(help: "Of a file that is cut short, list what survives whole and what is lost; reads all weights.")
  var salvage = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reporting {
      if tensor == nil, !salvage, !stats, let tokens = try TokensReport(of: file) {
        return json ? show(tokens.json) : show(tokens.lines)
      }
      var listing = try salvage ? Listing(salvaging: file) : Listing(of: file)
      if let tensor { try listing.keep(only: tensor) }
      if stats { try listing.measure() }
      if json {
        show(listing.json)
      } else if tensor != nil {
        show(listing.rows + [""] + (try TensorText.lines(of: listing.tensors[0].source)))
      } else {
        show(listing.lines)
      }
      if let problems = Problems(listing.unreadable) { throw problems }
    }
  }
}
