import Tensors

/// What the operations of one run share: its arithmetic, its threads, its tokens, its memory and what is kept between runs.
package final class Pass<K: Kernels> {
  package let kernels: K
  package let threads: Threads
  package let batch: Batch
  /// What is kept between runs; nil when nothing is.
  let cache: KeyCache<K.Scalar>?
  private let workspace: Workspace

  package init(_ kernels: K, threads: Threads, batch: Batch, workspace: Workspace = Workspace()) {
    (self.kernels, self.threads, self.batch, self.workspace) = (kernels, threads, batch, workspace)
    cache = nil
  }

  init(_ kernels: K, threads: Threads, batch: Batch, workspace: Workspace, cache: KeyCache<K.Scalar>?) {
    (self.kernels, self.threads, self.batch, self.workspace) = (kernels, threads, batch, workspace)
    self.cache = cache
  }

  /// A matrix for each thread, whose contents are arbitrary; later calls get the same memory.
  func scratch(features: Int, columns: Int) -> [Matrix<K.Scalar>] {
    (0..<threads.count).map { worker in
      Matrix(features: features, columns: columns, in: workspace.scratch(worker))
    }
  }

  /// Does some work on all columns, shared out among the threads.
  package func forColumns(of x: Matrix<K.Scalar>, _ body: (Range<Int>) -> Void) {
    let columnsPerPart = 16
    threads.run(parts: (x.columns + columnsPerPart - 1) / columnsPerPart) { part, _ in
      body(part * columnsPerPart..<min((part + 1) * columnsPerPart, x.columns))
    }
  }
}
