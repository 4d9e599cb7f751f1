import Tensors

/// What is known of each token, as the sum of rows of tables: one for the token, and others for its position, its segment and
/// whatever else an architecture has.
///
///     x_t = Σ_i table_i[index_i(t)],   in the order of the tables
///
/// Inputs: none.
package struct Embed: OperationBody {
  package static let title = "embed"

  /// One of the tables.
  package struct Table: Sendable {
    package let weight: Weight  // [rows, E]
    package var index: Index

    package init(_ weight: Weight, by index: Index) { (self.weight, self.index) = (weight, index) }
  }

  /// Which row of a table belongs to a token.
  package enum Index: Hashable, Sendable {
    /// That of its id.
    case token
    /// That of its segment.
    case segment
    /// Always the first: that of a text's task, of which transformers tells none (4.38.2, `modeling_ernie.py`).
    case first
    /// That of its position (Gehring and others 2017; bert4keras 0.11.5, `layers.py:787-815`).
    case position
    /// Two, of which position k = iP + j is made: α u_i + (1 − α) u_j, u_i = (E_i − α E_0) / (1 − α), so that P learned positions
    /// reach P² (Su 2020, "Hierarchical decomposed position embeddings"; `layers.py:796-804`).
    case hierarchicalPosition(coarseness: Double)

    /// What it is called where a graph is shown.
    var words: String {
      switch self {
      case .token: "token"
      case .segment: "segment"
      case .first: "first row"
      case .position: "position"
      case .hierarchicalPosition: "hierarchical position"
      }
    }

    package var isPosition: Bool {
      switch self {
      case .position, .hierarchicalPosition: true
      case .token, .segment, .first: false
      }
    }
  }

  package let source: TokenSource
  package var tables: [Table]

  package init(_ tables: [Table], of source: TokenSource) { (self.tables, self.source) = (tables, source) }

  package var detail: String { tables.map(\.index.words).joined(separator: " + ") }
  package var weights: [Weight] { tables.map(\.weight) }

  /// The longest sequence, where positions have a row each.
  package var longestSequence: Int? {
    tables.compactMap { table in
      let rows = table.weight.tensor.shape.dimensions[0]
      switch table.index {
      case .token, .segment, .first: return nil
      case .position: return rows
      case .hierarchicalPosition:
        let (square, overflows) = rows.multipliedReportingOverflow(by: rows)
        return overflows ? .max : square
      }
    }.min()
  }

  package func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>
  ) {
    let (x, tokens) = (outputs[0].matrix, pass.batch[source])
    for feature in 0..<x.features { x.view.row(feature).update(repeating: 0, count: x.columns) }
    for table in tables {
      switch table.index {
      case .token: add(tokens.tokenIDs, of: table, to: x, pass)
      case .segment: add(tokens.segmentIDs, of: table, to: x, pass)
      case .first: add(Array(repeating: 0, count: tokens.columns), of: table, to: x, pass)
      case .position: add(tokens.positions, of: table, to: x, pass)
      case .hierarchicalPosition(let coarseness):
        addHierarchical(tokens.positions, of: table, coarseness: coarseness, to: x, pass)
      }
    }
    pass.kernels.settle(x.view)
  }

  private func add<K: Kernels>(
    _ rows: [some BinaryInteger & Sendable], of table: Table, to x: Matrix<K.Scalar>, _ pass: Pass<K>
  ) {
    pass.forColumns(of: x) { columns in
      for column in columns {
        pass.kernels.add(row: Int(rows[column]), of: table.weight.tensor, toColumn: column, of: x.view)
      }
    }
  }

  private func addHierarchical<K: Kernels>(
    _ positions: [Int], of table: Table, coarseness: Double, to x: Matrix<K.Scalar>, _ pass: Pass<K>
  ) {
    let learned = pass.kernels.rows(of: table.weight.tensor)
    let alpha = K.Scalar(coarseness)
    pass.forColumns(of: x) { columns in
      for column in columns {
        let (coarse, fine) = positions[column].quotientAndRemainder(dividingBy: learned.count)
        for feature in 0..<x.features {
          let first = alpha * learned[0][feature]
          let u = (learned[coarse][feature] - first) / (1 - alpha)
          let v = (learned[fine][feature] - first) / (1 - alpha)
          x.view.row(feature)[column] += alpha * u + (1 - alpha) * v
        }
      }
    }
  }

  package func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]] {
    let tokens = batch[source]
    var sums: [[Double]] = []
    for table in tables {
      let rows = table.weight.plainRows
      let added = (0..<tokens.columns).map { column -> [Double] in
        switch table.index {
        case .token: return rows[Int(tokens.tokenIDs[column])]
        case .segment: return rows[Int(tokens.segmentIDs[column])]
        case .first: return rows[0]
        case .position: return rows[tokens.positions[column]]
        case .hierarchicalPosition(let alpha):
          let (i, j) = (tokens.positions[column] / rows.count, tokens.positions[column] % rows.count)
          return rows[0].indices.map { feature in
            let (u, v) = (rows[i][feature] - alpha * rows[0][feature], rows[j][feature] - alpha * rows[0][feature])
            return (alpha * u + (1 - alpha) * v) / (1 - alpha)
          }
        }
      }
      sums = sums.isEmpty ? added : zip(sums, added).map { sum, row in sum.indices.map { sum[$0] + row[$0] } }
    }
    return sums
  }
}
