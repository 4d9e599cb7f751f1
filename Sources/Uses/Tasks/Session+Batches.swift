extension Session {
  /// The indices of texts in batches of a few thousand tokens, the shortest first; a batch holds texts of any lengths, without padding.
  static func batches(ofLengths lengths: [Int]) -> [[Int]] {
    let tokens = 4_096
    var batches: [[Int]] = []
    var sum = 0
    for index in lengths.indices.sorted(by: { (lengths[$0], $0) < (lengths[$1], $1) }) {
      sum += lengths[index]
      if !batches.isEmpty, sum <= tokens {
        batches[batches.count - 1].append(index)
      } else {
        batches.append([index])
        sum = lengths[index]
      }
    }
    return batches
  }
}
