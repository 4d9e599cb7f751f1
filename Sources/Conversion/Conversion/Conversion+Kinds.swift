import Architectures
import Bytes
import Checkpoints

extension Conversion {
  /// Says what a checkpoint of RoBERTa is, which is no BERT under that name; nil for any other.
  ///
  /// Its positions begin behind the padding token, at `pad_token_id` + 1 (transformers 4.38.2, `modeling_roberta.py:1563-1577`), and its
  /// head is named otherwise. The Chinese RoBERTa-wwm of HFL and others are BERTs in all of this, and say so: `"model_type": "bert"`.
  static func refusal(of checkpoint: Checkpoint, configuration: Configuration?) -> Problem? {
    let kinds = ["roberta", "xlm-roberta", "camembert"]
    let said = configuration?.json["model_type"]?.string.flatMap { kinds.contains($0) ? $0 : nil }
    let named = checkpoint.tensors.first { $0.name.hasPrefix("roberta.") }?.name
    guard said != nil || named != nil else { return nil }
    return Problem(
      .unsupported, file: said == nil ? checkpoint.file : configuration!.file,
      object: said == nil ? named : "model_type",
      found: "a RoBERTa\(said.map { " (\"\($0)\")" } ?? ""), whose positions begin behind the padding token",
      expected: "a BERT, as the Chinese RoBERTa-wwm is one",
      advice: "RoBERTa is not computed yet; keep the file")
  }
}
