import HDF5
import HDF5Isolation
import Tensors

extension CheckpointTensor {
  /// What our reader does not support, libhdf5 reads in a process of its own; what it calls damaged stays damaged.
  ///
  /// - Parameter file: The path of the HDF5 file; nil for one inside an archive, which libhdf5 cannot open.
  init(name: String, dataset: Dataset, isolated file: String?) throws {
    var source: any TensorSource = dataset
    if let file, dataset.unreadable?.kind == .unsupported {
      source = try isolatedDataset(dataset.path, of: file, elementType: dataset.elementType, shape: dataset.shape)
    }
    self.init(name: name, path: dataset.path, storage: dataset.storage.wording, source: source)
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
