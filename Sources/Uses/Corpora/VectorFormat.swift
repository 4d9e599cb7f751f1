/// The formats in which the vectors of a corpus are written.
public enum VectorFormat: String, CaseIterable, Sendable {
  /// A JSON object for each text, `{"text": …, "vector": […]}`; of JSON lines, the object that was there with `vector` beside its members.
  case jsonl
  /// A NumPy array of float32, [texts, components].
  case npy
  /// An index: vectors and texts in a safetensors file, with digests and the model's own (``VectorIndex``).
  case safetensors

  /// The format of a file's name; nil when it is none of these.
  public init?(ofFileNamed path: String) {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    self.init(rawValue: ending == "ndjson" ? "jsonl" : ending)
  }
}
