/// The arithmetic that a forward pass runs in.
public enum Precision: String, CaseIterable, Sendable {
  /// Fast vectorised kernels.
  case float32
  /// Plain kernels whose results serve as the exact ones.
  case float64
  /// The same with every stored value rounded to float32: its distance from float64 is the rounding to be expected.
  case roundedFloat64
}
