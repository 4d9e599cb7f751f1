/// Ranks of numbers, from 1 on, where equal numbers share the mean of their places.
///
/// This is `scipy.stats.rankdata` with `method="average"`. Similarity scores are nearly all ties, so that ranks in the order of
/// the rows would measure that order.
enum AverageRanks {
  /// The rank of every value, none of which is NaN.
  static func ranks(of values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      let value = values[order[start]]
      let end = order[start...].firstIndex { values[$0] != value } ?? order.count
      // The mean of start + 1 … end.
      for place in order[start..<end] { ranks[place] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }
}
