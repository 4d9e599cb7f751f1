/// Tokens among which one is drawn, in the order in which a draw passes them.
struct Candidates: Equatable {
  private(set) var ids: [Int32]
  private(set) var probabilities: [Float]

  /// All tokens, by their ids.
  init(_ distribution: Distribution) {
    probabilities = distribution.probabilities
    ids = Array(0..<Int32(probabilities.count))
  }

  /// Keeps so many of them, the most probable ones first, which then sum to 1.
  mutating func keep(mostProbable count: Int) {
    var best: [Int] = []
    for index in probabilities.indices {
      if best.count == count {
        guard precedes(index, best[count - 1]) else { continue }
        best.removeLast()
      }
      best.insert(index, at: best.firstIndex { precedes(index, $0) } ?? best.count)
    }
    (ids, probabilities) = (best.map { ids[$0] }, best.map { probabilities[$0] })
    normalize()
  }

  /// Keeps the most probable ones, those first, up to the one with which their sum reaches a probability; they then sum to 1.
  ///
  /// The others stay with the probability 0, as in NumPy, where they have their places in the sum.
  mutating func keep(reaching bound: Float) {
    // Those below this share cannot be needed: all of them together miss the bound by less than what is not asked for.
    let share = (1 - bound) / Float(2 * max(1, probabilities.count))
    var order = probabilities.indices.filter { probabilities[$0] >= share }
    order.sort(by: precedes)
    order += probabilities.indices.filter { probabilities[$0] < share }
    (ids, probabilities) = (order.map { ids[$0] }, order.map { probabilities[$0] })
    var sum: Float = 0
    var count = 0
    while count < probabilities.count, sum < bound {
      sum += probabilities[count]
      count += 1
    }
    for index in count..<probabilities.count { probabilities[index] = 0 }
    normalize()
  }

  /// Draws the first candidate with which the sum of the probabilities exceeds a random number (`numpy.random.choice`).
  func draw(_ uniform: Double) -> Int32 {
    let total = probabilities.reduce(0.0) { $0 + Double($1) }
    var sum = 0.0
    let place = probabilities.firstIndex { probability in
      sum += Double(probability)
      return sum / total > uniform
    }
    return ids[place ?? ids.count - 1]
  }

  /// Whether the candidate in one place is more probable than that in another, or as probable and has the smaller id.
  private func precedes(_ one: Int, _ other: Int) -> Bool {
    (probabilities[other], ids[one]) < (probabilities[one], ids[other])
  }

  private mutating func normalize() {
    let sum = Distribution.sum(probabilities[...])
    for index in probabilities.indices { probabilities[index] /= sum }
  }
}
