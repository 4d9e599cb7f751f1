import Foundation
import TensorFlow
import TestSupport
import Testing

@Suite("What a user names") struct LocationTests {
  private func index(for name: String) throws -> String {
    let path = RecordedCheckpoint.root.appending(path: name).path
    return String(try TensorFlowCheckpoint(opening: path).file.dropFirst(RecordedCheckpoint.root.path.count + 1))
  }

  /// A folder with empty files, and one that says which checkpoint is the last.
  private func folder(_ names: [String], state: String? = nil) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for name in names { _ = try directory.write([], to: name) }
    if let state { _ = try directory.write(Array(state.utf8), to: "checkpoint") }
    return directory
  }

  @Test(
    "a prefix, an index, a data file, a graph beside them, and folders",
    arguments: [
      ("google/bert_model.ckpt", "google/bert_model.ckpt.index"),
      ("google/bert_model.ckpt.index", "google/bert_model.ckpt.index"),
      ("google/bert_model.ckpt.data-00000-of-00001", "google/bert_model.ckpt.index"),
      ("google/bert_model.ckpt.meta", "google/bert_model.ckpt.index"),
      ("google", "google/bert_model.ckpt.index"),
      ("google/", "google/bert_model.ckpt.index"),
      ("google-trained", "google-trained/model.ckpt-1000.index"),
      ("google-trained/model.ckpt-500", "google-trained/model.ckpt-500.index"),
      ("sharded/model.ckpt-1234.data-00002-of-00003", "sharded/model.ckpt-1234.index"),
      ("saved-model", "saved-model/variables/variables.index"),
      ("saved-model/variables", "saved-model/variables/variables.index"),
    ])
  func names(name: String, expected: String) throws {
    #expect(try index(for: name) == expected)
  }

  @Test("another file is no checkpoint, nor is one that does not exist")
  func others() throws {
    let root = RecordedCheckpoint.root
    #expect(try TensorFlowCheckpoint.index(for: root.appending(path: "google/bert_config.json").path) == nil)
    #expect(try TensorFlowCheckpoint.index(for: root.appending(path: "version-1/model.ckpt").path) == nil)
    #expect(try TensorFlowCheckpoint.index(for: "/nowhere/model.ckpt") == nil)
    expectProblem(
      "/nowhere/model.ckpt: unavailable: found no such file or directory, expected a readable regular file."
    ) { try TensorFlowCheckpoint(opening: "/nowhere/model.ckpt") }
  }

  @Test("data files without an index")
  func noIndex() throws {
    let directory = try folder(["model.ckpt.data-00000-of-00002", "model.ckpt.data-00001-of-00002"])
    for name in ["model.ckpt", "model.ckpt.data-00000-of-00002", "model.ckpt.data-00001-of-00002"] {
      expectProblem(
        "\(directory.path("model.ckpt.index")): unavailable: found no such file beside model.ckpt.data-00000-of-00002, "
          + "expected the index of the checkpoint. Get the missing file from where the checkpoint came."
      ) { try TensorFlowCheckpoint(opening: directory.path(name)) }
    }
  }

  @Test("a data file of another number of shards does not stand in for the missing one")
  func otherShard() throws {
    let recorded = RecordedCheckpoint.named("nothing")
    let directory = try TemporaryDirectory()
    _ = try directory.write(recorded.index, to: "x.index")
    _ = try directory.write(recorded.shards[0], to: "x.data-00001-of-00001")
    let checkpoint = try TensorFlowCheckpoint(opening: directory.path("x"))
    expectProblem(
      "\(directory.path("x.data-00000-of-00001")): unavailable in _CHECKPOINTABLE_OBJECT_GRAPH: "
        + "found no data file x.data-00000-of-00001: no such file or directory, expected the shard that holds it. "
        + "Get the file from where the checkpoint came."
    ) { try checkpoint.objectGraph() }
  }

  @Test("a folder that does not say which checkpoint is meant")
  func undecided() throws {
    let empty = try folder(["vocab.txt"])
    #expect(try TensorFlowCheckpoint.index(for: empty.url.path) == nil)
    expectProblem("\(empty.url.path): unavailable: found a directory, expected a readable regular file.") {
      try TensorFlowCheckpoint(opening: empty.url.path)
    }
    let two = try folder(["a.index", "b.index"])
    expectProblem(
      "\(two.url.path): mismatched: found several checkpoints: a, b, expected one checkpoint, "
        + "or a file named checkpoint that says which is the last. Name the index of the checkpoint."
    ) { try TensorFlowCheckpoint(opening: two.url.path) }
    let stale = try folder(["a.index", "b.index"], state: "model_checkpoint_path: \"c\"\n")
    expectProblem(
      "\(stale.path("checkpoint")): mismatched: found the checkpoint c, which is not in the folder, "
        + "expected one of a, b. Name the index of the checkpoint."
    ) { try TensorFlowCheckpoint(opening: stale.url.path) }
  }

  @Test(
    "of a path in the file checkpoint only its last part counts, in the same folder",
    arguments: [
      "b", "/root/training/b", "../../b", "'b'", "./b", "\\142", "b\"\nall_model_checkpoint_paths: \"a",
    ])
  func state(path: String) throws {
    let quoted = path.hasPrefix("'") ? path : "\"\(path)\""
    let directory = try folder(["a.index", "b.index"], state: "# text\nmodel_checkpoint_path: \(quoted) \r\n")
    #expect(try TensorFlowCheckpoint.index(for: directory.url.path) == directory.path("b.index"))
  }

  @Test("a name in Chinese, which TensorFlow writes byte by byte")
  func chinese() throws {
    let directory = try folder(["a.index", "模型.index"], state: #"model_checkpoint_path: "\346\250\241\345\236\213""#)
    #expect(try TensorFlowCheckpoint.index(for: directory.url.path) == directory.path("模型.index"))
  }

  @Test(
    "what else a file checkpoint holds is passed over",
    arguments: [
      "all_model_checkpoint_timestamps: 1.6e9\nlast_preserved_timestamp: 1600000000.25",
      "more { than: [1, 2] deeper <a: 'b'> }",
    ])
  func unknownState(text: String) throws {
    let directory = try folder(["a.index", "b.index"], state: "\(text)\nmodel_checkpoint_path: \"b\"\n\(text)")
    #expect(try TensorFlowCheckpoint.index(for: directory.url.path) == directory.path("b.index"))
  }

  @Test("a file checkpoint without a name is as none", arguments: ["", "# nothing", "model_checkpoint_path: \"\""])
  func emptyState(text: String) throws {
    let directory = try folder(["a.index", "b.index"], state: text)
    expectProblem(
      "\(directory.url.path): mismatched: found several checkpoints: a, b, expected one checkpoint, "
        + "or a file named checkpoint that says which is the last. Name the index of the checkpoint."
    ) { try TensorFlowCheckpoint(opening: directory.url.path) }
  }

  @Test("a file checkpoint whose name is none", arguments: [("..", ".."), ("a/..", "a/.."), ("\\000", "\\u{0}")])
  func badName(text: String, shown: String) throws {
    let directory = try folder(["a.index", "b.index"], state: "model_checkpoint_path: \"\(text)\"\n")
    expectProblem(
      "\(directory.path("checkpoint")): damaged: found the model_checkpoint_path \"\(shown)\", "
        + "expected the path of a checkpoint. Name the index of the checkpoint."
    ) { try TensorFlowCheckpoint(opening: directory.url.path) }
  }

  @Test(
    "a file checkpoint that is no text of Protocol Buffers",
    arguments: [
      "b", "\"", "\"\\q\"", "\"\\377\"", "\"\\777\"", "\"b\" }", "\"b\" \u{0}",
      "\"b\" " + String(repeating: "x {", count: 100_000), "\"b\" " + String(repeating: "[", count: 100_000),
    ])
  func badState(text: String) throws {
    let directory = try folder(["a.index", "b.index"], state: "model_checkpoint_path: \(text)\n")
    expectProblem(
      "\(directory.path("checkpoint")): damaged: found no text that holds a message tensorflow.CheckpointState, "
        + "expected one in the text form of Protocol Buffers. Name the index of the checkpoint."
    ) { try TensorFlowCheckpoint(opening: directory.url.path) }
  }

  @Test("a file checkpoint of a megabyte and more")
  func longState() throws {
    let directory = try folder(["a.index", "b.index"], state: String(repeating: " ", count: 1_048_577))
    expectProblem(
      "\(directory.path("checkpoint")): refused: found a file of 1048577 bytes, expected at most 1048576."
    ) { try TensorFlowCheckpoint(opening: directory.url.path) }
  }
}
