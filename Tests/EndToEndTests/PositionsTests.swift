import Foundation
import JSON
import TestSupport
import Testing

/// `ingot positions`: schemes listed and drawn.
@Suite struct PositionsTests {
  @Test func theSchemesAreListed() throws {
    let run = try Workplace(withModel: false).ingot("positions")
    #expect(run.exitCode == 0)
    #expect(run.lines.first?.split(separator: " ").first == "learned")
    #expect(run.lines.contains { $0.wholeMatch(of: /sinusoidal +embeddings +base +Vaswani et al\. 2017/) != nil })
    let json = try Workplace(withModel: false).ingot("positions", "--json").json()
    #expect((json.elements?.count).map { $0 + 1 } == run.lines.count)
    #expect(json.elements?.first?["formula"]?.string == "x_p + E_p")
  }

  @Test func aSchemeIsPrinted() throws {
    let run = try Workplace(withModel: false).ingot("positions", "alibi", "--heads", "2", "--length", "3")
    #expect(
      run.output == """
        alibi: what is added to scores
        2 heads

          distance, key - query   head 0     head 1
                             -2   -0.125  -0.007812
                             -1  -0.0625  -0.003906
                              0        0          0
                              1  -0.0625  -0.003906
                              2   -0.125  -0.007812

          added to the score; --json prints every number, -o draws them

        """)
    let json = try Workplace(withModel: false).ingot(
      "positions", "alibi", "--heads", "2", "--length", "3", "--json"
    ).json()
    #expect(json["first"]?.integer == -2)
    #expect(
      json["series"]?.elements?[1]["values"]?.elements?.map { $0.double } == [
        -0.0078125, -0.00390625, 0, -0.00390625, -0.0078125,
      ])
  }

  @Test func picturesAreWritten() throws {
    let workplace = try Workplace()
    let arguments = ["--length", "4", "--width", "4"]
    let drawn = try workplace.run(
      Workplace.programs.appending(path: "ingot").path, ["positions", "sinusoidal", "-o", "a.svg"] + arguments)
    #expect(drawn.output == "Wrote a.svg: sinusoidal: similarity of positions.\n")
    let text = String(decoding: try workplace.bytes("a.svg"), as: UTF8.self)
    #expect(text.hasPrefix("<svg ") && text.hasSuffix("</svg>\n"))
    #expect(text.contains(">sinusoidal: similarity of positions</text>"))
    let model = try workplace.ingot("positions", "poems.ingot", "-o", "b.PNG", "--length", "5")
    #expect(model.output == "Wrote b.PNG: learned: similarity of positions.\n", "\(model.error)")
    #expect(try Array(workplace.bytes("b.PNG")[..<8]) == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    #expect(try workplace.madeFiles() == ["a.svg", "b.PNG"])
  }

  @Test func aFileIsReplacedOnlyWhenForced() throws {
    let workplace = try Workplace(withModel: false)
    _ = try workplace.directory.write([1, 2, 3], to: "a.svg")
    let refused = try workplace.ingot("positions", "alibi", "-o", "a.svg", "--length", "3")
    #expect(refused.exitCode == 2)
    #expect(
      refused.error == "ingot: a.svg: refused: found a file of this name, expected none. "
        + "Name another destination, or allow to replace it with --force.\n")
    #expect(try workplace.bytes("a.svg") == [1, 2, 3])
    #expect(try workplace.ingot("positions", "alibi", "-o", "a.svg", "--length", "3", "--force").exitCode == 0)
    #expect(try workplace.bytes("a.svg").count > 1_000)
  }

  @Test func whatIsNoSchemeAndNoModelIsSaid() throws {
    let workplace = try Workplace(withModel: false)
    let names = try workplace.ingot("positions").lines.dropLast().map { String($0.prefix { $0 != " " }) }
    let run = try workplace.ingot("positions", "sinusoid")
    #expect(run.exitCode == 2)
    #expect(
      run.error == "ingot: sinusoid: mismatched: found neither a position scheme nor a file, expected "
        + names.joined(separator: ", ") + ", or a model file.\n")
    let checkpoint = try workplace.ingot("positions", "Poems/poem_bert.h5")
    #expect(
      checkpoint.error == "ingot: Poems/poem_bert.h5: mismatched: found a checkpoint (Keras HDF5 weights), "
        + "expected a model file that Ingot wrote. Convert it with \"ingot convert\" first.\n")
  }

  @Test(arguments: [
    (["alibi", "-o", "a.gif"], "a.gif: a picture is an .svg or a .png."),
    (["-o", "a.svg"], "Say which scheme or which model file to draw."),
    (
      ["alibi", "--length", "1"],
      "--length must be 2 to 2048, --width an even number up to 4096, --heads 1 to 64, --base more than 1."
    ),
  ])
  func aCommandLineThatIsNotUnderstood(_ arguments: [String], _ message: String) throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.run(Workplace.programs.appending(path: "ingot").path, ["positions"] + arguments)
    #expect(run.exitCode == 64)
    #expect(run.error.hasPrefix("Error: \(message)\n"), "\(run.error)")
    #expect(try workplace.madeFiles().isEmpty)
  }
}
