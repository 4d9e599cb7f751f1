import Architectures
import Bytes
import JSON
import Tensors
import Testing

/// A table with heads, which each test spoils or asks in one way.
private let table = """
  architecture tiny A model for tests
  sizes
    H width
  settings
    activation  relu tanh
  tensors
    norm.gamma        H
  optional pooler
    pooler.weight     H H
  config hf tf keras
    activation  = tanh
  classes hf tiny
    TinyModel                   (pooler)
    TinyForTokenClassification  -pooler head=token
    TinyForSequenceClassification  pooler head=sequence
  names hf
    norm.gamma        (tiny.|)norm.gamma
    pooler.weight     pooler.weight
  names tf
    norm.gamma        norm/gamma
    pooler.weight     pooler/kernel  transpose
  names keras
    norm.gamma        Norm[0]
    pooler.weight     Pooler[0]      transpose
  head sequence of pooler
    sequence.weight   labels H
    sequence.bias     labels
  head token of tokens
    token.weight      labels H
    token.bias        labels
  head span of tokens
    span.weight       2 H
  heads hf span
    sequence.weight   classifier.weight
    sequence.bias     classifier.bias
    token.weight      classifier.weight
    token.bias        classifier.bias
    span.weight       qa.weight
  heads tf sequence span
    sequence.weight   output_weights
    sequence.bias     output_bias
    span.weight       qa/kernel      transpose
  heads keras
    token.weight      classifier[0]  transpose
    token.bias        classifier[1]

  """

private func tensor(_ name: String, _ shape: Shape, _ type: ElementType = .float32) -> SourceTensor {
  SourceTensor(name: name, elementType: type, shape: shape)
}

private func configuration(_ name: String) -> JSON { ["architectures": [.string(name)]] }

@Suite("Heads") struct HeadTests {
  private static let model = [tensor("norm.gamma", [4]), tensor("pooler.weight", [4, 4])]
  private static let classifier = [tensor("classifier.weight", [3, 4]), tensor("classifier.bias", [3])]
  private let tiny: Architecture

  init() throws { tiny = try Architecture(parsing: table, file: "tiny.names") }

  private func plan(_ tensors: [SourceTensor], _ extras: ExtraPolicy = .refuse, saying name: String? = nil) throws
    -> Plan
  {
    try Architecture.plan(
      for: tensors, of: "x", among: [tiny], extras: extras, configurations: name.map { [configuration($0)] } ?? [])
  }

  @Test("are kept by themselves where the configuration names the class that has them")
  func configured() throws {
    for (name, kind) in [
      ("TinyForSequenceClassification", "sequence"), ("TFTinyForSequenceClassification", "sequence"),
      ("TinyForTokenClassification", "token"),
    ] {
      let plan = try plan(Self.model + Self.classifier, saying: name)
      #expect(plan.head?.kind == kind && plan.head?.labels == 3 && plan.head?.origin == .configuration(name))
      #expect(plan.extras.map(\.tensor) == ["extra.classifier.weight", "extra.classifier.bias"])
    }
  }

  @Test("are kept by themselves where the program that gives such names has one kind of them")
  func evident() throws {
    let google = [
      tensor("norm/gamma", [4]), tensor("pooler/kernel", [4, 4]), tensor("output_weights", [3, 4]),
      tensor("output_bias", [3]),
    ]
    #expect(try plan(google).head?.origin == .names)
    // Without a pooler these names are of another kind.
    #expect(throws: Problems.self) { _ = try plan([google[0], google[2], google[3]]) }
    let span = try plan(Self.model + [tensor("qa.weight", [2, 4])])
    #expect(span.head?.kind == "span" && span.head?.labels == nil)
  }

  @Test(
    "are unknown extras where nobody says the kind, or layout and type are others",
    arguments: [
      (classifier, nil), (classifier, "TinyModel"),
      ([tensor("classifier.weight", [3, 5]), classifier[1]], "TinyForTokenClassification"),
      ([tensor("classifier.weight", [3, 4]), tensor("classifier.bias", [2])], "TinyForTokenClassification"),
      ([tensor("classifier.weight", [3, 4], .int32), classifier[1]], "TinyForTokenClassification"),
      ([classifier[0]], "TinyForTokenClassification"), ([tensor("qa.weight", [3, 4])], nil),
    ] as [([SourceTensor], String?)])
  func unknown(extras: [SourceTensor], name: String?) throws {
    let problems = #expect(throws: Problems.self) { _ = try plan(Self.model + extras, saying: name) }
    #expect(problems?.all.count == extras.count)
    let kept = try plan(Self.model + extras, .keep, saying: name)
    #expect(kept.head == nil && kept.extras.map(\.source) == extras.map(\.name))
    #expect(try plan(Self.model + extras, .drop, saying: name).extras.isEmpty)
  }

  @Test("beside unknown tensors are kept, and those still need a decision")
  func besideOthers() throws {
    let crf = tensor("crf.transitions", [3, 3])
    let problems = #expect(throws: Problems.self) {
      _ = try plan(Self.model + Self.classifier + [crf], saying: "TinyForTokenClassification")
    }
    #expect(problems?.all.map(\.object) == ["crf.transitions"])
    let kept = try plan(Self.model + Self.classifier + [crf], .keep, saying: "TinyForTokenClassification")
    #expect(kept.head?.kind == "token" && kept.extras.count == 3)
    let dropped = try plan(Self.model + Self.classifier, .drop, saying: "TinyForTokenClassification")
    #expect(dropped.head == nil && dropped.extras.isEmpty)
  }

  @Test(
    "in tables may have defects",
    arguments: [
      (
        "of pooler", "of vectors",
        "found \"head sequence of vectors\", expected head KIND of pooler, first, last or tokens [by ACTIVATION]."
      ),
      (
        "head span of tokens", "head span of tokens by softmax",
        "found the activation softmax, which the table does not declare, expected one of gelu-erf, gelu-tanh, relu, tanh, activation."
      ),
      (
        "  span.weight       2 H\nheads hf", "heads hf",
        "found the head span without tensors, expected at least one."
      ),
      (
        "  token.bias        classifier[1]\n", "",
        "found no row for token.bias in heads keras, expected one, beside others of this head."
      ),
      (
        "classifier[1]", "classifier[1] transpose",
        "found a transform of token.bias, expected transpose, of a matrix, or none."
      ),
      ("classifier[1]", "classifier[{L}]", "found \"token.bias classifier[{L}]\", expected TENSOR SOURCE [transpose]."),
      (
        "qa.weight", "tiny.norm.gamma",
        "found tiny.norm.gamma, which can name the same source tensor as (tiny.|)norm.gamma on line 17, expected each source name in one row."
      ),
      (
        "heads hf span", "heads hf pair",
        "found the head pair, which the table does not declare, expected one of sequence, token, span."
      ),
      (
        "head=token", "head=tokens",
        "found the head tokens, which the table does not declare, expected one of sequence, token, span."
      ),
      ("-pooler", "-pool", "found the group pool, which the table does not declare, expected one of pooler."),
      ("head=token", "head=token (tiny.|)=big.", "found \"big.\" for (tiny.|), expected one of its texts."),
      (
        "span.weight       2 H", "span.weight       2 X",
        "found the size X, which the table does not declare, expected one of H."
      ),
    ])
  func defects(row: String, replacement: String, complaint: String) {
    #expect(table.contains(row))
    let problems = #expect(throws: Problems.self) {
      _ = try Architecture(
        parsing: table.replacing(row, with: replacement, maxReplacements: 1), file: "tiny.names")
    }
    let found = problems?.all.map { $0.description.split(separator: ": damaged: ").last.map(String.init) ?? "" } ?? []
    #expect(found.contains(complaint), "\(found)")
  }
}
