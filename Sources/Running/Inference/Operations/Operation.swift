import Tensors

/// Everything that a network can do: a closed set, one file each.
///
/// Another target adds to it by an extension that switches over the cases: a new operation then is an error of the compiler
/// there, and never a silence.
package enum Operation: Sendable {
  case activate(Activate)
  case add(Add)
  case angles(Angles)
  case attend(Attend)
  case choose(Choose)
  case clearPadding(ClearPadding)
  case convolve(Convolve)
  case embed(Embed)
  case first(First)
  case given(Given)
  case linear(Linear)
  case multiply(Multiply)
  case normalize(Normalize)
  case pool(Pool)
  case scale(Scale)
  case scaleFeatures(ScaleFeatures)
  case scorePairs(ScorePairs)
  case slice(Slice)
  case softmax(Softmax)
  case turn(Turn)
  case waves(Waves)
  case widen(Widen)
}

/// What every operation can say and do.
package protocol OperationBody: Sendable {
  /// What it is called where a graph is shown.
  static var title: String { get }

  /// What tells it from others of its kind, where a graph is shown; empty when nothing does.
  var detail: String { get }

  /// The weights that it reads, by their canonical names.
  var weights: [Weight] { get }

  /// Whether it works in the place of its first input, which its first output then begins as.
  var worksInPlace: Bool { get }

  /// Computes the outputs, a column for each place of their axis.
  func run<K: Kernels>(
    _ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>)

  /// What it means: the first output in float64, in plain loops, written to be checked by reading.
  ///
  /// - Returns: The features of each column.
  func meaning(of inputs: [PlainValue], in batch: Batch) -> [[Double]]

  /// How many multiplications its products take.
  func multiplications(_ node: Node, in batch: Batch, sizes: [Size: Int]) -> Int
}

/// A value as plain numbers: the features of each column, and what the columns stand for.
package struct PlainValue: Sendable {
  package let columns: [[Double]]
  package let axis: Axis

  package init(_ columns: [[Double]], _ axis: Axis) {
    (self.columns, self.axis) = (columns, axis)
  }
}

extension OperationBody {
  package var detail: String { "" }
  package var weights: [Weight] { [] }
  package var worksInPlace: Bool { false }
  package func multiplications(_ node: Node, in batch: Batch, sizes: [Size: Int]) -> Int { 0 }
}

/// A value while a pass runs: its numbers, and what its columns stand for.
package struct Operand<Scalar: TensorElement & BinaryFloatingPoint> {
  package let matrix: Matrix<Scalar>
  package let axis: Axis

  package init(_ matrix: Matrix<Scalar>, _ axis: Axis) {
    (self.matrix, self.axis) = (matrix, axis)
  }

  package var view: MatrixView<Scalar> { matrix.view }
}

/// A stored tensor and the name that it was asked for by.
package struct Weight: Sendable {
  package let name: String
  package let tensor: Tensor

  package init(_ name: String, _ tensor: Tensor) {
    (self.name, self.tensor) = (name, tensor)
  }

  /// Its numbers, exactly.
  package var plain: [Double] { Float64Kernels().vector(tensor) }

  /// The rows of a matrix, exactly.
  package var plainRows: [[Double]] { Float64Kernels().rows(of: tensor) }
}

/// Something that treats an operation as what it is.
protocol OperationVisitor {
  associatedtype Result
  func visit(_ body: some OperationBody) -> Result
}

extension Operation {
  /// The one switch: hands the operation to a visitor.
  @inline(__always)
  func visited<Visitor: OperationVisitor>(by visitor: Visitor) -> Visitor.Result {
    switch self {
    case .activate(let body): visitor.visit(body)
    case .add(let body): visitor.visit(body)
    case .angles(let body): visitor.visit(body)
    case .attend(let body): visitor.visit(body)
    case .choose(let body): visitor.visit(body)
    case .clearPadding(let body): visitor.visit(body)
    case .convolve(let body): visitor.visit(body)
    case .embed(let body): visitor.visit(body)
    case .first(let body): visitor.visit(body)
    case .given(let body): visitor.visit(body)
    case .linear(let body): visitor.visit(body)
    case .multiply(let body): visitor.visit(body)
    case .normalize(let body): visitor.visit(body)
    case .pool(let body): visitor.visit(body)
    case .scale(let body): visitor.visit(body)
    case .scaleFeatures(let body): visitor.visit(body)
    case .scorePairs(let body): visitor.visit(body)
    case .slice(let body): visitor.visit(body)
    case .softmax(let body): visitor.visit(body)
    case .turn(let body): visitor.visit(body)
    case .waves(let body): visitor.visit(body)
    case .widen(let body): visitor.visit(body)
    }
  }

  /// The operation as what all of them have in common.
  package var body: any OperationBody { visited(by: Identity()) }

  /// Computes the outputs of a step.
  func run<K: Kernels>(_ inputs: [Operand<K.Scalar>], into outputs: [Operand<K.Scalar>], _ pass: Pass<K>) {
    visited(by: Run(inputs: inputs, outputs: outputs, pass: pass))
  }
}

private struct Identity: OperationVisitor {
  func visit(_ body: some OperationBody) -> any OperationBody { body }
}

private struct Run<K: Kernels>: OperationVisitor {
  let inputs: [Operand<K.Scalar>]
  let outputs: [Operand<K.Scalar>]
  let pass: Pass<K>

  func visit(_ body: some OperationBody) { body.run(inputs, into: outputs, pass) }
}
