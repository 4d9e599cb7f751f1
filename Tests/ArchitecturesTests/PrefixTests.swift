import Architectures
import Tensors
import Testing

extension [SourceTensor] {
  /// The tensors with a text before each name.
  fileprivate func behind(_ prefix: String) -> [SourceTensor] {
    map { SourceTensor(name: prefix + $0.name, elementType: $0.elementType, shape: $0.shape) }
  }
}

/// What the planning of these tensors says that it cannot do.
private func refusal(
  _ tensors: [SourceTensor], prefix: String? = nil, extras: ExtraPolicy = .refuse
) -> [String] {
  do throws(Problems) {
    _ = try Architecture.plan(for: tensors, of: "x", extras: extras, prefix: prefix)
    return []
  } catch {
    return error.all.map(\.description)
  }
}

@Suite("Known names behind a beginning of others") struct PrefixTests {
  @Test(
    "are planned without it, and sources keep their whole names",
    arguments: ["model.", "module.", "net.encoder.", "a-", "é."])
  func behind(prefix: String) throws {
    let plan = try Architecture.plan(for: tinyStateDict().behind(prefix), of: "x")
    #expect(plan.architecture == "bert" && plan.naming == "huggingface" && plan.prefix == prefix + "bert.")
    #expect(plan.steps.count == 46 && plan.dropped.isEmpty)
    #expect(plan.steps[0].source == "\(prefix)bert.embeddings.word_embeddings.weight")
  }

  @Test("of a scope of TensorFlow likewise, beside what training left")
  func scope() throws {
    let tensors = tinyGoogleBERT().behind("module/") + [float32("global_step", [])]
    let plan = try Architecture.plan(for: tensors, of: "x")
    #expect(plan.naming == "google" && plan.prefix == "module/" && plan.steps.count == 46)
    #expect(plan.dropped.map(\.source) == ["global_step"])
  }

  @Test("of a layer that holds an encoder of bert4keras, whatever the encoder's own prefix", arguments: ["", "left-"])
  func layer(prefix: String) throws {
    let tensors = tinyBERT().behind("model_1/\(prefix)")
    let plan = try Architecture.plan(for: tensors + [float32("score[0]", [8, 2])], of: "x", extras: .keep)
    #expect(plan.naming == "bert4keras" && plan.prefix == "model_1/\(prefix)" && plan.steps.count == 46)
    #expect(plan.extras.map(\.source) == ["score[0]"])
  }

  @Test("leave over what is no part of the model, to which the user must say something")
  func extras() throws {
    let tensors = try tinyStateDict().behind("model.") + [float32("model.classifier.weight", [3, 8])]
    #expect(
      refusal(tensors) == [
        "x: mismatched in model.classifier.weight: found a tensor of shape [3, 8] that is no part of bert, expected a name that "
          + "huggingface gives. Say which head they are with --head, carry such tensors along with --extra keep, or leave them out "
          + "with --extra drop."
      ])
    #expect(try Architecture.plan(for: tensors, of: "x", extras: .drop).steps.count == 46)
  }

  @Test("may be those of another model where a word stands for the naming's own: the user decides")
  func replaced() throws {
    let tensors = try tinyStateDict(prefix: "larch.")
    #expect(
      refusal(tensors) == [
        "x: mismatched: found tensors that no known naming accounts for, expected those of an architecture that ingot "
          + "architectures lists. All 46 names would be known to bert (huggingface) if \"larch.\" stood for \"bert.\": choose "
          + "--prefix larch. and --architecture bert only if it computes what bert does."
      ])
    let plan = try Architecture.plan(for: tensors, of: "x", prefix: "larch.")
    #expect(plan.architecture == "bert" && plan.prefix == "larch." && plan.steps.count == 46)
    #expect(plan.groups.contains("mlm"))
  }

  @Test("that are not all there are compared with the nearest naming behind it")
  func damaged() throws {
    let tensors = try tinyStateDict().without("bert.embeddings.LayerNorm.bias").behind("model.")
    let messages = refusal(tensors)
    #expect(
      messages.first == """
        x: mismatched: found tensors that no known naming accounts for, expected those of an architecture that ingot \
        architectures lists. The nearest is bert (huggingface) with "model." before the names, which knows 45 of its 45 names; \
        the differences follow.
        """)
    #expect(
      messages.count == 2
        && messages.last?.contains("expected model.bert.embeddings.LayerNorm.bias (bert.names:") == true)
  }
}

@Suite("Several models in one checkpoint") struct PartTests {
  private func both() throws -> [SourceTensor] {
    let student = try tinyStateDict(prefix: "").filter { !$0.name.hasPrefix("cls.") && !$0.name.contains(".layer.1.") }
    return try tinyStateDict().behind("teacher.") + student.behind("student.")
  }

  @Test("are listed, and none is taken for the whole")
  func listed() throws {
    #expect(
      try refusal(both()) == [
        "x: mismatched: found 2 models: teacher. (46 tensors, bert (huggingface)); student. (23 tensors, bert (huggingface)), "
          + "expected one. Choose one with --prefix: \"teacher.\" or \"student.\"."
      ])
    let keras = tinyBERT().behind("Teacher-") + tinyBERT(pooler: false, nsp: false, mlm: false).behind("Student-")
    #expect(
      refusal(keras) == [
        "x: mismatched: found 2 models: Teacher- (46 tensors, bert (bert4keras)); Student- (37 tensors, bert (bert4keras)), "
          + "expected one. Choose one with --prefix: \"Teacher-\" or \"Student-\"."
      ])
    let plain = try tinyStateDict() + tinyStateDict(prefix: "").filter { !$0.name.hasPrefix("cls.") }.behind("student.")
    #expect(refusal(plain).first?.contains("found 2 models: bert. (39 tensors") == true)
  }

  @Test("are planned one at a time, and the plan leaves the others out by name", arguments: ["student", "student."])
  func chosen(prefix: String) throws {
    let tensors = try both()
    let plan = try Architecture.plan(for: tensors, of: "x", prefix: prefix)
    #expect(plan.prefix == "student." && plan.steps.count == 23)
    #expect(plan.steps.allSatisfy { $0.source.hasPrefix("student.") })
    #expect(plan.dropped.count == 46)
    #expect(plan.dropped.allSatisfy { $0.source.hasPrefix("teacher.") && $0.reason == "no part of student." })
    #expect(plan.parts.map(\.prefix) == ["teacher.", "student."] && plan.parts.map(\.tensorCount) == [46, 23])
    #expect(plan.parts.allSatisfy { $0.titles == ["bert (huggingface)"] })
  }

  @Test("are asked for by the beginning of their names; a slip is answered with what was meant")
  func mistyped() throws {
    #expect(
      try refusal(both(), prefix: "techer") == [
        "x: mismatched: found no name that begins with \"techer\", expected one of teacher. (46 tensors, bert (huggingface)); "
          + "student. (23 tensors, bert (huggingface)). Did you mean teacher?"
      ])
    #expect(
      refusal(tinyBERT(), prefix: "nothing") == [
        "x: mismatched: found no name that begins with \"nothing\", expected the beginning of names."
      ])
    #expect(refusal(tinyBERT(), prefix: "").first?.contains("found no name that begins with \"\"") == true)
  }

  @Test("a model alone has no parts")
  func alone() throws {
    for tensors in [tinyBERT(), tinyGoogleBERT(), try tinyStateDict(), try tinyStateDict().behind("model.")] {
      #expect(try Architecture.plan(for: tensors, of: "x").parts.isEmpty)
    }
  }
}

@Suite("A word that was mistyped") struct MistypedTests {
  @Test("of a naming is answered with the nearest")
  func naming() {
    #expect(complaints(tinyBERT(), naming: "hugingface").first?.hasSuffix(" Did you mean huggingface?") == true)
    #expect(complaints(tinyBERT(), naming: "mlx").first?.hasSuffix("bert4keras-0-5-8.") == true)
  }
}
