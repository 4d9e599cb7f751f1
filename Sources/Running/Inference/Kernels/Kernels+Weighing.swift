import Tensors

/// What makes weights of scores, beside the softmax that each set of kernels has for itself.
extension Kernels {
  package func squareRelu(_ scores: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int) {
    for query in 0..<scores.columns {
      let count = Scalar(visibility.count(ofKeysSeenBy: firstQuery + query))
      for key in 0..<scores.features {
        let score = max(0, scores.row(key)[query])
        scores.row(key)[query] =
          visibility.sees(query: firstQuery + query, key: key) ? score * score / count : 0
      }
    }
    settle(scores)
  }

  package func hide(_ scores: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int) {
    for key in 0..<scores.features {
      let row = scores.row(key)
      for query in 0..<scores.columns where !visibility.sees(query: firstQuery + query, key: key) {
        row[query] = -.infinity
      }
    }
  }

  package func clear(_ weights: MatrixView<Scalar>, seeing visibility: Visibility, firstQuery: Int) {
    for query in 0..<weights.columns where visibility.keys[firstQuery + query] == 0 {
      for key in 0..<weights.features { weights.row(key)[query] = 0 }
    }
  }

  package func scale(_ x: MatrixView<Scalar>, byColumn factors: UnsafePointer<Scalar>) {
    for feature in 0..<x.features {
      let row = x.row(feature)
      for column in 0..<x.columns { row[column] *= factors[column] }
    }
    settle(x)
  }
}
