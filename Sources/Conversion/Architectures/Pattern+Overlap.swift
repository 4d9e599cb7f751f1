extension Architecture.Pattern {
  /// Whether some name fits both patterns; counters count as any digits, and a choice as any of its alternatives.
  ///
  /// - Parameter allowance: How many steps may be taken; those that are taken are subtracted.
  /// - Returns: Nil when the allowance is used up.
  package func overlaps(_ other: Architecture.Pattern, within allowance: inout Int) -> Bool? {
    // Most patterns are told apart by what their names begin and end with.
    guard zip(beginning, other.beginning).allSatisfy(==), zip(ending.reversed(), other.ending.reversed()).allSatisfy(==)
    else { return false }
    return Machine(parts).meets(Machine(other.parts), within: &allowance)
  }
}

/// A machine that reads the names of a pattern, byte by byte, from its first place to the last one that was made.
private struct Machine {
  /// A step to another place, which takes a byte of some ranges, or none.
  struct Step {
    var accepts: [ClosedRange<UInt8>] = []
    let target: Int
  }

  /// The steps from each place.
  private var steps: [[Step]] = [[]]

  init(_ parts: [Architecture.Pattern.Part]) {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    var place = 0
    for part in parts {
      switch part {
      case .text(let bytes): place = read(bytes, from: place)
      case .counter: place = repeating([digits], from: step(from: place, over: [digits]))
      case .anything: place = repeating([0...255], from: place)
      case .choice(let choice):
        let ends = choice.alternatives.map { alternative in
          switch alternative {
          case .text(let bytes): read(bytes, from: place)
          case .prefix: repeating([0...(UInt8(ascii: "/") - 1), (UInt8(ascii: "/") + 1)...255], from: place)
          }
        }
        place = step(from: ends[0])
        for end in ends.dropFirst() { steps[end].append(Step(target: place)) }
      }
    }
  }

  /// Makes a place, and a step to it.
  private mutating func step(from place: Int, over accepts: [ClosedRange<UInt8>] = []) -> Int {
    steps.append([])
    steps[place].append(Step(accepts: accepts, target: steps.count - 1))
    return steps.count - 1
  }

  private mutating func read(_ bytes: [UInt8], from place: Int) -> Int {
    bytes.reduce(place) { step(from: $0, over: [$1...$1]) }
  }

  /// Makes a place at which bytes are read any number of times.
  private mutating func repeating(_ accepts: [ClosedRange<UInt8>], from place: Int) -> Int {
    let place = step(from: place)
    steps[place].append(Step(accepts: accepts, target: place))
    return place
  }

  /// Lets two machines step through one common name together; nil when the allowance is used up.
  func meets(_ other: Machine, within allowance: inout Int) -> Bool? {
    var reached: Set<Int> = []
    var open: [(Int, Int)] = [(0, 0)]
    while let (i, j) = open.popLast() {
      guard reached.insert(i * other.steps.count + j).inserted else { continue }
      if i == steps.count - 1, j == other.steps.count - 1 { return true }
      allowance -= 1
      guard allowance >= 0 else { return nil }
      for step in steps[i] where step.accepts.isEmpty { open.append((step.target, j)) }
      for step in other.steps[j] where step.accepts.isEmpty { open.append((i, step.target)) }
      for one in steps[i] {
        for two in other.steps[j] where one.accepts.contains(where: { $0.overlaps(any: two.accepts) }) {
          open.append((one.target, two.target))
        }
      }
    }
    return false
  }
}

extension ClosedRange {
  fileprivate func overlaps(any others: [Self]) -> Bool { others.contains { overlaps($0) } }
}
