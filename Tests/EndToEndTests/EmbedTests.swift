import Testing

/// `ingot embed` on the sample, whose file says no pooling.
@Suite("ingot embed") struct EmbedTests {
  private func embed(_ workplace: Workplace, lines: String, _ arguments: String...) throws -> Run {
    let program = Workplace.programs.appending(path: "ingot").path
    return try workplace.run(
      "/bin/sh", ["-c", "printf '\(lines)' | \"$0\" embed poems.ingot \"$@\"", program] + arguments)
  }

  @Test("a vector is a line of numbers, or an object with its text")
  func answers() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot("embed", "poems.ingot", "床前明月光", "--pooling", "mean", "--components", "3")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    #expect(run.output.split(separator: " ").count == 3)
    let lines = try embed(workplace, lines: "床前明月光\\n举头望明月\\n", "--pooling", "mean", "--components", "3", "--json")
    #expect(lines.exitCode == 0)
    #expect(lines.lines.count == 3)
    #expect(lines.lines[0] == #"{"text":"床前明月光","vector":["# + run.output.dropLast().replacing(" ", with: ",") + "]}")
  }

  @Test("a model that says no pooling is asked for one")
  func unknownPooling() throws {
    let run = try Workplace().ingot("embed", "poems.ingot", "床前明月光")
    #expect(run.exitCode == 2)
    #expect(
      run.error == """
        ingot: poems.ingot: mismatched: found nothing that says how the vector of a text is made of those of its tokens, \
        expected a pooling: cls, pooler, mean, first-last-mean, max. Choose one with --pooling, here or when the model is \
        converted.

        """)
  }

  @Test("a line that is empty, too long or no UTF-8 is refused by its number")
  func badLines() throws {
    let workplace = try Workplace()
    let empty = try embed(workplace, lines: "床\\n\\n", "--pooling", "cls")
    #expect(empty.exitCode == 2)
    #expect(empty.error == "ingot: standard input, line 2: mismatched: found an empty text, expected a text.\n")
    let long = String(repeating: "月", count: 40)
    let refused = try embed(workplace, lines: "床\\n\(long)\\n", "--pooling", "cls")
    #expect(refused.exitCode == 2)
    #expect(
      refused.error == """
        ingot: standard input, line 2: mismatched: found 42 tokens, expected at most 40. Shorten the text, or have it cut \
        with --truncate.

        """)
    let cut = try embed(workplace, lines: "床\\n\(long)\\n", "--pooling", "cls", "--truncate")
    #expect(cut.exitCode == 0)
    #expect(cut.lines.count == 3)
    let bytes = try embed(workplace, lines: "床\\n\\377\\n", "--pooling", "cls")
    #expect(bytes.exitCode == 2)
    #expect(
      bytes.error
        == "ingot: standard input: damaged in line 2: found bytes that are not UTF-8, expected a text in UTF-8.\n")
  }
}
