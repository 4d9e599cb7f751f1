import Architectures
import Tensors
import Testing

/// A table with one tensor, and one more where asked.
private func table(_ name: String, namings: [String] = ["a"], second: String? = nil) throws -> Architecture {
  let tensors = ["first"] + (second.map { [$0] } ?? [])
  let sections = namings.map { naming in
    "\nnames \(naming)\n" + tensors.map { "  \($0) \($0)-source\n" }.joined()
  }
  return try Architecture(
    parsing: "architecture \(name) A test\nsizes\n  H width\ntensors\n" + tensors.map { "  \($0) H\n" }.joined()
      + "config \(namings.joined(separator: " "))\n" + sections.joined(),
    file: "\(name).names")
}

@Suite("Choosing architecture and naming") struct ChoosingTests {
  private func complaint(_ body: () throws(Problems) -> Plan) -> String? {
    do throws(Problems) {
      _ = try body()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("the one that accounts for everything is used")
  func one() throws {
    let architectures = [try table("small"), try table("large", second: "second")]
    let small = [float32("first-source", [8])]
    #expect(try Architecture.plan(for: small, of: "x", among: architectures).architecture == "small")
    let large = small + [float32("second-source", [8])]
    #expect(try Architecture.plan(for: large, of: "x", among: architectures).architecture == "large")
  }

  @Test("an extra does not make a smaller architecture fit as well as a larger one")
  func extras() throws {
    let architectures = [try table("small"), try table("large", second: "second")]
    let tensors = ["first-source", "second-source", "head"].map { float32($0, [8]) }
    let plan = try Architecture.plan(for: tensors, of: "x", among: architectures, extras: .keep)
    #expect(plan.architecture == "large" && plan.extras.map(\.source) == ["head"])
  }

  @Test("where two fit, the user chooses")
  func two() throws {
    let architectures = [try table("one", namings: ["a", "b"]), try table("other")]
    let tensors = [float32("first-source", [8])]
    #expect(
      complaint { () throws(Problems) in try Architecture.plan(for: tensors, of: "x", among: architectures) } == """
        x: mismatched: found tensors that fit one (a) and one (b) and other (a), expected one of them. Choose with \
        --architecture and --naming.
        """)
    #expect(try Architecture.plan(for: tensors, of: "x", among: architectures, naming: "b").architecture == "one")
  }

  @Test("where none fits, the nearest is shown with its differences")
  func nearest() throws {
    let tensors = tinyBERT().without("Embedding-Norm[0]")
    let messages = complaints(tensors, naming: nil)
    #expect(messages.count == 2)
    #expect(
      messages.first == """
        x.h5: mismatched: found tensors that no known naming accounts for, expected those of an architecture \
        that ingot architectures lists. The nearest is bert (bert4keras), which knows 45 of its 45 names; the differences follow.
        """)
  }

  @Test("where nothing is known, only that is said")
  func nothing() {
    #expect(
      complaints([float32("a", [1]), float32("b", [2])], naming: nil) == [
        "x.h5: mismatched: found tensors that no known naming accounts for, expected those of an "
          + "architecture that ingot architectures lists. None of its 2 names is known: a model of another kind needs a "
          + "name table of its own (Formats/NameTables.md)."
      ])
    #expect(complaints([], naming: nil) == ["x.h5: mismatched: found no tensors, expected a model's."])
  }

  @Test("where little is known, the nearest are named in a line each")
  func little() throws {
    let architectures = [
      try table("one", second: "other"), try table("two", second: "second"), try table("three", second: "third"),
      try table("four", second: "fourth"),
    ]
    let tensors = ["first-source", "a", "b", "c", "d"].map { float32($0, [8]) }
    let said = complaint { () throws(Problems) in
      try Architecture.plan(for: tensors, of: "x", among: architectures)
    }
    #expect(
      said == """
        x: mismatched: found tensors that no known naming accounts for, expected those of an architecture that ingot \
        architectures lists. It is a model of another kind, which needs a name table of its own (Formats/NameTables.md), or \
        one of these, cut up or renamed; all differences from one are shown with --architecture and --naming. 4 namings know \
        as many of its names as the nearest.
        x: mismatched in one (a): found 1 of 5 names, expected all, and 1 thing more: other (found no source tensor).
        x: mismatched in two (a): found 1 of 5 names, expected all, and 1 thing more: second (found no source tensor).
        x: mismatched in three (a): found 1 of 5 names, expected all, and 1 thing more: third (found no source tensor).
        """)
  }

  @Test("a naming that does not exist")
  func unknownNaming() {
    #expect(
      complaints(tinyBERT(), naming: "keras") == [
        "x.h5: mismatched: found no naming \"keras\", expected one of bert4keras, bert4keras-hidden-condition, "
          + "google, electra-generator, huggingface, huggingface-electra, huggingface-ernie, huggingface-ernie-tasks, "
          + "huggingface-distilbert, huggingface-tf, keras-bert, bert4keras-0-5-6, bert4keras-0-5-8."
      ])
  }
}

@Suite("Absences and booleans") struct AbsenceTests {
  private let text = """
    architecture tiny A model whose second family of files never holds a pooler
    sizes
      H width
    settings
      tied boolean
    tensors
      norm.gamma H
    optional pooler
      pooler.bias H
    config full bare
      tied tie_weights
    names full
      norm.gamma   gamma
      pooler.bias  pooler
    names bare
      norm.gamma   scale
      pooler.bias  -
    """

  @Test("a family of files may lack a group, which then is an extra like any other unknown tensor")
  func absence() throws {
    let architecture = try Architecture(parsing: text, file: "tiny.names")
    #expect(architecture.naming("bare")?.absences.map(\.line) == [17])
    let plan = try architecture.plan(for: [float32("scale", [8])], of: "x")
    #expect(plan.naming == "bare" && plan.groups.isEmpty)
    let both = [float32("gamma", [8]), float32("pooler", [8])]
    #expect(try architecture.plan(for: both, of: "x").groups == ["pooler"])
    let mixed = [float32("scale", [8]), float32("pooler", [8])]
    #expect(try architecture.plan(for: mixed, of: "x", extras: .keep).extras.map(\.source) == ["pooler"])
  }

  @Test("a boolean is read from JSON and from words")
  func boolean() throws {
    let architecture = try Architecture(parsing: text, file: "tiny.names")
    let plan = try architecture.plan(for: [float32("scale", [8])], of: "x")
    let configured = try architecture.settings(
      for: plan, of: "x", configuration: Configuration(file: "config.json", json: ["tie_weights": true]))
    #expect(configured["tied"] == .boolean(true))
    #expect(try architecture.settings(for: plan, of: "x", given: ["tied": "false"])["tied"] == .boolean(false))
    let problems = #expect(throws: Problems.self) {
      try architecture.settings(
        for: plan, of: "x", configuration: Configuration(file: "config.json", json: ["tie_weights": 1]))
    }
    #expect(
      problems?.description == """
        config.json: mismatched in tie_weights: found 1, expected true or false for tied. Correct the configuration, or \
        give the value with --set tied=….
        """)
  }
}

@Suite("Transforms") struct TransformTests {
  @Test("each has an inverse")
  func inverse() {
    let transforms: [(Transform, Shape)] = [(.transpose, [2, 3]), (.reshape(from: [1, 6], to: [2, 3]), [1, 6])]
    for (transform, shape) in transforms {
      let result = transform.applied(to: shape)
      #expect(result.flatMap { transform.inverse.applied(to: $0) } == shape)
      #expect(transform.inverse.inverse == transform)
    }
    #expect(Transform.transpose.applied(to: [2, 3]) == [3, 2])
    #expect(Transform.transpose.applied(to: [2]) == nil)
    #expect(Transform.reshape(from: [6], to: [2, 3]).applied(to: [5]) == nil)
    #expect(Transform.reshape(from: [6], to: [2, 2]).applied(to: [6]) == nil)
  }

  private let heads = """
    architecture heads A test
    sizes
      H width
      N heads
      D depth
      A inner
    tensors
      query.weight A H
      query.bias A
    config a
    names a
      query.weight q/kernel reshape(H,N,D) transpose
      query.bias   q/bias
    """

  /// `[H, N, D]` in Keras' own attention becomes `[H, A]`, then `[A, H]`.
  @Test("a reshape before a transpose")
  func chain() throws {
    // H·N·D elements do not say which rows belong together; the table does.
    let architecture = try Architecture(parsing: heads, file: "heads.names")
    let tensors = [float32("q/kernel", [8, 2, 3]), float32("q/bias", [6])]
    let plan = try architecture.plan(for: tensors, of: "x")
    #expect(plan.steps[0].shape == [6, 8])
    #expect(plan.steps[0].transforms == [.reshape(from: [8, 2, 3], to: [8, 6]), .transpose])
    #expect(plan.steps[0].transforms.reduce(Optional([8, 2, 3] as Shape)) { $1.applied(to: $0 ?? []) } == [6, 8])
    #expect(plan.steps[0].inverse.reduce(Optional([6, 8] as Shape)) { $1.applied(to: $0 ?? []) } == [8, 2, 3])
  }

  @Test("a reshape whose element counts differ, or whose result nothing shows")
  func counts() throws {
    let architecture = try Architecture(parsing: heads, file: "heads.names")
    var problems = #expect(throws: Problems.self) {
      try architecture.plan(for: [float32("q/kernel", [8, 2, 3]), float32("q/bias", [7])], of: "x")
    }
    #expect(
      problems?.description == """
        x: mismatched in q/kernel: found 48 elements, expected as many as [7, 8] has (heads.names:12).
        """)
    let alone = try Architecture(
      parsing: heads.split(separator: "\n").filter { !$0.contains("query.bias") }.joined(separator: "\n"),
      file: "heads.names")
    problems = #expect(throws: Problems.self) { try alone.plan(for: [float32("q/kernel", [8, 2, 3])], of: "x") }
    #expect(
      problems?.description == """
        x: mismatched in query.weight: found no source that shows every size of its shape, expected [A, H] (heads.names:8).
        """)
  }
}
