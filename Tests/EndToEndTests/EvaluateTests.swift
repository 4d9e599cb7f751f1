import JSON
import TestSupport
import Testing

@Suite("ingot evaluate, whiten, similarity") struct EvaluateTests {
  private let files = ["train", "valid", "test"].map {
    Fixtures.folder("Similarity").appending(path: "poems.\($0).data").path
  }

  @Test("a task's files are evaluated for several poolings and whitenings in one run, with averages and a chart")
  func table() throws {
    let workplace = try Workplace()
    let run = try workplace.ingot(
      ["evaluate", "poems.ingot"] + files + [
        "--pooling", "cls,first-last-mean", "--whiten", "none,full,8", "--length", "14", "--truncate", "-o",
        "chart.svg",
      ])
    #expect(run.exitCode == 0)
    #expect(
      run.lines.contains(
        "  cls              none          80             38.59             34.74            -0.62    24.24     26.84"))
    #expect(
      run.lines.contains(
        "  first-last-mean  none          80             49.98             47.19            35.92    44.36     45.45"))
    #expect(run.error.hasPrefix("ingot: poems, cls: 1 of 80 components dropped, whose eigenvalue is rounding ("))
    #expect(run.lines.contains("Wrote chart.svg."))
    let json = try workplace.ingot(
      ["evaluate", "poems.ingot"] + files + ["--pooling", "cls", "--length", "14", "--truncate", "--json"]
    ).json()
    let rows = try #require(json["files"]?.elements)
    #expect(rows.map { $0["name"]?.string } == ["poems.train.data", "poems.valid.data", "poems.test.data"])
    #expect(rows.map { $0["pairs"]?.integer } == [90, 40, 50])
    #expect(rows.allSatisfy { abs($0["spearman"]!.double!) < 1 && $0["pearson"]?.double != nil })
    #expect(json["averages"]?.elements?.count == 1)
  }

  @Test("labels of 0 and 1 have an accuracy; lines that are passed over are told; constant labels are refused")
  func labels() throws {
    let workplace = try Workplace()
    let pairs = try workplace.directory.write(
      Array("床前明月光\t疑是地上霜\t1\n举头望明月\t低头思故乡\t1\n床前明月光\t黄河入海流\t0\nno pair\n".utf8), to: "pairs.tsv")
    let run = try workplace.ingot("evaluate", "poems.ingot", pairs, "--pooling", "mean")
    #expect(run.exitCode == 0)
    #expect(run.error == "ingot: \(pairs): 1 line passed over, which has not three fields (line 4; line 4 has 1)\n")
    #expect(run.output.contains("accuracy"))
    let same = try workplace.directory.write(Array("床\t月\t1\n光\t霜\t1\n".utf8), to: "same.tsv")
    let constant = try workplace.ingot("evaluate", "poems.ingot", same, "--pooling", "mean")
    #expect(constant.exitCode == 2)
    #expect(constant.error.hasPrefix("ingot: \(same): mismatched in the scores: found 1.0 for all of 2 pairs"))
    #expect(try workplace.ingot("evaluate", "poems.ingot", same, "--pooling", "mean,mean").exitCode == 64)
    #expect(try workplace.ingot("evaluate", "poems.ingot", same, "--whiten", "half").exitCode == 64)
  }

  @Test(
    "a whitening is sealed into a new file that verifies, whose vectors are whitened, and which is not whitened again")
  func whitening() throws {
    let workplace = try Workplace()
    let corpus = Fixtures.folder("Similarity").appending(path: "poems.train.data").path
    let run = try workplace.ingot(
      "whiten", "poems.ingot", "--texts", corpus, "--column", "1", "--pooling", "first-last-mean", "--components", "8",
      "-o",
      "white.ingot")
    #expect(run.exitCode == 0)
    #expect(run.lines.contains("components   8 of 80"))
    let verified = try workplace.ingot("verify", "white.ingot")
    #expect(verified.exitCode == 0)
    let vector = try workplace.ingot("embed", "white.ingot", "床前明月光", "--json").json()
    #expect(vector["vector"]?.elements?.count == 8)
    let again = try workplace.ingot("whiten", "white.ingot", "--texts", corpus, "--column", "1", "-o", "twice.ingot")
    #expect(again.exitCode == 2)
    #expect(again.error.contains("found vectors that are whitened"))
    let many = try workplace.ingot(
      "whiten", "poems.ingot", "--texts", corpus, "--column", "1", "--pooling", "cls", "--components", "80", "-o",
      "many.ingot")
    #expect(many.exitCode == 2)
    #expect(many.error.contains("found 80 components, expected at most 79"))
  }

  @Test("the similarity of a text with itself is 1") func similarity() throws {
    let workplace = try Workplace()
    let same = try workplace.ingot("similarity", "poems.ingot", "床前明月光", "床前明月光", "--pooling", "mean")
    #expect(same.output == "1.0000\n")
    let other = try workplace.ingot("similarity", "poems.ingot", "床前明月光", "黄河", "--pooling", "mean", "--json").json()
    #expect(try #require(other["similarity"]?.double) < 0.99)
  }
}
