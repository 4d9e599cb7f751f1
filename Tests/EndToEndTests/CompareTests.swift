import Foundation
import JSON
import TestSupport
import Testing

/// `ingot compare` on two files that hold the same, and on two that do not.
@Suite struct CompareTests {
  @Test("what training left beside the weights is named in one line, with a count")
  func trainingStateIsOneLine() throws {
    let workplace = try Workplace(withModel: false)
    let source = Fixtures.folder("TensorFlow/google-trained").path
    try workplace.ingot("convert", source, "-o", "model.ingot")
    let run = try workplace.ingot("compare", "model.ingot", source)
    #expect(run.exitCode == 0)
    let lines = run.lines.filter { $0.hasPrefix("not compared") }
    let named = try workplace.ingot("compare", "model.ingot", source, "--json").json()["notCompared"]?.elements ?? []
    let first = try #require(named.first?.string)
    #expect(
      lines == [
        "not compared, for no weight of the model: \(first) and \(named.count - 1) others, which --json lists"
      ])
  }

  @Test("a table of sines that one side holds and the loader of the other computes is no difference")
  func computedTable() throws {
    let workplace = try Workplace(withModel: false)
    try workplace.ingot("convert", Fixtures.folder("Architectures/nezha").path, "-o", "nezha.ingot")
    try workplace.ingot("export", "nezha.ingot", "--to", "tensorflow", "-o", "tensorflow")
    let run = try workplace.ingot("compare", "nezha.ingot", "tensorflow")
    #expect(run.exitCode == 0)
    #expect(
      run.output == """
        paired by the tables: nezha, ingot and nezha
        31 tensors equal, 14 equal after the declared transform
        attention.relative.weight in nezha.ingot alone, the sines and cosines that are computed where no file holds them
        The same weights.

        """)
    let other = try workplace.ingot("compare", "tensorflow", "nezha.ingot", "--json").json()
    #expect(other["computed"] == ["attention.relative.weight in nezha.ingot"] && other["onlyInSecond"] == [])
  }

  @Test func aModelComesBackFromEveryKindOfFolder() throws {
    let workplace = try Workplace()
    try workplace.ingot("export", "poems.ingot", "--to", "keras", "-o", "keras")
    let keras = try workplace.ingot("compare", "Poems", "keras")
    #expect(keras.exitCode == 0 && keras.error.isEmpty)
    #expect(
      keras.output == """
        paired by name
        42 tensors equal, 0 equal after the declared transform
        The same weights.

        """)

    try workplace.ingot("export", "poems.ingot", "--to", "huggingface", "-o", "transformers")
    let transformers = try workplace.ingot("compare", "keras", "transformers")
    #expect(transformers.exitCode == 0)
    #expect(
      transformers.output == """
        paired by the tables: bert, bert4keras and huggingface
        29 tensors equal, 13 equal after the declared transform
        The same weights.

        """)
    let json = try workplace.ingot("compare", "keras", "transformers", "--json").json()
    #expect(json["equal"] == true && json["onlyInFirst"] == [] && json["onlyInSecond"] == [])
    #expect(json["paired"] == ["by": "tables", "architecture": "bert", "namings": ["bert4keras", "huggingface"]])
    #expect(json["tensors"]?.elements?.count == 42)
    let dense = try #require(json["tensors"]?.elements?.first { $0["name"] == "mlm.dense.weight" })
    #expect(dense["transforms"] == [["transpose"], []] && dense["equal"] == true && dense["differing"] == 0)
  }

  @Test func oneBitIsShownWithItsPlaceAndSize() throws {
    let workplace = try Workplace()
    try workplace.write("other.h5", like: "Poems/poem_bert.h5", beginning: "MLM-Bias[0]", with: [0, 0, 0, 0x40])
    let run = try workplace.ingot("compare", "Poems", "other.h5")
    #expect(run.exitCode == 1 && run.error.isEmpty)
    #expect(run.lines.prefix(2) == ["paired by name", "41 tensors equal, 0 equal after the declared transform"])
    #expect(run.lines[2].hasPrefix("  MLM-Bias[0]  1 value of 1,624 differs, by at most "))
    #expect(run.lines[2].hasSuffix(", first at [0]"))
    let second = try #require(run.lines[3].wholeMatch(of: #/ +relative error ([0-9.]+), cosine ([0-9.]+)/#))
    #expect(run.lines[4] == "DIFFERENT weights.")

    let json = try workplace.ingot("compare", "Poems", "other.h5", "--json")
    #expect(json.exitCode == 1)
    let tensor = try #require(try json.json()["tensors"]?.elements?.first { $0["equal"] == false })
    #expect(tensor["name"] == "MLM-Bias[0]" && tensor["differing"] == 1 && tensor["first"] == [0])
    #expect(tensor["types"] == ["float32", "float32"] && tensor["shapes"] == [[1_624], [1_624]])
    #expect(try #require(tensor["maximumDifference"]?.double) > 1)
    // What is printed is what the JSON says, in fewer digits.
    let error = try #require(tensor["relativeError"]?.double)
    let cosine = try #require(tensor["cosine"]?.double)
    #expect(abs(error / (Double(second.1) ?? 0) - 1) < 1e-3 && abs(cosine - (Double(second.2) ?? 0)) < 1e-6)
  }

  @Test func anotherTypeIsAnotherTensor() throws {
    let workplace = try Workplace()
    try workplace.ingot("export", "poems.ingot", "--to", "keras", "--dtype", "float16", "-o", "half")
    let run = try workplace.ingot("compare", "Poems", "half")
    #expect(run.exitCode == 1)
    #expect(run.lines[1] == "0 tensors equal, 0 equal after the declared transform")
    let row = try #require(run.lines.first { $0.hasPrefix("  Embedding-Token[0] ") })
    #expect(row.contains("float32 and float16: ") && row.contains(" values of 129,920 differ, by at most "))
  }

  @Test func whatOnlyOneSideHasIsListed() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot("compare", "bert4keras/encoder", "bert4keras/unilm")
    #expect(run.exitCode == 1)
    let rows = run.lines.filter { $0.hasPrefix("  ") && $0.contains("only in ") }
    #expect(!rows.isEmpty && rows.allSatisfy { $0.hasSuffix("only in bert4keras/encoder/weights.h5") })
    let turned = try workplace.ingot("compare", "bert4keras/unilm", "bert4keras/encoder", "--json")
    #expect(turned.exitCode == 1)
    let json = try turned.json()
    #expect(json["onlyInFirst"] == [] && json["onlyInSecond"]?.elements?.count == rows.count)
    #expect(json["equal"] == false)
  }

  /// Keras saved one model both ways; only the archive names its layers.
  @Test func filesOfWhichOneNamesNothingAreComparedByContents() throws {
    let workplace = try Workplace(withModel: false)
    let names = ["Keras/keras-2.15.0/modern.keras", "Keras/keras-2.15.0/modern.weights.h5"]
    let run = try workplace.ingot("compare", names[0], names[1])
    #expect(run.exitCode == 0)
    #expect(
      run.output == """
        paired by type, shape and contents: no name is in both, no table accounts for both
        2 tensors equal under other names, which --json lists
        The same weights.

        """)
    let json = try workplace.ingot("compare", names[0], names[1], "--json").json()
    #expect(json["paired"] == ["by": "contents"] && json["equal"] == true && json["differing"] == 0)
    #expect(
      json["tensors"]?.elements?.map { $0["sources"] } == [
        ["dense[0]", "layers/dense/vars/0"], ["dense[1]", "layers/dense/vars/1"],
      ])
    #expect(json["tensors"]?.elements?.allSatisfy { $0["byContents"] == true && $0["equal"] == true } == true)
  }

  /// Equal tensors are paired in their order; what is left is listed and counted.
  @Test func whatRepeatsIsPairedInOrderAndWhatIsLeftIsCounted() throws {
    let workplace = try Workplace(withModel: false)
    try workplace.write(
      ["a": [1, 1], "b": [1, 1], "c": [2, 3], "same": [5], "alone": [7, 7, 7]], to: "one.safetensors")
    try workplace.write(
      ["x": [1, 1], "y": [2, 3], "z": [1, 1], "same": [5], "left": [9, 9]], to: "two.safetensors")
    let run = try workplace.ingot("compare", "one.safetensors", "two.safetensors")
    #expect(run.exitCode == 1)
    #expect(
      run.output == """
        paired by name
        1 tensor equal, 0 equal after the declared transform
        3 tensors more equal in type, shape and contents under other names, which --json lists
          alone  only in one.safetensors
          left   only in two.safetensors
        1 tensor only in one.safetensors, 1 tensor only in two.safetensors
        DIFFERENT weights.

        """)
    let json = try workplace.ingot("compare", "one.safetensors", "two.safetensors", "--json").json()
    #expect(
      json["tensors"]?.elements?.map { $0["sources"] } == [["same", "same"], ["a", "x"], ["b", "z"], ["c", "y"]])
  }

  @Test func theWorstComesFirstAndTopCutsTheRest() throws {
    let workplace = try Workplace(withModel: false)
    try workplace.write(["layer.2": [3, 4], "layer.10": [3, 4], "layer.1": [0, 1]], to: "one.safetensors")
    try workplace.write(["layer.2": [3, 5], "layer.10": [3, 9], "layer.1": [1, 0]], to: "two.safetensors")
    let run = try workplace.ingot("compare", "one.safetensors", "two.safetensors", "--top", "2")
    #expect(run.exitCode == 1)
    #expect(
      run.output == """
        paired by name
        0 tensors equal, 0 equal after the declared transform
          layer.1   2 values of 2 differ, by at most 1, first at [0]
                    relative error 1.414, cosine 0
          layer.10  1 value of 2 differs, by at most 5, first at [1]
                    relative error 1, cosine 0.9486833
          …         1 more differs less
        DIFFERENT weights.

        """)
    let json = try workplace.ingot("compare", "one.safetensors", "two.safetensors", "--top", "1", "--json").json()
    #expect(json["differing"] == 3 && json["tensors"]?.elements?.map { $0["name"] } == ["layer.1"])
    #expect(try workplace.ingot("compare", "one.safetensors", "two.safetensors", "--top", "0").exitCode == 64)
  }

  /// A difference that is no number is null in JSON.
  @Test func otherShapesAreShown() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot("compare", "Poems", "bert4keras/encoder")
    #expect(run.exitCode == 1)
    #expect(run.lines.contains { $0.hasPrefix("  embedding.token.weight ") && $0.hasSuffix("[1624, 80] and [40, 16]") })
    let json = try workplace.ingot("compare", "Poems", "bert4keras/encoder", "--json").json()
    let tensor = try #require(json["tensors"]?.elements?.first { $0["name"] == "embedding.token.weight" })
    #expect(tensor["differing"] == .null && tensor["maximumDifference"] == .null && tensor["first"] == .null)
  }

  @Test func whatCannotBeReadIsNoDifference() throws {
    let run = try Workplace().ingot("compare", "poems.ingot", "nothing.h5")
    #expect(run.exitCode == 2 && run.output.isEmpty)
    #expect(
      run.error
        == "ingot: nothing.h5: unavailable: found no such file or directory, expected a readable regular file.\n")
  }
}
