import Bytes
import Checkpoints
import Conversion
import ModelFiles
import TestSupport
import Testing
import Verification

/// Checkpoints of training, by the optimizers that really were used: with a learning rate of 0, so that the weights are known.
@Suite("Checkpoints with the state of their training") struct TrainedCheckpointTests {
  @Test(
    "the weights are those of the model, and what training left is left out, each tensor with a reason",
    arguments: [
      (
        "bert4keras-roformer", "roformer", 145,
        ["what an optimizer keeps for a weight", "the state of the optimizer itself"]
      ),
      (
        "bert4keras-albert", "albert", 100,
        ["what an optimizer keeps for a weight", "the state of the optimizer itself"]
      ),
      ("bert4keras-t5", "t5", 130, ["what an optimizer keeps for a weight", "the state of the optimizer itself"]),
      (
        "adam-roformer", "roformer", 144,
        [
          "first moments of tf.train.AdamOptimizer", "second moments of tf.train.AdamOptimizer",
          "the state of tf.train.AdamOptimizer", "averages beside the weights themselves",
          "the count of training steps",
        ]
      ),
      (
        "mesh-t5", "t5", 81,
        [
          "second moments of Mesh TensorFlow's Adafactor", "second moments of Mesh TensorFlow's Adafactor, by column",
          "second moments of Mesh TensorFlow's Adafactor, by row", "the count of training steps",
        ]
      ),
      (
        "mesh-mt5", "mt5", 91,
        [
          "second moments of Mesh TensorFlow's Adafactor", "second moments of Mesh TensorFlow's Adafactor, by column",
          "second moments of Mesh TensorFlow's Adafactor, by row", "the count of training steps",
        ]
      ),
    ])
  func weights(name: String, source: String, count: Int, reasons: [String]) throws {
    let directory = try TemporaryDirectory()
    let trained = try Release(at: Fixtures.folder("Trained").appending(path: name).path)
    let options = Conversion.Options(architecture: name == "adam-roformer" ? "roformer" : nil)
    let conversion = try Conversion(planning: trained, options: options)
    #expect(conversion.plan.dropped.count == count)
    #expect(Set(conversion.plan.dropped.map(\.reason)) == Set(reasons))
    _ = try conversion.write(to: directory.path("trained.ingot"))
    let original = try Release(at: Fixtures.folder("Architectures").appending(path: source).path)
    _ = try Conversion(planning: original).write(to: directory.path("original.ingot"))
    let (found, expected) = try (
      ModelFile(mapping: directory.path("trained.ingot")), ModelFile(mapping: directory.path("original.ingot"))
    )
    #expect(Set(found.tensors.map(\.name)) == Set(expected.tensors.map(\.name)))
    for tensor in expected.tensors {
      #expect(found.tensor(tensor.name)?.bytes.array() == expected.tensor(tensor.name)?.bytes.array(), "\(tensor.name)")
    }
  }
}
