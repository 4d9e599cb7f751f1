import Bytes
import JSON

extension Architecture {
  /// The classes of a library that load the files of a naming without being told more than the files say.
  package struct Classes: Equatable, Sendable {
    /// The naming of the files.
    package let naming: String
    /// The kind of model in the library's words: `bert`.
    package let modelType: String
    /// The classes of tokenizers, the one to choose first coming first.
    package internal(set) var tokenizers: [TokenizerClass]
    /// The classes, the one to choose first coming first.
    package internal(set) var rows: [ModelClass]
    /// Where the table begins them.
    package let line: Int
  }

  /// The class of a tokenizer, and the file that it reads.
  package struct TokenizerClass: Equatable, Sendable {
    /// The file's name, as the class looks for it: `vocab.txt`.
    package let file: String
    /// The class's name: `BertTokenizer`.
    package let name: String
    /// What the class must be told beside its name.
    package let members: [JSON.Member]
    /// Where it stands in the table.
    package let line: Int
  }

  /// One class, and the models that it loads.
  package struct ModelClass: Equatable, Sendable {
    /// A value that a setting must have.
    package struct Condition: Equatable, Sendable {
      /// The setting's name.
      package let setting: String
      /// Its value, as the table spells it.
      package let value: String
    }

    /// The class's name: `BertForMaskedLM`.
    package let name: String
    /// The optional groups that it needs.
    package let needed: [String]
    /// The optional groups that it has and makes up where the files lack them; nothing else depends on them.
    package let madeUp: [String]
    /// The optional groups that it has where the model has them.
    package let accepted: [String]
    /// The settings without which it computes something else.
    package let conditions: [Condition]
    /// Where it stands in the table.
    package let line: Int
  }

  /// Finds the first class that loads a model with these optional groups and settings.
  ///
  /// - Parameter modelType: The kind of model that the source's own configuration names; nil, or one that the table does not
  ///   list, leaves the choice to the order of the table.
  /// - Returns: The class, and the groups that it makes up for want of tensors; nil when the table lists no classes for the naming.
  /// - Throws: `Problems` of kind *unsupported* when no class of the list does.
  package func modelClass(
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
