import ArgumentParser
import Bytes
import Inference
import JSON
import ModelFiles
import PositionStudies

/// `ingot positions`: what position schemes do, as pictures.
struct PositionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "positions",
    abstract: "Lists position schemes, or draws what one of them, or a model, does.",
    discussion: """
      Each scheme is run as a model would run it, on tokens that are all alike: what then differs is made by the position. \
      Of schemes that add to embeddings the similarity of positions is drawn, of others what becomes of scores with the \
      distance.

        ingot positions
        ingot positions sinusoidal -o sinusoidal.svg
        ingot positions alibi --heads 12 --length 128 -o alibi.png
        ingot positions bert.ingot -o bert.png
      """)

  @Argument(help: "A scheme's name, or a model file; without it, the schemes are listed.")
  var subject: String?

  @Option(help: "How many positions to look at.")
  var length = 64

  @Option(help: "How many features embeddings and heads have; a model has its own number.")
  var width = 64

  @Option(help: "How many heads there are; a model has its own number.")
  var heads = 8

  @Option(help: "The base of waves and angles.")
  var base = 10_000.0

  @Flag(help: "Look at the decoder of a model that has an encoder too.")
  var decoder = false

  @Option(name: .shortAndLong, help: ArgumentHelp("The picture to write, .svg or .png.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace a file that has this name.")
  var force = false

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (2...2_048).contains(length), (2...4_096).contains(width), width.isMultiple(of: 2), (1...64).contains(heads),
      base > 1, base.isFinite
    else {
      throw ValidationError(
        "--length must be 2 to 2048, --width an even number up to 4096, --heads 1 to 64, --base more than 1.")
    }
    if let output {
      guard PictureFormat(of: output) != nil else {
        throw ValidationError("\(output): a picture is an .svg or a .png.")
      }
      guard subject != nil else { throw ValidationError("Say which scheme or which model file to draw.") }
    }
  }

  func run() throws {
    try reporting {
      guard let subject else {
        return json ? show(PositionReport.list) : show(PositionReport.lines)
      }
      let figure = try figure(of: subject)
      if let output {
        try PictureFormat(of: output)!.bytes(of: figure.scene).withUnsafeBytes {
          try FileDraft.write($0, to: output, replacing: force)
        }
        show("Wrote \(output): \(figure.title).")
      } else if json {
        show(PositionReport.json(figure))
      } else {
        show(PositionReport.lines(figure))
      }
    }
  }

  private func figure(of subject: String) throws -> PositionFigure {
    if let encoding = PositionEncoding(named: subject) {
      return encoding.figure(.init(length: length, width: width, heads: heads, base: base))
    }
    guard try Path(subject).exists else {
      throw Problem(
        .mismatched, file: subject, found: "neither a position scheme nor a file",
        expected: PositionEncoding.all.map(\.name).joined(separator: ", ") + ", or a model file")
    }
    let figures = try Model(ModelFile.open(subject)).positionFigures(length: length)
    guard let figure = decoder ? figures.last : figures.first else {
      throw Problem(.mismatched, file: subject, found: "a model without positions", expected: "one that has them")
    }
    return figure
  }
}
