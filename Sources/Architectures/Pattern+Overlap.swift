extension Architecture.Pattern {
  /// Whether some name fits both patterns; counters count as any digits, and a choice as any of its alternatives.
  package func overlaps(_ other: Architecture.Pattern) -> Bool {
    machines.contains { left in other.machines.contains { right in Self.meet(left, right) } }
  }

  /// One step of a machine that reads a name: the bytes that it takes, and whether it takes any number of them.
  private struct Step {
    var accepts: [ClosedRange<UInt8>]
    var repeats = false

    func meets(_ other: Step) -> Bool {
      accepts.contains { range in other.accepts.contains { range.overlaps($0) } }
    }
  }

  /// Lets two machines step through one common name together.
  private static func meet(_ left: [Step], _ right: [Step]) -> Bool {
    var reached: Set<[Int]> = []
    var open = [[0, 0]]
    while let state = open.popLast() {
      guard reached.insert(state).inserted else { continue }
      let (i, j) = (state[0], state[1])
      if i == left.count, j == right.count { return true }
      if i < left.count, left[i].repeats { open.append([i + 1, j]) }
      if j < right.count, right[j].repeats { open.append([i, j + 1]) }
      if i < left.count, j < right.count, left[i].meets(right[j]) {
        open.append([left[i].repeats ? i : i + 1, right[j].repeats ? j : j + 1])
      }
    }
    return false
  }

  /// A machine for each way to read the pattern.
  private var machines: [[Step]] {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    func text(_ bytes: [UInt8]) -> [Step] { bytes.map { Step(accepts: [$0...$0]) } }
    return parts.reduce([[]]) { machines, part in
      let ways: [[Step]] =
        switch part {
        case .text(let bytes): [text(bytes)]
        case .counter: [[Step(accepts: [digits]), Step(accepts: [digits], repeats: true)]]
        case .anything: [[Step(accepts: [0...255], repeats: true)]]
        case .choice(let choice):
          choice.alternatives.map { alternative in
            switch alternative {
            case .text(let bytes): text(bytes)
            case .prefix: [Step(accepts: [0...(UInt8(ascii: "/") - 1), (UInt8(ascii: "/") + 1)...255], repeats: true)]
            }
          }
        }
      return machines.flatMap { machine in ways.map { machine + $0 } }
    }
  }
}
