import Bytes
import JSON

extension Architecture {
  /// Accounts for every tensor of a checkpoint under this architecture.
  ///
  /// - Parameters:
  ///   - sources: All tensors of the checkpoint, in its order.
  ///   - file: The checkpoint, for messages.
  ///   - naming: The naming to use; when nil, the one that accounts for everything.
  ///   - extras: What happens to tensors that are no part of the architecture once all of its own are there.
  ///   - prefix: What the names of the part begin with that is planned; nil for the whole checkpoint.
  /// - Throws: `Problems` with everything that does not fit.
  public func plan(
    for sources: [SourceTensor], of file: String, naming: String? = nil, extras: ExtraPolicy = .refuse,
    prefix: String? = nil
  ) throws(Problems) -> Plan {
    try Architecture.plan(for: sources, of: file, among: [self], naming: naming, extras: extras, prefix: prefix)
  }

  /// Finds the one architecture and naming that accounts for every tensor of a checkpoint, and plans with it.
  ///
  /// Nothing is guessed by score. Where several fit, one that leaves over less than another, and nothing that the other
  /// accounts for, stands before it, and so does the one whose own files they are (`< electra huggingface`); where two still fit, the file's own names of weights may bear witness to one of them
  /// (`? Embedding-Norm[0] gamma:0`), or a configuration say `true` to what only one demands (`! use_relative_position = true`), or else
  /// the user chooses; where none fits, the problems are the differences from the nearest.
  ///
  /// Where none fits as the names are, they may be known behind a beginning that all of them share, such as `model.` or `module/`:
  /// then they are planned without it, and ``Plan/prefix`` says so. A word that stands for the naming's own (`ernie.` for `bert.`)
  /// may mean another computation, and takes the user's word.
  ///
  /// - Parameter prefix: What the names of the part begin with that is planned, where a checkpoint holds several models: `teacher.`,
  ///   or `teacher` for short. The sources of other parts are left out.
  /// - Throws: `Problems` when none fits or more than one does, when several models fit, or when there are more tensors than
  ///   ``largestTensorCount``.
  public static func plan(
    for sources: [SourceTensor], of file: String, among architectures: [Architecture] = all, naming: String? = nil,
    extras: ExtraPolicy = .refuse, configurations: [JSON] = [], prefix: String? = nil
  ) throws(Problems) -> Plan {
    guard sources.count <= largestTensorCount else {
      throw Problems(
        Problem(
          .refused, file: file, found: "\(sources.count) tensors", expected: "at most \(largestTensorCount), a model's")
      )
    }
    let planning = Planning(of: sources, in: file, among: architectures, naming: naming, configurations: configurations)
    guard !planning.numbers.isEmpty else {
      throw Problems(PlanProblems.unknown(naming: naming ?? "", among: architectures, file: file))
    }
    if let prefix { return try planning.plan(part: prefix, extras: extras) }
    return try planning.plan(extras: extras)
  }

  /// What the names of a part begin with: the text that a user wrote, with a separator that the names have behind it.
  ///
  /// - Returns: `teacher.` for `teacher`; nil where no name begins so.
  package static func part(_ prefix: String, of names: some Collection<String>) -> String? {
    let spellings =
      (["/", ".", "-"].contains { prefix.hasSuffix($0) } ? [] : ["/", ".", "-"]).map { prefix + $0 } + [prefix]
    guard !prefix.isEmpty else { return nil }
    return spellings.first { spelling in
      names.contains { $0.utf8.count > spelling.utf8.count && $0.utf8.starts(with: spelling.utf8) }
    }
  }

  /// The most tensors of a checkpoint that are planned, far more than any model has, an optimizer's state included.
  public static let largestTensorCount = 50_000
}
