#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The eigenvalues and eigenvectors of a symmetric matrix, in float64.
///
/// Householder's reduction to a tridiagonal matrix, then the QL algorithm with implicit shifts: `tred2` and `tql2` of Wilkinson and
/// Reinsch, *Handbook for Automatic Computation II: Linear Algebra* (1971), contributions II/2 and II/4, as EISPACK and JAMA have them.
/// Eigenvalues are within a few 2⁻⁵³ of the largest. Eigenvectors are kept as rows, so that every loop runs over neighbours.
struct SymmetricEigen {
  /// The number of rows, n.
  let size: Int
  /// The eigenvalues, the largest first; [n].
  private(set) var values: [Double]
  /// The eigenvectors of length 1, one a row, in the order of the values; [n, n].
  private(set) var vectors: [Double]

  /// Decomposes a matrix, of which the part below the diagonal is read; nil when a number in it is not finite.
  ///
  /// - Parameter matrix: [n, n], row-major.
  init?(of matrix: [Double], size: Int) {
    precondition(matrix.count == size * size, "\(matrix.count) numbers for a matrix of \(size) rows")
    guard matrix.allSatisfy(\.isFinite) else { return nil }
    self.size = size
    values = Array(repeating: 0, count: size)
    // Scaled, so that neither squares nor products leave the range of float64.
    let scale = matrix.reduce(0) { max($0, $1.magnitude) }
    vectors = scale > 0 ? matrix.map { $0 / scale } : matrix
    guard size > 0 else { return }
    var beside = [Double](repeating: 0, count: size)
    vectors.withUnsafeMutableBufferPointer { vectors in
      values.withUnsafeMutableBufferPointer { values in
        beside.withUnsafeMutableBufferPointer { beside in
          var work = Work(size: size, rows: vectors, diagonal: values, beside: beside)
          work.mirror()
          work.reduce()
          work.diagonalize()
        }
      }
    }
    values = values.map { $0 * max(scale, .leastNonzeroMagnitude) }
    sort()
  }

  /// Puts the largest value first.
  private mutating func sort() {
    let order = values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    let (oldValues, oldVectors) = (values, vectors)
    for (place, index) in order.enumerated() {
      values[place] = oldValues[index]
      vectors.replaceSubrange(
        place * size..<(place + 1) * size, with: oldVectors[index * size..<(index + 1) * size])
    }
  }
}

/// The matrix while it is decomposed: rows[j, k] is the k-th component of the j-th vector.
private struct Work {
  let size: Int
  let rows: UnsafeMutableBufferPointer<Double>
  let diagonal: UnsafeMutableBufferPointer<Double>
  let beside: UnsafeMutableBufferPointer<Double>

  private func row(_ index: Int) -> UnsafeMutablePointer<Double> { rows.baseAddress! + index * size }

  /// Copies what lies below the diagonal to above it.
  func mirror() {
    for i in 0..<size { for j in 0..<i { row(j)[i] = row(i)[j] } }
  }

  /// `tred2`: reduces to a tridiagonal matrix, and leaves the product of all reflections in the rows.
  mutating func reduce() {
    let last = size - 1
    // In the transposed matrix V[k][j] of the original is row(j)[k].
    for j in 0..<size { diagonal[j] = row(j)[last] }
    for i in stride(from: last, to: 0, by: -1) { reflect(i) }
    accumulate()
    for j in 0..<size {
      diagonal[j] = row(j)[last]
      row(j)[last] = 0
    }
    row(last)[last] = 1
    beside[0] = 0
  }

  /// Makes the reflection that clears column i but for its neighbour of the diagonal, and applies it to the columns before.
  private mutating func reflect(_ i: Int) {
    var scale = 0.0
    var h = 0.0
    for k in 0..<i { scale += diagonal[k].magnitude }
    guard scale > 0 else {
      beside[i] = diagonal[i - 1]
      for j in 0..<i {
        diagonal[j] = row(j)[i - 1]
        row(j)[i] = 0
        row(i)[j] = 0
      }
      diagonal[i] = 0
      return
    }
    for k in 0..<i {
      diagonal[k] /= scale
      h += diagonal[k] * diagonal[k]
    }
    var f = diagonal[i - 1]
    var g = f > 0 ? -h.squareRoot() : h.squareRoot()
    beside[i] = scale * g
    h -= f * g
    diagonal[i - 1] = f - g
    for j in 0..<i { beside[j] = 0 }
    for j in 0..<i {
      f = diagonal[j]
      let column = row(j)
      row(i)[j] = f
      g = beside[j] + column[j] * f
      for k in j + 1..<max(i, j + 1) {
        g += column[k] * diagonal[k]
        beside[k] += column[k] * f
      }
      beside[j] = g
    }
    f = 0
    for j in 0..<i {
      beside[j] /= h
      f += beside[j] * diagonal[j]
    }
    let half = f / (h + h)
    for j in 0..<i { beside[j] -= half * diagonal[j] }
    for j in 0..<i {
      let (f, g, column) = (diagonal[j], beside[j], row(j))
      for k in j..<i { column[k] -= f * beside[k] + g * diagonal[k] }
      diagonal[j] = column[i - 1]
      column[i] = 0
    }
    diagonal[i] = h
  }

  /// Multiplies the reflections.
  private mutating func accumulate() {
    let last = size - 1
    for i in 0..<last {
      row(i)[last] = row(i)[i]
      row(i)[i] = 1
      let h = diagonal[i + 1]
      let next = row(i + 1)
      if h != 0 {
        for k in 0...i { diagonal[k] = next[k] / h }
        for j in 0...i {
          let column = row(j)
          var g = 0.0
          for k in 0...i { g += next[k] * column[k] }
          for k in 0...i { column[k] -= g * diagonal[k] }
        }
      }
      for k in 0...i { next[k] = 0 }
    }
  }

  /// `tql2`: the QL algorithm with implicit shifts; the rows turn with the tridiagonal matrix.
  mutating func diagonalize() {
    for i in 1..<max(size, 1) { beside[i - 1] = beside[i] }
    beside[size - 1] = 0
    var shift = 0.0
    var largest = 0.0
    for l in 0..<size {
      largest = max(largest, diagonal[l].magnitude + beside[l].magnitude)
      var m = l
      while m < size - 1, beside[m].magnitude > largest * 0x1p-52 { m += 1 }
      // Each eigenvalue needs two steps or three; thirty are EISPACK's limit, after which what is beside is as good as nothing.
      var steps = 0
      while m > l, beside[l].magnitude > largest * 0x1p-52, steps < 60 {
        steps += 1
        shift += step(from: l, to: m)
      }
      diagonal[l] += shift
      beside[l] = 0
    }
  }

  /// One implicit step; returns by how much the diagonal from l on was shifted.
  private mutating func step(from l: Int, to m: Int) -> Double {
    var g = diagonal[l]
    var p = (diagonal[l + 1] - g) / (2 * beside[l])
    let r = p < 0 ? -hypot(p, 1) : hypot(p, 1)
    diagonal[l] = beside[l] / (p + r)
    diagonal[l + 1] = beside[l] * (p + r)
    let next = diagonal[l + 1]
    let shift = g - diagonal[l]
    for i in l + 2..<max(size, l + 2) { diagonal[i] -= shift }
    p = diagonal[m]
    var (c, c2, c3) = (1.0, 1.0, 1.0)
    let besideNext = beside[l + 1]
    var (s, s2) = (0.0, 0.0)
    for i in stride(from: m - 1, through: l, by: -1) {
      (c3, c2, s2) = (c2, c, s)
      g = c * beside[i]
      let h = c * p
      let r = hypot(p, beside[i])
      beside[i + 1] = s * r
      (s, c) = r > 0 ? (beside[i] / r, p / r) : (0, 1)
      p = c * diagonal[i] - s * g
      diagonal[i + 1] = h + s * (c * g + s * diagonal[i])
      turn(row(i), row(i + 1), cosine: c, sine: s)
    }
    p = -s * s2 * c3 * besideNext * beside[l] / next
    beside[l] = s * p
    diagonal[l] = c * p
    return shift
  }

  /// Turns two vectors in their plane.
  private func turn(
    _ one: UnsafeMutablePointer<Double>, _ other: UnsafeMutablePointer<Double>, cosine: Double, sine: Double
  ) {
    for k in 0..<size {
      let h = other[k]
      other[k] = sine * one[k] + cosine * h
      one[k] = cosine * one[k] - sine * h
    }
  }
}
