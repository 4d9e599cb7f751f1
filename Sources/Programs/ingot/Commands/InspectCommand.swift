import Architectures
import ArgumentParser
import Bytes
import Inference
import ModelFiles

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
        ingot inspect bert.ingot --graph -o bert.svg
      """)

  @Argument(help: "The file, or the folder in which it lies.", completion: .file())
  var file: String

  @Argument(help: "A tensor whose values to show.")
  var tensor: String?

  @Flag(help: "Add minimum, maximum, mean, deviation, spread, zeros, NaN and infinities.")
  var stats = false

  @Flag(help: "Of a file that is cut short, list what survives whole and what is lost; reads all weights.")
  var salvage = false

  @Flag(help: "Of a model file, list what it computes, step by step.")
  var graph = false

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The picture of the graph to write, .svg or .png.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if graph, tensor != nil || stats || salvage {
      throw ValidationError("--graph goes with neither a tensor's name nor --stats nor --salvage.")
    }
    guard let output else { return }
    guard graph else { throw ValidationError("Only a graph is drawn: add --graph.") }
    guard PictureFormat(of: output) != nil else {
      throw ValidationError("\(output): a picture is an .svg or a .png.")
    }
  }

  func run() throws {
    try reporting {
      if graph { return try showGraph() }
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
      // What is there and not read is listed; what is not there at all is no checkpoint.
      if !salvage, let problem = listing.checkpoint.whyNothingIsRead, problem.kind == .unavailable { throw problem }
    }
  }

  private func showGraph() throws {
    let model = try ModelFile.open(file)
    let report = GraphReport(outline: try Model(model).outline, title: "\(model.architecture): what is computed")
    if let output {
      try report.bytes(as: PictureFormat(of: output)!).withUnsafeBytes {
        try FileDraft.write($0, to: output, replacing: force)
      }
      show("Wrote \(output): \(report.title).")
    } else if json {
      show(report.json)
    } else {
      show(report.lines)
    }
  }
}
