import Bytes

extension Architecture {
  /// The classes of a library that load the files of a naming without being told more than the files say.
  public struct Classes: Equatable, Sendable {
    /// The naming of the files.
    public let naming: String
    /// The kind of model in the library's words: `bert`.
    public let modelType: String
    /// The class that reads the vocabulary.
    public let tokenizer: String
    /// The classes, the one to choose first coming first.
    public let rows: [ModelClass]
    /// Where the table begins them.
    public let line: Int
  }

  /// One class, and the models that it loads.
  public struct ModelClass: Equatable, Sendable {
    /// A value that a setting must have.
    public struct Condition: Equatable, Sendable {
      /// The setting's name.
      public let setting: String
      /// Its value, as the table spells it.
      public let value: String
    }

    /// The class's name: `BertForMaskedLM`.
    public let name: String
    /// The optional groups that it needs.
    public let needed: [String]
    /// The optional groups that it has and makes up where the files lack them; nothing else depends on them.
    public let madeUp: [String]
    /// The optional groups that it has where the model has them.
    public let accepted: [String]
    /// The settings without which it computes something else.
    public let conditions: [Condition]
    /// Where it stands in the table.
    public let line: Int
  }

  /// Finds the first class that loads a model with these optional groups and settings.
  ///
  /// - Parameter modelType: The kind of model that the source's own configuration names; nil, or one that the table does not
  ///   list, leaves the choice to the order of the table.
  /// - Returns: The class, and the groups that it makes up for want of tensors; nil when the table lists no classes for the naming.
  /// - Throws: `Problems` of kind *unsupported* when no class of the list does.
  public func modelClass(
    for groups: [String], settings: [String: String], modelType: String? = nil, in naming: Naming, of file: String
  ) throws(Problems) -> (list: Classes, chosen: ModelClass, madeUp: [String])? {
    let lists = classes.filter { $0.naming == naming.name }
    guard let list = lists.first(where: { $0.modelType == modelType }) ?? lists.first else { return nil }
    let chosen = list.rows.first { row in
      row.needed.allSatisfy(groups.contains) && groups.allSatisfy((row.needed + row.madeUp + row.accepted).contains)
        && row.conditions.allSatisfy { settings[$0.setting] == $0.value }
    }
    guard let chosen else {
      throw Problems(ExportProblems.noClass(groups, settings, in: list, of: self, file: file))
    }
    return (list, chosen, chosen.madeUp.filter { !groups.contains($0) })
  }
}
