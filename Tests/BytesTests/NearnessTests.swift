import Bytes
import Testing

@Suite("The word that was meant") struct NearnessTests {
  @Test(
    "is the nearest of those that can be written",
    arguments: [
      ("epsilom", "epsilon"), ("head", "heads"), ("haeds", "heads"), ("activaton", "activation"), ("mask", "mask"),
      ("pooler_activation", "pooler.activation"), ("Heads", "heads"),
    ])
  func nearest(word: String, meant: String) {
    let words = ["heads", "epsilon", "activation", "mask", "pooler.activation"]
    #expect(nearestWord(to: word, among: words) == meant)
  }

  @Test(
    "is none where nothing is near", arguments: ["", "x", "colour", "hds", String(repeating: "mask", count: 1_000)])
  func none(word: String) {
    #expect(nearestWord(to: word, among: ["heads", "epsilon", "mask", "gpt"]) == nil)
  }
}
