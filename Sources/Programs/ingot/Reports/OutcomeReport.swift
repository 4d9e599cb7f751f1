import Conversion
import Tensors

/// What a conversion brought to light, in words.
enum OutcomeReport {
  static func lines(_ outcome: Conversion.Outcome, elementType: ElementType?) -> [String] {
    var lines = outcome.peculiar.map { "Note: \($0.tensor) holds \($0.count), carried over as they are." }
    if let first = outcome.swappedNorms.first {
      let others = outcome.swappedNorms.count - 1
      lines.append(
        "Note: \(first.norm).gamma lies near 0 (mean \(Wording.number(first.gamma))) and \(first.norm).beta near 1 (mean "
          + "\(Wording.number(first.beta)))\(others == 0 ? "" : ", as of \(Wording.count(others, "other norm"))"): were the two "
          + "swapped when the file was made?")
    }
    guard let elementType, let worst = outcome.narrowed.max(by: { $0.cost.maximumError < $1.cost.maximumError }) else {
      return lines
    }
    let vanished = outcome.narrowed.reduce(0) { $0 + $1.cost.underflowed }
    lines.append(
      "Storing \(elementType) rounded \(Wording.count(outcome.narrowed.count, "tensor")): maximum error "
        + "\(Wording.number(worst.cost.maximumError)) in \(worst.tensor); "
        + "\(vanished == 0 ? "no value" : Wording.count(vanished, "value")) became zero, none overflowed.")
    return lines
  }
}
