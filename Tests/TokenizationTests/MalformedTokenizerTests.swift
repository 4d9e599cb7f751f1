import Bytes
import JSON
import Testing

@testable import Tokenization

/// Files of tokenizers that are broken, or have what Ingot does not, each with the message.
@Suite("Malformed files of tokenizers") struct MalformedTokenizerTests {
  private static let advice = " Get the tokenizer's files again from where they came."

  /// What is said of a `tokenizer.json`, behind its name; nil when it is read.
  private static func problem(_ json: String) -> String? {
    do {
      _ = try TokenizerPipeline(reading: ByteView(Array(json.utf8), file: "tokenizer.json"))
      return nil
    } catch { return String("\(error)".dropFirst("tokenizer.json: ".count)) }
  }

  private static func check(_ cases: [(String, String)], _ whole: (String) -> String) {
    for (part, message) in cases {
      let problem = problem(whole(part))
      #expect(problem == message || problem == message + advice, "\(problem ?? "read") instead of \(message)")
    }
  }

  private static let model = #"{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}"#

  @Test("a sound file is read")
  func sound() { #expect(Self.problem(#"{"version":"1.0","model":\#(Self.model)}"#) == nil) }

  @Test("a file that is no object with a model is damage")
  func root() {
    let cases = [
      ("", "damaged at byte 0: found the end of the text, expected a JSON value."),
      ("[1]", "damaged: found an array of 1, expected an object with the member \"model\"."),
      ("{}", "damaged in model: found nothing, expected a model."),
      (#"{"version":"2.0","model":{}}"#, "unsupported in version: found \"2.0\", expected \"1.0\"."),
      (#"{"model":5}"#, "damaged in model: found 5, expected an object."),
      (String(repeating: "[", count: 70), "damaged at byte 64: found nesting deeper than 64."),
    ]
    Self.check(cases.map { ($0.0, $0.1) }) { $0 }
  }

  @Test("parts that Ingot does not have are refused by their names")
  func unknownParts() {
    let cases = [
      (
        #""model":{"type":"WordLevel"}"#,
        "unsupported in model: found the part \"WordLevel\", expected WordPiece, BPE or Unigram."
      ),
      (
        #""normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"ByteLevel"}]},"model":\#(Self.model)"#,
        "unsupported in normalizer.normalizers[1]: found the part \"ByteLevel\", expected Sequence, BertNormalizer, Lowercase, NFC, NFD, "
          + "NFKC, NFKD, StripAccents, Nmt, Precompiled, Replace, Prepend or Strip."
      ),
      (
        #""normalizer":{"type":"Replace","pattern":{"Regex":"a+"},"content":"b"},"model":\#(Self.model)"#,
        "unsupported in normalizer.pattern.Regex: found the regular expression \"a+\", expected a text, or \" {2,}\"."
      ),
      (
        #""pre_tokenizer":{"type":"Split","pattern":{"String":" "},"behavior":"Removed","invert":false},"model":\#(Self.model)"#,
        "unsupported in pre_tokenizer: found the part \"Split\", expected Sequence, BertPreTokenizer, ByteLevel, Metaspace, Whitespace, "
          + "WhitespaceSplit or Punctuation."
      ),
      (
        #""pre_tokenizer":{"type":"Punctuation","behavior":"Removed"},"model":\#(Self.model)"#,
        "unsupported in pre_tokenizer.behavior: found \"Removed\", expected \"Isolated\"."
      ),
      (
        #""decoder":{"type":"CTC"},"model":\#(Self.model)"#,
        "unsupported in decoder: found the part \"CTC\", expected Sequence, ByteLevel, WordPiece, Metaspace, Fuse, Strip, Replace or "
          + "ByteFallback."
      ),
      (
        #""post_processor":{"type":"Other"},"model":\#(Self.model)"#,
        "unsupported in post_processor: found the part \"Other\", expected Sequence, BertProcessing, RobertaProcessing, "
          + "TemplateProcessing or ByteLevel."
      ),
    ]
    Self.check(cases) { "{\($0)}" }
  }

  @Test("settings that Ingot does not have are refused by their names")
  func unknownSettings() {
    let cases = [
      (#""dropout":0.1"#, "unsupported in model.dropout: found 0.1, expected none, for pieces would depend on chance."),
      (#""end_of_word_suffix":"</w>""#, "unsupported in model.end_of_word_suffix: found \"</w>\", expected none."),
      (
        #""continuing_subword_prefix":"@@""#,
        "unsupported in model.continuing_subword_prefix: found \"@@\", expected none."
      ),
    ]
    Self.check(cases) { #"{"model":{"type":"BPE","vocab":{"a":0},"merges":[],\#($0)}}"# }
  }

  @Test("vocabularies and merges that are none are damage")
  func bytePairs() {
    let cases = [
      (#""vocab":[],"merges":[]"#, "damaged in model.vocab: found an array of 0, expected an object of ids."),
      (#""vocab":{},"merges":[]"#, "damaged in model.vocab: found no piece, expected at least one."),
      (
        #""vocab":{"a":0,"b":0},"merges":[]"#,
        "damaged in model.vocab: found the id 0 of \"a\" and \"b\", expected each id once."
      ),
      (#""vocab":{"a":0,"a":1},"merges":[]"#, "damaged at byte 38: found the name \"a\" a second time in one object."),
      (
        #""vocab":{"a":-1},"merges":[]"#,
        "damaged in model.vocab: found \"a\" with the id -1, expected a whole number from 0 to 2147483646."
      ),
      (
        #""vocab":{"a":99999999999999999999},"merges":[]"#,
        "damaged in model.vocab: found \"a\" with the id 99999999999999999999, expected a whole number from 0 to 2147483646."
      ),
      (
        #""vocab":{"a":0.5},"merges":[]"#,
        "damaged in model.vocab: found \"a\" with the id 0.5, expected a whole number from 0 to 2147483646."
      ),
      (#""vocab":{"a":0}"#, "damaged in model.merges: found nothing, expected an array."),
      (#""vocab":{"a":0},"merges":[5]"#, "damaged in model.merges[0]: found 5, expected a pair of pieces."),
      (
        #""vocab":{"a":0},"merges":["a"]"#,
        "damaged in model.merges[0]: found \"a\", expected two pieces with a space between."
      ),
      (
        #""vocab":{"a":0},"merges":[["a","b"]]"#,
        "damaged in model.merges[0]: found the merge of \"a\" and \"b\", expected the right one, \"b\" among the 1 pieces."
      ),
      (
        #""vocab":{"a":0,"b":1},"merges":["a b"]"#,
        "damaged in model.merges[0]: found the merge of \"a\" and \"b\", expected what they make, \"ab\" among the 2 pieces."
      ),
      (
        #""vocab":{"a":0,"":1},"merges":[["a",""]]"#,
        "damaged in model.merges[0]: found the merge of \"a\" and \"\", expected the right one, \"\" among the 2 pieces."
      ),
      (
        #""vocab":{"a":0},"merges":[],"unk_token":"<unk>""#,
        "damaged in model.unk_token: found \"<unk>\", expected one of the 1 pieces."
      ),
    ]
    Self.check(cases) { #"{"model":{"type":"BPE",\#($0)}}"# }
    #expect(
      Self.problem(#"{"model":{"type":"BPE","vocab":{"\#(String(repeating: "a", count: 5_000))":0},"merges":[]}}"#)
        == "refused in model.vocab: found a piece of 5000 bytes, expected at most 4096.")
  }

  @Test("scores and unknown pieces that are none are damage")
  func unigram() {
    let cases = [
      (#""vocab":[["a"]]"#, "damaged in model.vocab[0]: found an array of 1, expected a piece and its score."),
      (#""vocab":[["a",1e999]]"#, "damaged in model.vocab[0]: found an array of 2, expected a piece and its score."),
      (#""vocab":[]"#, "damaged in model.vocab: found no piece, expected at least one."),
      (#""vocab":[["a",0],["a",-1]]"#, "damaged in model.vocab: found \"a\" a second time, expected each piece once."),
      (#""vocab":[["a",0]],"unk_id":1"#, "damaged in model.unk_id: found 1, expected an id below 1."),
      (
        #""vocab":[["a",0]],"unk_id":"a""#,
        "damaged in model.unk_id: found \"a\", expected a whole number from 0 to 2147483646."
      ),
    ]
    Self.check(cases) { #"{"model":{"type":"Unigram",\#($0)}}"# }
  }

  @Test("parts with other members than they need are damage")
  func members() {
    let cases = [
      (
        #""normalizer":{"type":"Lowercase"},"normalizer":{}"#,
        "damaged at byte 35: found the name \"normalizer\" a second time in one object."
      ),
      (#""normalizer":{"type":"Strip"}"#, "damaged in normalizer.strip_left: found nothing, expected true or false."),
      (
        #""normalizer":{"type":"Sequence","normalizers":{}}"#,
        "damaged in normalizer.normalizers: found an object of 0, expected an array."
      ),
      (
        #""normalizer":{"type":"Precompiled","precompiled_charsmap":"A"}"#,
        "damaged in normalizer.precompiled_charsmap: found a text that is not Base64, expected Base64."
      ),
      (
        #""pre_tokenizer":{"type":"Metaspace","replacement":"__"}"#,
        "damaged in pre_tokenizer.replacement: found \"__\", expected one character."
      ),
      (
        #""pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"last"}"#,
        "damaged in pre_tokenizer.prepend_scheme: found \"last\", expected \"first\", \"never\" or \"always\"."
      ),
      (
        #""pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"first","add_prefix_space":false}"#,
        "damaged in pre_tokenizer.add_prefix_space: found false beside prepend_scheme = \"first\", expected the two to say the same."
      ),
      (
        #""post_processor":{"type":"BertProcessing","cls":["a",0]}"#,
        "damaged in post_processor.sep: found nothing, expected a token and its id."
      ),
      (
        #""post_processor":{"type":"TemplateProcessing","special_tokens":{},"single":[{"SpecialToken":{"id":"x","type_id":0}}],"pair":[]}"#,
        "damaged in post_processor.single[0].SpecialToken.id: found \"x\", expected one of special_tokens."
      ),
      (
        #""post_processor":{"type":"TemplateProcessing","special_tokens":{},"single":[],"pair":[]}"#,
        "unsupported in post_processor.single: found the texts [], expected A once."
      ),
      (
        #""truncation":{"max_length":"x"}"#,
        "damaged in truncation.max_length: found \"x\", expected a whole number from 0 to 2147483646."
      ),
      (#""added_tokens":[{"id":0}]"#, "damaged in added_tokens[0].content: found nothing, expected a text."),
      (
        #""added_tokens":[{"id":7,"content":"<x>"}]"#,
        "mismatched in added_tokens[0]: found the id 7 for \"<x>\", expected 3, which it has to tokenizers."
      ),
      (
        #""added_tokens":[{"id":3,"content":"\#(String(repeating: "x", count: 2_000))"}]"#,
        "refused in added_tokens[0]: found a token of 2000 bytes, expected at most 1024."
      ),
    ]
    Self.check(cases) { #"{"model":\#(Self.model),\#($0)}"#.replacingModelOrder() }
  }

  @Test("a vocab.json or merges.txt that is none is damage, with its place")
  func files() {
    func problem(_ vocabulary: String, _ merges: [UInt8], _ dialect: BytePairTokenizer.Dialect = .fast) -> String? {
      do {
        _ = try BytePairTokenizer(
          vocabulary: ByteView(Array(vocabulary.utf8), file: "vocab.json"),
          merges: ByteView(merges, file: "merges.txt"),
          family: .gpt2, dialect: dialect)
        return nil
      } catch { return "\(error)" }
    }
    let sound = #"{"a":0,"b":1,"ab":2}"#
    let cases: [(String, String, String)] = [
      ("[]", "", "vocab.json: damaged at byte 0: found \"[\", expected a JSON object."),
      ("{}", "", "vocab.json: damaged: found no piece, expected at least one." + Self.advice),
      (
        #"{"a":0,"b":"1"}"#, "",
        "vocab.json: damaged at byte 7: found \"b\" with the id \"1\", expected a whole number from 0 to 2147483646."
          + Self.advice
      ),
      (
        #"{"a":5,"b":5}"#, "",
        "vocab.json: damaged at byte 7: found the id 5 of \"a\" and \"b\", expected each id once." + Self.advice
      ),
      (
        sound, "#version: 0.2\na b\na b c\n",
        "merges.txt: damaged at byte 18: found line 3 of 3 parts, expected two pieces with one space between."
          + Self.advice
      ),
      (
        sound, "#version: 0.2\n\na b\n",
        "merges.txt: damaged at byte 14: found line 2 of 1 part, expected two pieces with one space between."
          + Self.advice
      ),
      (
        sound, "#version: 0.2\na c\n",
        "merges.txt: damaged at byte 14: found the merge of \"a\" and \"c\", expected the right one, \"c\" among the 3 pieces."
          + Self.advice
      ),
      (
        sound, "#version: 0.2\nb a\n",
        "merges.txt: damaged at byte 14: found the merge of \"b\" and \"a\", expected what they make, \"ba\" among the 3 pieces."
          + Self.advice
      ),
    ]
    for (vocabulary, merges, message) in cases {
      for dialect in BytePairTokenizer.Dialect.allCases {
        #expect(problem(vocabulary, Array(merges.utf8), dialect) == message)
      }
    }
    #expect(
      problem(sound, Array("#version\n".utf8) + [0x61, 0x20, 0xFF, 0x0A])
        == "merges.txt: damaged at byte 9: found line 2 that is not UTF-8, expected UTF-8." + Self.advice)
    #expect(problem(sound, Array("#version: 0.2\na b\n".utf8)) == nil)
  }

  @Test("the first and the last line of merges.txt count for the fast tokenizer, and not for the slow one")
  func lines() throws {
    func ids(_ merges: String, _ dialect: BytePairTokenizer.Dialect) throws -> [Int] {
      try BytePairTokenizer(
        vocabulary: ByteView(Array(#"{"a":0,"b":1,"ab":2,"<|endoftext|>":3}"#.utf8)),
        merges: ByteView(Array(merges.utf8)),
        family: .gpt2, dialect: dialect
      ).ids(of: "ab")
    }
    #expect(try ids("a b\n", .fast) == [2])
    #expect(try ids("a b\n", .slow) == [0, 1])
    #expect(try ids("#version\na b", .fast) == [2])
    #expect(try ids("#version\na b", .slow) == [0, 1])
    #expect(try ids("#version\r\na b\r\n", .fast) == [2])
  }

  @Test("ids may leave gaps and be great, and cost no more for it")
  func gaps() throws {
    let json = #"{"model":{"type":"BPE","vocab":{"a":7,"b":2147483646,"ab":1000000000},"merges":[["a","b"]]}}"#
    let pipeline = try TokenizerPipeline(reading: ByteView(Array(json.utf8)))
    #expect(pipeline.ids(of: "abba") == [1_000_000_000, 2_147_483_646, 7])
    #expect(pipeline.pieceCount == 2_147_483_647)
    #expect(pipeline.piece(withID: 8) == nil)
  }
}

extension String {
  /// A file whose model stands behind the other members, so that their places do not depend on it.
  fileprivate func replacingModelOrder() -> String {
    let start = #"{"model":"#
    let model = #"{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}"#
    return "{" + dropFirst(start.count + model.count + 1).dropLast() + #","model":"# + model + "}"
  }
}
