import HDF5
import Tensors

extension CheckpointTensor {
  /// Takes a dataset, also one that can be listed and not read: libhdf5, which undoes more, makes up numbers where chunks are damaged.
  init(name: String, dataset: Dataset) {
    self.init(name: name, path: dataset.path, storage: dataset.storage.wording, source: dataset)
  }
}

extension Dataset {
  /// Whether nothing but their size says that the elements are bfloat16: Keras 3 notes the type beside its own format
  /// (`keras/src/saving/saving_lib.py`) and not in the old one.
  var isGuessed: Bool {
    isOpaque && (try? attribute("dtype")?.text()) != "bfloat16"
  }
}

/// Says which tensors are taken for bfloat16 because of their size alone; nil when there are none.
func guessRemark(on names: [String]) -> String? {
  guard !names.isEmpty else { return nil }
  return "Taken for bfloat16, because the file says only \"two opaque bytes\": \(beginning(of: names))."
}

extension Dataset.Storage {
  /// The storage in words.
  fileprivate var wording: String {
    switch self {
    case .contiguous: "contiguous"
    case .compact: "compact"
    case .chunked(let extents, let filters): (["chunked \(extents)"] + filters).joined(separator: ", ")
    case .external: "external"
    case .virtual: "virtual"
    case .unknown: "unknown"
    }
  }
}
