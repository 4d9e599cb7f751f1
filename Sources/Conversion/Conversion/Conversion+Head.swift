import Architectures
import Bytes
import Checkpoints
import Heads
import JSON

extension Conversion {
  /// Whether the user, or the model's own description of its layers, may say what the tensors beyond the architecture are.
  static func mayHaveHead(_ checkpoint: Checkpoint, _ options: Options) -> Bool {
    options.extras == .refuse && (options.head.description != nil || checkpoint.modelConfiguration != nil)
  }

  /// Decides what stands on top of the model; nil where there is nothing that Ingot computes.
  ///
  /// - Throws: `Problem` of kind *mismatched* when what the user says of the head is not so, or not enough.
  static func head(
    of plan: Plan, _ architecture: Architecture, _ settings: Architectures.Settings, checkpoint: Checkpoint,
    configuration: Configuration?, _ options: HeadPlan.Options
  ) throws -> HeadPlan? {
    var found: HeadPlan?
    if let said = options.description {
      found = try HeadPlan(said, of: plan, in: checkpoint.file)
    } else if let head = plan.head {
      found = HeadPlan(head, of: architecture, plan: plan, settings, configuration: configuration)
    } else if let description = checkpoint.modelConfiguration {
      found = HeadPlan(of: plan, description: description, checkpoint.file)
    }
    guard var head = found else {
      guard options.labels == nil else {
        throw Problem(
          .mismatched, file: checkpoint.file, object: "--labels", found: "labels without a head", expected: "a head",
          advice: "Say which layers are the head with --head, such as --head classifier=Dense-1,softmax")
      }
      return nil
    }
    let shapes = Dictionary(plan.extras.map { ($0.tensor, $0.shape.dimensions) }) { first, _ in first }
    try head.name(
      labels: head.labelCount(shapes), from: configuration, given: options.labels, naming: plan.naming,
      of: checkpoint.file
    )
    return head
  }

  /// Refuses tensors that are neither the architecture's nor the head's.
  ///
  /// - Parameter refuse: Plans again with every extra refused, which says what each of them is.
  /// - Throws: What planning throws; `Problem` of kind *mismatched* where the head is some of the extras.
  static func check(_ plan: Plan, with head: HeadPlan?, of checkpoint: Checkpoint, refusing refuse: () throws -> Plan)
    throws
  {
    guard let head else {
      _ = try refuse()
      return
    }
    let own = Set(head.settings.tensors)
    let others = plan.extras.filter { !own.contains($0.tensor) }.map(\.source)
    throw Problem(
      .mismatched, file: checkpoint.file, object: others.joined(separator: ", "),
      found: "tensors that are neither the architecture's nor the head's", expected: "none",
      advice: "Carry them along with --extra keep, or leave them out with --extra drop")
  }
}
