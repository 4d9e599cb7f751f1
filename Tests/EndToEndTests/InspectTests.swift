import Foundation
import JSON
import TestSupport
import Testing

/// `ingot inspect` on files of every kind.
@Suite struct InspectTests {
  @Test(arguments: [
    ("Poems/poem_bert.h5", "Keras HDF5 weights", "Embedding-Token[0]"),
    ("bert4keras/encoder-saved/model.h5", "Keras HDF5 model", "Embedding-Token[0]"),
    ("HDF5/types.h5", "HDF5 file", "little/f4"),
    ("bert4keras/npz-google/weights.npz", "NumPy archive", "bert/pooler/dense/kernel"),
    ("NumPy/numpy-1.18/big.npy", "NumPy array", "big.npy"),
    ("SafeTensors/types.safetensors", "safetensors file", "a.float32"),
    ("poems.ingot", "Ingot model file", "embedding.token.weight"),
  ])
  func everyContainerIsListed(_ file: String, _ kind: String, _ tensor: String) throws {
    let workplace = try Workplace()
    let run = try workplace.ingot("inspect", file)
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    #expect(run.lines.first == "\(file): \(kind)")
    #expect(run.lines.contains { $0.hasPrefix("  \(tensor) ") })
    let json = try workplace.ingot("inspect", file, "--json").json()
    #expect(json["kind"]?.string == kind)
    #expect(json["tensors"]?.elements?.contains { $0["name"]?.string == tensor } == true)
    let one = try workplace.ingot("inspect", file, tensor)
    #expect(one.exitCode == 0)
    #expect(one.lines.first?.hasPrefix("  \(tensor) ") == true)
    #expect(try workplace.ingot("inspect", file, "--stats").exitCode == 0)
  }

  @Test func aModelFileTellsItsStory() throws {
    let run = try Workplace().ingot("inspect", "poems.ingot")
    #expect(
      run.output.hasPrefix(
        """
        poems.ingot: Ingot model file
          architecture  bert
          settings      heads = 4, epsilon = 1e-12, activation = gelu-erf, mask = none,
                        pooler.activation = tanh, hierarchical = 0.0,
                        segment.shared = false, attention.residual = false,
                        condition.activation = linear
          made from     poem_bert.h5: Keras HDF5 weights, bert4keras names
          files         bert_config.json (309 B), vocab.txt (6.5 kB)
          probes        1 sealed
        Warning: no file told these settings, which were therefore assumed; convert again to choose others:
          activation = gelu-erf       by tanh after set_gelu("tanh"): --set activation=gelu-tanh
          attention.residual = false  true if told by residual_attention_scores: --set attention.residual=true

          embedding.norm.beta                      [80]        float32     320 B

        """))
    #expect(
      run.output.hasSuffix(
        """

          embedding   5 tensors  133,440 values  533.8 kB
          block.0    16 tensors   77,840 values  311.4 kB
          block.1    16 tensors   77,840 values  311.4 kB
          mlm         5 tensors    8,264 values   33.1 kB
          total      42 tensors  297,384 values    1.2 MB

        """))
  }

  @Test func totalsThatOnlyRepeatTheListAreLeftOut() throws {
    let run = try Workplace(withModel: false).ingot("inspect", "HDF5/shapes.h5")
    #expect(run.output.hasSuffix("   4 B\n\n  total  8 tensors  34 values  125 B\n"))
  }

  @Test func statisticsDescribeEachTensor() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot("inspect", "SafeTensors/types.safetensors", "--stats")
    #expect(run.lines[2] == "    minimum  maximum    mean  deviation  spread")
    let row = try #require(run.lines.firstIndex(of: "  a.float32    [2, 3]  float32    24 B"))
    #expect(run.lines[row + 1] == "          0        5     2.5      1.708  █  █  █  █  █  █  1 zero")
    let complex = try #require(run.lines.firstIndex(of: "  a.complex64  [2, 3]  complex64  48 B"))
    #expect(run.lines[complex + 1] == "          -        -       -          -")
    let json = try workplace.ingot("inspect", "SafeTensors/types.safetensors", "a.float32", "--stats", "--json").json()
    let summary = try #require(json["tensors"]?.elements?.first)
    #expect(summary["minimum"]?.double == 0)
    #expect(summary["maximum"]?.double == 5)
    #expect(summary["zeros"] == 1)
    #expect(summary["nan"] == 0)
    #expect(summary["histogram"] == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1])
  }

  @Test func aTensorThatCannotBeReadSaysSoInItsRow() throws {
    let workplace = try Workplace(withModel: false)
    let run = try workplace.ingot("inspect", "HDF5/unreadable.h5", "--stats")
    #expect(run.exitCode == 2)
    let bomb = try #require(run.lines.firstIndex { $0.hasPrefix("  bomb ") })
    #expect(run.lines[bomb + 1].hasSuffix("  refused: 1099511627776 bytes declared by a file of 13648"))
    // What comes behind it has been measured.
    let sound = try #require(run.lines.firstIndex { $0.hasPrefix("  sound ") })
    #expect(run.lines[sound + 1].contains("█"))
    #expect(run.lines.last { !$0.isEmpty }?.hasPrefix("  total  7 tensors") == true)
    let unreadable = ["bomb", "external", "never_written", "never_written_chunks", "virtual"]
    let messages = run.error.split(separator: "\n")
    #expect(messages.count == unreadable.count)
    for (name, message) in zip(unreadable, messages) {
      #expect(message.hasPrefix("ingot: HDF5/unreadable.h5: ") && message.contains("/\(name): "), "\(message)")
    }
    let json = try workplace.ingot("inspect", "HDF5/unreadable.h5", "--stats", "--json").json()
    for row in json["tensors"]?.elements ?? [] {
      let name = try #require(row["name"]?.string)
      #expect((row["problem"] != nil) == unreadable.contains(name))
      #expect((row["mean"] == nil) == unreadable.contains(name))
    }
  }

  /// Tied weights are several tensors in one place; torch.save wrote the file.
  @Test func sharedBytesAreCountedOnce() throws {
    let run = try Workplace(withModel: false).ingot("inspect", "PyTorch/torch-2.13-shared/tied.pt")
    #expect(
      run.output.hasSuffix(
        """
          embedding.weight  [5, 3]  float32  60 B
          output.weight     [5, 3]  float32  60 B
          output.bias       [5]     float32  20 B

          embedding   1 tensor  15 values  60 B
          output     2 tensors   5 values  20 B
          total      3 tensors  20 values  80 B

        """))
  }

  @Test func blocksAreListedInTheOrderOfTheirNumbers() throws {
    let workplace = try Workplace(withModel: false)
    let names = ["b.10.w", "b.2.w", "b.1.w", "a", "b.002.w", "c9", "c10"]
    try workplace.write(Dictionary(uniqueKeysWithValues: names.map { ($0, [1]) }), to: "blocks.safetensors")
    let json = try workplace.ingot("inspect", "blocks.safetensors", "--json").json()
    #expect(
      json["tensors"]?.elements?.map { $0["name"]?.string } == [
        "a", "b.1.w", "b.002.w", "b.2.w", "b.10.w", "c9", "c10",
      ])
  }

  @Test("a model is listed as it is built: embeddings, the encoder's blocks, the decoder's, and what stands on top")
  func modelOrder() throws {
    let workplace = try Workplace(withModel: false)
    let names = [
      "cls.bias", "decoder.block.0.w", "encoder.block.10.w", "encoder.block.2.w", "shared.weight",
      "wte.weight", "x.embeddings.weight", "encoder.block.2.embed_bias",
    ]
    try workplace.write(Dictionary(uniqueKeysWithValues: names.map { ($0, [1]) }), to: "model.safetensors")
    let json = try workplace.ingot("inspect", "model.safetensors", "--json").json()
    #expect(
      json["tensors"]?.elements?.map { $0["name"]?.string } == [
        "shared.weight", "wte.weight", "x.embeddings.weight", "encoder.block.2.embed_bias", "encoder.block.2.w",
        "encoder.block.10.w", "decoder.block.0.w", "cls.bias",
      ])
  }

  @Test("a checkpoint of which no data is there is listed, and refused")
  func withoutData() throws {
    let workplace = try Workplace(withModel: false)
    let name = "bert_model.ckpt.index"
    #expect(try workplace.run("/bin/cp", ["TensorFlow/google/\(name)", name]).exitCode == 0)
    let run = try workplace.ingot("inspect", "bert_model.ckpt.index")
    #expect(run.exitCode == 2 && run.lines.first == "bert_model.ckpt.index: TensorFlow checkpoint")
    #expect(
      run.error == "ingot: bert_model.ckpt.data-00000-of-00001: unavailable in all 46 tensors: found no data file "
        + "bert_model.ckpt.data-00000-of-00001: no such file or directory, expected the shard that holds it. Get the file from "
        + "where the checkpoint came.\n")
  }

  @Test func aTensorShowsItsValues() throws {
    let workplace = try Workplace()
    #expect(
      try workplace.ingot("inspect", "SafeTensors/types.safetensors", "a.int64").output == """
          a.int64  [2, 3]  int64  48 B

          [0 1 2]
          [3 4 5]

        """)
    let large = try workplace.ingot("inspect", "poems.ingot", "block.0.attention.query.weight")
    #expect(large.lines.count == 10)
    #expect(large.lines[0] == "  block.0.attention.query.weight  [80, 80]  float32  25.6 kB")
    #expect(large.lines[2].contains(" … "))
    #expect(large.lines[5] == "  …")
    let missing = try workplace.ingot("inspect", "poems.ingot", "nonsense")
    #expect(missing.exitCode == 2)
    #expect(
      missing.error == """
        ingot: poems.ingot: mismatched: found no tensor nonsense, expected one of the names that "ingot inspect \
        poems.ingot" lists.

        """)
  }

  @Test func aTensorIsFoundByItsNameOrItsPath() throws {
    let workplace = try Workplace()
    let listing = try workplace.ingot("inspect", "Poems/poem_bert.h5", "--json").json()
    let path = try #require(listing["tensors"]?.elements?.first { $0["name"] == "MLM-Bias[0]" }?["path"]?.string)
    let byName = try workplace.ingot("inspect", "Poems/poem_bert.h5", "MLM-Bias[0]")
    let byPath = try workplace.ingot("inspect", "Poems/poem_bert.h5", path)
    #expect(byName.exitCode == 0)
    #expect(byName.output == byPath.output)
  }

  @Test func integersAreShownToTheLastDigit() throws {
    let workplace = try Workplace(withModel: false)
    let header = #"{"a":{"dtype":"U64","shape":[2],"data_offsets":[0,16]}}"#
    let values: [UInt64] = [.max, 9_007_199_254_740_993]  // 2^53 + 1 is no float64
    let bytes = UInt64(header.utf8.count).littleEndianBytes + header.utf8 + values.flatMap(\.littleEndianBytes)
    _ = try workplace.directory.write(bytes, to: "a.safetensors")
    let run = try workplace.ingot("inspect", "a.safetensors", "a")
    #expect(run.lines[2] == "  [18446744073709551615 9007199254740993]")
  }

  @Test func namesFromAFileCannotDriveTheTerminal() throws {
    let workplace = try Workplace(withModel: false)
    let header = #"{"a\u001b[2J\u009b31m\u202e":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
    let bytes = UInt64(header.utf8.count).littleEndianBytes + header.utf8 + [7]
    _ = try workplace.directory.write(bytes, to: "evil\u{1b}[31m.safetensors")
    for arguments in [[], ["--stats"], ["--json"], ["b\u{7}"]] {
      let run = try workplace.run(
        Workplace.programs.appending(path: "ingot").path, ["inspect", "evil\u{1b}[31m.safetensors"] + arguments)
      for scalar in (run.output + run.error).unicodeScalars where scalar != "\n" {
        #expect(![.control, .format].contains(scalar.properties.generalCategory))
      }
    }
    let text = try workplace.ingot("inspect", "evil\u{1b}[31m.safetensors")
    #expect(text.lines[0] == #"evil\u{1b}[31m.safetensors: safetensors file"#)
    #expect(text.lines[2] == #"  a\u{1b}[2J\u{9b}31m\u{202e}  [1]  uint8  1 B"#)
    let json = try workplace.ingot("inspect", "evil\u{1b}[31m.safetensors", "--json").json()
    #expect(json["tensors"]?.elements?.first?["name"]?.string == "a\u{1b}[2J\u{9b}31m\u{202e}")
  }

  @Test func columnsStayStraightUnderEscapedAndWideNames() throws {
    let run = try Workplace(withModel: false).ingot("inspect", "SafeTensors/names.safetensors")
    #expect(
      run.output.contains(
        """
          ../escape             [1]  uint8  1 B
        """))
    #expect(
      run.output.contains(
        """
          床前/明月光           [1]  uint8  1 B
        """))
    #expect(run.output.contains("\n  nul\\u{0}name          [1]  uint8  1 B\n"))
    // é of one scalar and é of two are two names.
    #expect(run.lines.filter { $0.hasPrefix("  é ") && $0.hasSuffix("1 tensor   1 value  1 B") }.count == 2)
  }

  @Test("a SentencePiece model and a vocabulary are listed by their tokens")
  func tokens() throws {
    let workplace = try Workplace(withModel: false)
    let pieces = try workplace.ingot("inspect", "Tokenizer/sentencepiece.model")
    #expect(pieces.exitCode == 0)
    #expect(
      pieces.output.hasPrefix(
        """
        Tokenizer/sentencepiece.model: SentencePiece model
          pieces     22
          of them    19 normal, 1 unknown, 2 control
          algorithm  unigram

           0  <pad>       0  control
        """))
    let vocabulary = try workplace.ingot("inspect", "Tokenizer/words/vocab.txt")
    #expect(
      vocabulary.output.hasPrefix(
        """
        Tokenizer/words/vocab.txt: vocabulary, a token a line
          tokens   25
          special  [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, [MASK] 4
          letters  none of the alphabet
          words    3 of several characters

           0  [PAD]
        """))
    #expect(vocabulary.output.hasSuffix("  19  思\n  … and 5 more, which --json lists\n"))
    let json = try workplace.ingot("inspect", "Tokenizer/sentencepiece.model", "--json").json()
    #expect(json["tokens"]?.elements?.last?["id"] == "21")
  }
}

extension FixedWidthInteger {
  /// The bytes of the number, the lowest first.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
