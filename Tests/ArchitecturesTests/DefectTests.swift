import Architectures
import Testing

/// A table without defects, which each test spoils in one way.
private let sound = """
  architecture tiny A model for tests
  sizes
    H width
    F inner
    L blocks
  settings
    heads       integer dividing H
    activation  relu tanh
  tensors
    block.{L}.weight  F H
    norm.gamma        H
  optional pooler
    pooler.weight     H H
    pooler.bias       H
  config a
    H           hidden_size
    heads       num_heads
    activation  act relu6=relu = tanh
  names a
    block.{L}.weight  layer_{L}/kernel transpose
    norm.gamma        norm/gamma
    pooler.weight     pooler/kernel    transpose
    pooler.bias       pooler/bias
    -                 */adam           # moments

  """

/// One edit of the sound table, and everything the linter then says.
private struct Defect: CustomTestStringConvertible, Sendable {
  let row: String
  let replacement: String
  let complaints: [String]

  init(_ row: String, _ replacement: String, _ complaints: String...) {
    self.row = row
    self.replacement = replacement
    self.complaints = complaints
  }

  var testDescription: String { complaints.first ?? row }
}

private func complaints(_ text: String) -> [String] {
  do throws(Problems) {
    _ = try Architecture(parsing: text, file: "tiny.names")
    return []
  } catch {
    return error.all.map(\.description)
  }
}

@Suite("The linter") struct DefectTests {
  /// The sound table with so many further rows.
  private static func sound(with rows: Int, _ row: (Int) -> String) -> String {
    ArchitecturesTests.sound + (0..<rows).map { "    - \(row($0))  # left out\n" }.joined()
  }

  @Test("compares up to two thousand rows with each other")
  func rowCount() {
    // The sound table has five rows of names.
    #expect(complaints(DefectTests.sound(with: 1_995) { "row\($0)" }).isEmpty)
    #expect(
      complaints(DefectTests.sound(with: 1_996) { "row\($0)" }) == [
        "tiny.names:2020: damaged: found a naming of 2001 rows, expected at most 2000."
      ])
  }

  @Test("does not compare patterns that take too many steps")
  func tooAlike() {
    let complaints = complaints(DefectTests.sound(with: 200) { "(a|aa)\(String(repeating: "a", count: 50))\($0)(x|y)" })
    #expect(
      complaints == [
        "tiny.names:74: damaged: found patterns that take more than 200000 steps to tell apart, expected names that begin "
          + "or end in ways of their own."
      ])
  }

  @Test("passes a sound table, which says what it says")
  func sound() throws {
    let architecture = try Architecture(parsing: ArchitecturesTests.sound, file: "tiny.names")
    #expect(architecture.name == "tiny" && architecture.title == "A model for tests")
    // sha256sum of the text above
    #expect(architecture.revision == "147c37e7b93bc99544c74d767f6974693cbfac92ca30cd2e41a33da1c5e5380a")
    #expect(architecture.tensors.map(\.name) == ["block.{L}.weight", "norm.gamma", "pooler.weight", "pooler.bias"])
    #expect(architecture.tensors[0].shape == [.size("F"), .size("H")] && architecture.tensors[0].counter == "L")
    #expect(architecture.tensors[2].group == "pooler")
    #expect(architecture.settings.map(\.domain) == [.integer(dividing: "H"), .choice(["relu", "tanh"])])
    let naming = try #require(architecture.naming("a"))
    #expect(naming.rows.map(\.line) == [20, 21, 22, 23] && naming.drops.map(\.reason) == ["moments"])
    let key = try #require(naming.keys.last)
    #expect(key.name == "activation" && key.keys == ["act"] && key.words == ["relu6": "relu"])
    #expect(key.value == "tanh" && key.line == 18)
  }

  @Test("reports all defects at once, in the order of the lines")
  func all() {
    let text = ArchitecturesTests.sound.replacing("F H", with: "F X").replacing("*/adam", with: "*")
      .replacing("  norm.gamma        norm/gamma\n", with: "")
    #expect(complaints(text).map { $0.split(separator: ":")[1] } == ["10", "19", "23"])
  }

  @Test("finds", arguments: lineDefects + rowDefects + namingDefects + settingDefects)
  fileprivate func defect(_ defect: Defect) {
    #expect(ArchitecturesTests.sound.contains(defect.row))
    #expect(
      complaints(ArchitecturesTests.sound.replacing(defect.row, with: defect.replacement, maxReplacements: 1))
        == defect.complaints)
  }

  @Test("a table without anything")
  func empty() {
    #expect(
      complaints("") == [
        "tiny.names:1: damaged: found no section \"architecture\", expected architecture NAME TITLE.",
        "tiny.names:1: damaged: found no sizes, expected at least one.",
        "tiny.names:1: damaged: found no tensors, expected at least one.",
        "tiny.names:1: damaged: found no namings, expected at least one.",
      ])
  }
}

private let lineDefects = [
  Defect(
    "# moments", "# mo\tments",
    "tiny.names:24: damaged: found the control character 0x9, expected spaces between words and a line feed at the end "
      + "of each line."),
  Defect(
    "architecture tiny A model for tests", "architecture tiny",
    "tiny.names:1: damaged: found \"architecture tiny\", expected architecture NAME TITLE.",
    "tiny.names:1: damaged: found no section \"architecture\", expected architecture NAME TITLE."),
  Defect(
    "architecture tiny A model for tests", "architecture Tiny A model for tests",
    "tiny.names:1: damaged: found \"Tiny\" for an architecture, expected lower-case words joined by dots."),
  Defect(
    "settings\n", "options\nsettings\n",
    "tiny.names:6: damaged: found a section \"options\", expected architecture, sizes, settings, config, tensors, optional, "
      + "classes, names, head or heads."),
  Defect(
    "sizes\n", "  stray row\nsizes\n",
    "tiny.names:2: damaged: found an indented row that belongs to no section, expected a section's first line before it."
  ),
  Defect(
    "settings\n", "settings of it\nsettings\n",
    "tiny.names:6: damaged: found \"settings of it\", expected settings alone on its line."),
  Defect(
    "optional pooler\n", "optional pooler else H = F G\noptional pooler\n",
    "tiny.names:12: damaged: found \"optional pooler else H = F G\", expected optional GROUP [needs GROUP] [else A = B] [computed sinusoid]."
  ),
  Defect(
    "names a\n", "names a b\nnames a\n", "tiny.names:19: damaged: found \"names a b\", expected names NAMING [CHOICE]."),
  Defect("config a\n", "config\nconfig a\n", "tiny.names:15: damaged: found \"config\", expected config NAMING…."),
  Defect(
    "tensors\n", "settings\ntensors\n",
    "tiny.names:9: damaged: found the section \"settings\" a second time, expected it only on line 6."),
  Defect(
    "  L blocks", "  L blocks of it", "tiny.names:5: damaged: found \"L blocks of it\", expected LETTER NAME.",
    "tiny.names:10: damaged: found the size L, which the table does not declare, expected one of H, F."),
  Defect(
    "  L blocks", "  L blocks\n  LL layers",
    "tiny.names:6: damaged: found \"LL\" for a size, expected one letter from A to Z."),
  Defect(
    "norm.gamma        H", "norm.gamma        h",
    "tiny.names:11: damaged: found \"h\" in a shape, expected a size's letter or "
      + "a number of at least 1.",
    "tiny.names:21: damaged: found the tensor norm.gamma, which the table does not declare, expected a declaration of it."
  ),
  Defect(
    "norm.gamma        H", "norm.Gamma        H",
    "tiny.names:11: damaged: found \"norm.Gamma\" for a tensor, expected lower-case words joined by dots, at most one of "
      + "them a counter such as {L}.",
    "tiny.names:21: damaged: found the tensor norm.gamma, which the table does not declare, expected a declaration of it."
  ),
]

private let rowDefects = [
  Defect(
    "optional pooler", "optional pooler\n    pooler.scale H\noptional pooler",
    "tiny.names:14: damaged: found the section \"optional pooler\" a second time, expected it only on line 12.",
    "tiny.names:21: damaged: found no row for pooler.scale in names a, expected its source name, or - if it is optional."
  ),
  Defect(
    "  L blocks", "  L blocks\n  H height",
    "tiny.names:6: damaged: found the size H a second time, expected it only on line 3."),
  Defect(
    "  F inner", "  F width", "tiny.names:4: damaged: found the name width a second time, expected it only on line 3."),
  Defect(
    "  L blocks", "  L blocks\n  P positions",
    "tiny.names:6: damaged: found the size P, which no shape and no name uses, expected only sizes in use."),
  Defect(
    "weight  F H", "weight  F X",
    "tiny.names:10: damaged: found the size X, which the table does not declare, expected one of H, F, L."),
  Defect(
    "  norm.gamma        H", "  norm.gamma        H\n  norm.gamma        F",
    "tiny.names:12: damaged: found norm.gamma a second time, expected it only on line 11."),
  Defect(
    "optional pooler", "optional empty\noptional pooler",
    "tiny.names:12: damaged: found the optional group empty without tensors, expected at least one."),
  Defect(
    "optional pooler", "optional pooler needs head",
    "tiny.names:12: damaged: found the group head, which the table does not declare, expected a declaration of it."),
  Defect(
    "optional pooler", "optional pooler else H = X",
    "tiny.names:12: damaged: found the size X, which the table does not declare, expected one of H, F, L."),
  Defect(
    "optional pooler", "optional pooler else H = H",
    "tiny.names:12: damaged: found a size equal to itself, expected two sizes."),
]

private let namingDefects = [
  Defect(
    "  norm.gamma        norm/gamma", "  + head\n  norm.gamma        norm/gamma",
    "tiny.names:21: damaged: found the group head, which the table does not declare, expected one of pooler."),
  Defect(
    "  norm.gamma        norm/gamma", "  ~ size = 1 # why\n  norm.gamma        norm/gamma",
    "tiny.names:21: damaged: found the setting size, which the table does not declare, expected one of heads, activation."
  ),
  Defect(
    "  norm.gamma        norm/gamma", "  ? norm/beta gamma:0\n  norm.gamma        norm/gamma",
    "tiny.names:21: damaged: found the source norm/beta, which the table does not declare, expected a declaration of it."
  ),
  Defect(
    "  norm.gamma        norm/gamma", "  + pooler\n  + pooler\n  norm.gamma        norm/gamma",
    "tiny.names:22: damaged: found the group pooler a second time, expected it only on line 21."),
  Defect(
    "  norm.gamma        norm/gamma", "  norm.gamma        norm/gamma exactly so",
    "tiny.names:21: damaged: found the transform \"exactly\", expected transpose or reshape(A,B).",
    "tiny.names:21: damaged: found the transform \"so\", expected transpose or reshape(A,B)."),
  Defect(
    "  norm.gamma        norm/gamma", "  norm.gamma",
    "tiny.names:19: damaged: found no row for norm.gamma in names a, expected its source name, or - if it is optional.",
    "tiny.names:21: damaged: found \"norm.gamma\", expected TENSOR SOURCE [TRANSFORM…], TENSOR -, + GROUP…, ? SOURCE ENDING, "
      + "< ARCHITECTURE NAMING, ~ SETTING = VALUE # caveat or - SOURCE [= TENSOR, = sinusoid] # reason."),
  Defect(
    "norm/gamma", "norm/gamma transpose",
    "tiny.names:21: damaged: found transpose of a tensor with 1 extents, expected 2 extents."),
  Defect(
    "norm/gamma", "norm/gamma reshape(1,X)",
    "tiny.names:21: damaged: found the size X, which the table does not declare, expected one of H, F, L."),
  Defect(
    "norm/gamma", "norm/gamma reshape(0)",
    "tiny.names:21: damaged: found \"0\" in a shape, expected a size's letter or a number of at least 1."),
  Defect(
    "  norm.gamma        norm/gamma", "  norm.beta norm/beta",
    "tiny.names:19: damaged: found no row for norm.gamma in names a, expected its source name, or - if it is optional.",
    "tiny.names:21: damaged: found the tensor norm.beta, which the table does not declare, expected a declaration of it."
  ),
  Defect(
    "  norm.gamma        norm/gamma", "  norm.gamma        norm/gamma\n  norm.gamma        norm/scale",
    "tiny.names:22: damaged: found norm.gamma a second time, expected it only on line 21."),
  Defect(
    "  norm.gamma        norm/gamma", "  norm.gamma -",
    "tiny.names:21: damaged: found - for norm.gamma, which every model has, expected its source name."),
  Defect(
    "  pooler.bias       pooler/bias", "  pooler.bias       -",
    "tiny.names:23: damaged: found - for a part of the group pooler, expected - for all of it or none."),
  Defect(
    "  pooler.weight     pooler/kernel    transpose\n  pooler.bias       pooler/bias",
    "  + pooler\n  pooler.weight -\n  pooler.bias -",
    "tiny.names:22: damaged: found + for the group pooler, whose tensors have -, expected one of the two."),
  Defect(
    "  pooler.bias       pooler/bias", "  pooler.bias       pooler/bias\n  pooler.scale      -",
    "tiny.names:24: damaged: found the tensor pooler.scale, which the table does not declare, expected a declaration of "
      + "it."),
  Defect(
    "layer_{L}/kernel", "layer_0/kernel",
    "tiny.names:20: damaged: found other counters in layer_0/kernel than in block.{L}.weight, expected the same in both."
  ),
  Defect(
    "layer_{L}/kernel", "layer_{L}/*",
    "tiny.names:19: damaged: found no row for block.{L}.weight in names a, expected its "
      + "source name, or - if it is optional.",
    "tiny.names:20: damaged: found the source name \"layer_{L}/*\", expected a name with at most one counter such as {L} or "
      + "{L:3}, with choices such as (weight|gamma), and no *."),
  Defect(
    "*/adam ", "{L}/adam",
    "tiny.names:24: damaged: found the source name \"{L}/adam\", expected a name, with * for anything or with choices such "
      + "as (weight|gamma)."),
  Defect(
    "names a\n", "names a (x|\nnames a\n",
    "tiny.names:19: damaged: found \"names a (x|\", expected names NAMING [CHOICE]."),
  Defect(
    "norm/gamma", "(|*)/bias",
    "tiny.names:23: damaged: found pooler/bias, which can name the same source tensor as (|*)/bias on line 21, expected "
      + "each source name in one row."),
  Defect(
    "-                 */adam ", "-  norm/copy = norm.scale ",
    "tiny.names:24: damaged: found the tensor norm.scale, which the table does not declare, expected a declaration of it."
  ),
  Defect(
    "-                 */adam ", "-  layer_0/copy = block.{L}.weight ",
    "tiny.names:24: damaged: found layer_0/copy as a copy of block.{L}.weight, expected one name for one tensor."),
  Defect(
    "-                 */adam ", "-  */copy = norm.gamma ",
    "tiny.names:24: damaged: found */copy as a copy of norm.gamma, expected one name for one tensor."),
  Defect(
    "# moments", "",
    "tiny.names:24: damaged: found */adam dropped without a reason, expected a comment that says what it is."),
  Defect(
    "*/adam ", "*/bias",
    "tiny.names:24: damaged: found */bias, which can name the same source tensor as pooler/bias on line 23, expected each "
      + "source name in one row."),
  Defect(
    "norm/gamma", "layer_1/kernel",
    "tiny.names:21: damaged: found layer_1/kernel, which can name the same source tensor as layer_{L}/kernel on line 20, "
      + "expected each source name in one row."),
]

private let settingDefects = [
  Defect(
    "relu6=relu = tanh", "relu6=relu ~ tanh",
    "tiny.names:18: damaged: found activation assumed without a reason, expected a comment that says which files have another."
  ),
  Defect(
    "relu6=relu = tanh", "relu6=relu ~ tanh or gelu when heads=0  # others\n",
    "tiny.names:18: damaged: found \"gelu\" for activation, expected relu or tanh.",
    "tiny.names:18: damaged: found \"0\" for heads, expected a whole number of at least 1."),
  Defect(
    "relu6=relu = tanh", "relu6=relu ~ tanh or relu when activation=relu  # others\n",
    "tiny.names:18: damaged: found the earlier setting activation, which the table does not declare, expected one of heads."
  ),
  Defect(
    "relu6=relu = tanh", "relu6=relu ~ tanh unless nsp  # others\n",
    "tiny.names:18: damaged: found the group nsp, which the table does not declare, expected one of pooler."),
  Defect(
    "relu6=relu = tanh", "relu6=relu ~ tanh always  # others\n",
    "tiny.names:15: damaged: found no row for the setting activation, expected its key, its value, or its name alone.",
    "tiny.names:18: damaged: found \"activation act relu6=relu ~ tanh always\", expected NAME KEY… [WORD=CHOICE…] [= VALUE], or "
      + "~ VALUE [or VALUE when SETTING=VALUE] [unless GROUP] # reason, KEY? only with VALUE."),
  Defect(
    "integer dividing H", "whole",
    "tiny.names:7: damaged: found \"heads whole\", expected NAME followed by integer, integer "
      + "dividing LETTER, number, positive, fraction, boolean, or two words and more [in GROUP].",
    "tiny.names:17: damaged: found the size or setting heads, which the table does not declare, expected one of H, F, L, "
      + "activation."),
  Defect(
    "integer dividing H", "integer dividing X",
    "tiny.names:7: damaged: found the size X, which the table does not declare, expected one of H, F, L."),
  Defect(
    "config a", "config a b",
    "tiny.names:15: damaged: found the naming b, which the table does not declare, expected one of a."),
  Defect(
    "names a\n", "config a\n  heads\n  activation\nnames a\n",
    "tiny.names:19: damaged: found a configuration for a a second time, expected it only on line 15."),
  Defect(
    "  heads       num_heads\n", "",
    "tiny.names:15: damaged: found no row for the setting heads, expected its key, its value, or its name alone."),
  Defect(
    "num_heads", "num_heads\n    heads",
    "tiny.names:18: damaged: found the row of heads a second time, expected it only on line 17."),
  Defect(
    "num_heads", "num_heads\n    depth",
    "tiny.names:18: damaged: found the size or setting depth, which the table does not declare, expected one of H, F, L, "
      + "heads, activation."),
  Defect(
    "hidden_size", "hidden_size = 768",
    "tiny.names:16: damaged: found neither keys nor a number for the size H, or both, expected one or more keys, or = NUMBER."
  ),
  Defect(
    "= tanh", "= gelu", "tiny.names:18: damaged: found \"gelu\" for activation, expected relu or tanh."),
  Defect(
    "relu tanh\n", "relu tanh in mlm\n",
    "tiny.names:8: damaged: found the group mlm, which the table does not declare, expected one of pooler."),
  Defect(
    "num_heads", "num_heads\n    H/X         part",
    "tiny.names:18: damaged: found the size X, which the table does not declare, expected one of H, F, L."),
  Defect(
    "num_heads", "num_heads\n    F/H         part = 4",
    "tiny.names:18: damaged: found neither keys nor a number for the size F/H, or both, expected one or more keys, or = NUMBER."
  ),
  Defect(
    "num_heads", "num_heads\n    F/H         = four",
    "tiny.names:18: damaged: found neither keys nor a number for the size F/H, or both, expected one or more keys, or = NUMBER."
  ),
  Defect(
    "num_heads", "num_heads\n    + start 0",
    "tiny.names:18: damaged: found \"+ start 0\", expected + MEMBER = VALUE [unless SETTING]."),
  Defect(
    "num_heads", "num_heads\n    + start = 0 unless asked",
    "tiny.names:18: damaged: found the boolean setting asked, which the table does not declare, expected a declaration of it."
  ),
  Defect(
    "num_heads", "num_heads\n    ! biased true",
    "tiny.names:18: damaged: found \"! biased true\", expected ! MEMBER = VALUE… # reason."),
  Defect(
    "num_heads", "num_heads\n    ! biased = true",
    "tiny.names:18: damaged: found biased demanded without a reason, expected a comment that says what others choose."),
  Defect(
    "num_heads", "num_heads\n    ! num_heads = 2  # others have more",
    "tiny.names:18: damaged: found the member num_heads a second time, expected it only on line 17."),
  Defect(
    "num_heads", "num_heads\n    + start = 0\n    + start = 1",
    "tiny.names:19: damaged: found the member start a second time, expected it only on line 18."),
  Defect(
    "config a\n", "classes a x\n  Net (mlm) activation=gelu\nclasses a x\n  Net\nconfig a\n",
    "tiny.names:16: damaged: found the group mlm, which the table does not declare, expected one of pooler.",
    "tiny.names:16: damaged: found \"gelu\" for activation, expected relu or tanh.",
    "tiny.names:17: damaged: found the section \"classes a x\" a second time, expected it only on line 15."),
  Defect(
    "config a\n", "classes a x\n  Net\n  Net activation=relu\n  Net activation=relu\nconfig a\n",
    "tiny.names:18: damaged: found Net a second time, expected it only on line 17."),
  Defect(
    "config a\n", "classes a x T\nconfig a\n",
    "tiny.names:15: damaged: found \"classes a x T\", expected classes NAMING MODEL-TYPE."),
  Defect(
    "config a\n", "classes a x\n  v.txt = T b\n  v.txt = T\n  v.txt = U b=0\nconfig a\n",
    "tiny.names:16: damaged: found \"v.txt = T b\", expected FILE = TOKENIZER [MEMBER=VALUE…].",
    "tiny.names:18: damaged: found the tokenizer of v.txt a second time, expected it only on line 17."),
  Defect(
    "relu6=relu", "relu6=relu7", "tiny.names:18: damaged: found \"relu7\" for activation, expected relu or tanh."),
  Defect(
    "num_heads", "num_heads = 0",
    "tiny.names:17: damaged: found \"0\" for heads, expected a whole number of at least 1."),
  Defect(
    "num_heads", "num_heads = 1 2",
    "tiny.names:15: damaged: found no row for the setting heads, expected its key, its value, or its name alone.",
    "tiny.names:17: damaged: found \"heads num_heads = 1 2\", expected NAME KEY… [WORD=CHOICE…] [= VALUE], or "
      + "~ VALUE [or VALUE when SETTING=VALUE] [unless GROUP] # reason, KEY? only with VALUE."),
  Defect(
    "norm/gamma", "norm/gamma[1/2]",
    "tiny.names:21: damaged: found norm/gamma[1/2] and no row for norm/gamma[2/2], expected a row for each part of a source."
  ),
  Defect(
    "num_heads", "num_heads?",
    "tiny.names:15: damaged: found no row for the setting heads, expected its key, its value, or its name alone.",
    "tiny.names:17: damaged: found \"heads num_heads?\", expected NAME KEY… [WORD=CHOICE…] [= VALUE], or "
      + "~ VALUE [or VALUE when SETTING=VALUE] [unless GROUP] # reason, KEY? only with VALUE."),
  Defect(
    "config a\n  H           hidden_size\n  heads       num_heads\n  activation  act relu6=relu = tanh\n", "",
    "tiny.names:15: damaged: found no section \"config\" that covers a, expected one."),
]
