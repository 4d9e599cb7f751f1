import Tensors

/// Which row of a table belongs to which distance between a key and a query, key − query.
package struct DistanceRows: Sendable {
  private let rows: [Int]
  private let least: Int

  /// Asks for the row of every distance that can occur.
  ///
  /// - Parameters:
  ///   - queries: Where the queries stand.
  ///   - keys: The number of keys, which stand from 0 on.
  package init(queries: Range<Int>, keys: Int, row: (_ distance: Int) -> Int) {
    least = -(queries.upperBound - 1)
    rows = (least..<keys - queries.lowerBound).map(row)
  }

  /// Calls `body` with a pointer at the row of distance 0.
  fileprivate func withZero<Result>(_ body: (UnsafePointer<Int>) -> Result) -> Result {
    rows.withUnsafeBufferPointer { body($0.baseAddress! - least) }
  }
}

/// Scores and values by the distance of key and query, written once for each set of kernels.
extension Kernels {
  package func add(
    _ table: MatrixView<Scalar>, by distances: DistanceRows, firstQuery: Int, scale: Scalar,
    to scores: MatrixView<Scalar>
  ) {
    distances.withZero { rows in
      for key in 0..<scores.features {
        let (target, row) = (scores.row(key), rows + (key - firstQuery))
        for query in 0..<scores.columns { target[query] += scale * table.row(row[-query])[query] }
      }
    }
    settle(scores)
  }

  package func add(
    _ table: MatrixView<Scalar>, byKeysAnd distances: DistanceRows, firstQuery: Int, scale: Scalar,
    to scores: MatrixView<Scalar>
  ) {
    distances.withZero { rows in
      for key in 0..<scores.features {
        let (target, row) = (scores.row(key), rows + (key - firstQuery))
        for query in 0..<scores.columns { target[query] += scale * table.row(row[-query])[key] }
      }
    }
    settle(scores)
  }

  package func add(
    _ table: MatrixView<Scalar>, bySegments segments: [Int32], firstQuery: Int, scale: Scalar,
    to scores: MatrixView<Scalar>
  ) {
    let (same, other) = (table.row(0), table.row(1))
    for key in 0..<scores.features {
      let (target, segment) = (scores.row(key), segments[key])
      for query in 0..<scores.columns {
        target[query] += scale * (segments[firstQuery + query] == segment ? same[query] : other[query])
      }
    }
    settle(scores)
  }

  package func add(
    _ values: UnsafePointer<Scalar>, by distances: DistanceRows, firstQuery: Int, to scores: MatrixView<Scalar>
  ) {
    distances.withZero { rows in
      for key in 0..<scores.features {
        let (target, row) = (scores.row(key), rows + (key - firstQuery))
        for query in 0..<scores.columns { target[query] += values[row[-query]] }
      }
    }
    settle(scores)
  }

  package func sum(
    _ weights: MatrixView<Scalar>, by distances: DistanceRows, firstQuery: Int, into sums: MatrixView<Scalar>
  ) {
    for row in 0..<sums.features { sums.row(row).update(repeating: 0, count: sums.columns) }
    distances.withZero { rows in
      for key in 0..<weights.features {
        let (source, row) = (weights.row(key), rows + (key - firstQuery))
        for query in 0..<weights.columns { sums.row(row[-query])[query] += source[query] }
      }
    }
    settle(sums)
  }
}
