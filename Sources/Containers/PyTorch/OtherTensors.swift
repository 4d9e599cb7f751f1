/// Kinds of tensors that PyTorch saves and Ingot does not read, and what makes others of them.
///
/// `torch/_utils.py` of PyTorch 2.2. Each advice has been followed (`tools/fixtures/PyTorch/make_advice.py`).
enum OtherTensors: String {
  /// Integers with a scale and a zero point.
  case quantized
  /// Numbers with their places, all others zero.
  case sparse

  /// Finds the kind that a function of a pickle makes; nil for any other function.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("torch._utils", "_rebuild_qtensor"): self = .quantized
    case ("torch._utils", "_rebuild_sparse_tensor"), ("torch._utils", "_rebuild_sparse_csr_tensor"): self = .sparse
    default: return nil
    }
  }

  /// What to do in PyTorch.
  var advice: String {
    switch self {
    case .quantized:
      "Give the weights from before they were quantized, or dequantize these in PyTorch by the lines under "
        + "\"Quantized weights\" in Formats/Checkpoints/PyTorch.md"
    case .sparse:
      "In PyTorch, save them dense: torch.save({n: t.to_dense() for n, t in torch.load(file).items()}, \"weights.pt\")"
    }
  }
}
