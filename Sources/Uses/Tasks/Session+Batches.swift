extension Session {
  /// The indices of texts in batches, of one length in each and of a few thousand tokens.
  static func batches(ofLengths lengths: [Int]) -> [[Int]] {
    let tokens = 4_096
    var batches: [[Int]] = []
    for index in lengths.indices.sorted(by: { (lengths[$0], $0) < (lengths[$1], $1) }) {
      let length = lengths[index]
      if let last = batches.last, lengths[last[0]] == length, (last.count + 1) * length <= tokens {
        batches[batches.count - 1].append(index)
      } else {
        batches.append([index])
      }
    }
    return batches
  }
}
