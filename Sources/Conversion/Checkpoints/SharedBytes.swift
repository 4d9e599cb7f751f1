import Bytes
import Tensors

/// Says which tensors lie over each other in their file; nil when there are none.
///
/// No writer makes such a file, but for PyTorch, whose tensors may be views of one storage. Reading it does no harm: what the
/// tensors hold is the user's to judge. Data that are kept in chunks are not compared.
func sharedBytesRemark(on tensors: [CheckpointTensor], in container: Container) -> String? {
  if [.pytorch, .pytorchStream, .shardedPyTorch].contains(container) { return nil }
  let stretches = tensors.enumerated().compactMap { place, tensor -> Stretch? in
    guard let bytes = tensor.source.contiguousBytes, bytes.count > 0 else { return nil }
    return Stretch(place: place, file: bytes.file, start: bytes.start, end: bytes.start + bytes.count)
  }
  var shared: Set<Int> = []
  var furthest: Stretch?
  for stretch in stretches.sorted(by: { ($0.file, $0.start, $0.place) < ($1.file, $1.start, $1.place) }) {
    if let before = furthest, before.file == stretch.file, stretch.start < before.end,
      Spelling(tensors[before.place].path) != Spelling(tensors[stretch.place].path)
    {
      shared.formUnion([before.place, stretch.place])
    }
    if let before = furthest, before.file == stretch.file, before.end >= stretch.end { continue }
    furthest = stretch
  }
  guard !shared.isEmpty else { return nil }
  let names = shared.sorted().map { tensors[$0].name }
  return "Lying over each other in the file, which no program writes: \(beginning(of: names))."
}

/// Where a tensor lies.
private struct Stretch {
  let place: Int
  let file: String
  let start: Int
  let end: Int
}
