import Tensors

/// One run of a graph in one arithmetic.
struct Execution<K: Kernels> {
  let graph: Graph
  let schedule: Schedule
  let pass: Pass<K>
  let workspace: Workspace
  private var operands: [Operand<K.Scalar>?]
  /// Stands where keys and values are that a cache has.
  private let nothing = Matrix<K.Scalar>(features: 0, columns: 0)

  init(of graph: Graph, by schedule: Schedule, _ pass: Pass<K>, in workspace: Workspace) {
    (self.graph, self.schedule, self.pass, self.workspace) = (graph, schedule, pass, workspace)
    operands = Array(repeating: nil, count: graph.valueCount)
  }

  /// Runs every step of the plan, and hands over the wanted points as soon as they are computed.
  mutating func run(reporting points: Set<Point>, to observe: (Point, Tensor) throws -> Void) throws {
    for step in schedule.steps {
      if step.count > 1 { runLayers(step) } else { run(graph.nodes[step[0]]) }
      for index in step {
        guard let point = graph.nodes[index].point, points.contains(point) else { continue }
        try observe(point, tensor(of: graph.nodes[index].outputs[0]))
      }
    }
  }

  private mutating func run(_ node: Node) {
    let inputs = node.inputs.map { operands[$0.number] ?? Operand(nothing, $0.axis) }
    let outputs = node.outputs.map { prepare($0) }
    if node.operation.worksInPlace(choosesAll: pass.batch.chosen == nil),
      schedule.slots[node.outputs[0].number] != schedule.slots[node.inputs[0].number]
    {
      outputs[0].matrix.copy(inputs[0].matrix, 0..<inputs[0].matrix.columns, to: 0)
    }
    node.operation.run(inputs, into: outputs, pass)
  }

  /// Runs dense layers that read one value.
  private mutating func runLayers(_ step: [Int]) {
    var layers: [(linear: Linear, y: Matrix<K.Scalar>)] = []
    for node in step.map({ graph.nodes[$0] }) {
      guard case .linear(let linear) = node.operation else { continue }
      layers.append((linear, prepare(node.outputs[0]).matrix))
    }
    Linear.run(layers, on: operands[graph.nodes[step[0]].inputs[0].number]!.matrix, pass)
  }

  /// Lays a value where the schedule has it.
  private mutating func prepare(_ value: Value) -> Operand<K.Scalar> {
    let operand = Operand<K.Scalar>(
      Matrix(
        features: graph.features(of: value, in: pass.batch), columns: pass.batch.columns(of: value.axis),
        in: workspace.slot(schedule.slots[value.number]!)), value.axis)
    operands[value.number] = operand
    return operand
  }

  private func tensor(of value: Value) -> Tensor {
    let matrix = operands[value.number]!.matrix
    return matrix.tensor(shape: Shape(pass.batch.extents(of: value.axis) + [matrix.features])!)
  }
}
