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
    /// The optional groups that it has no use for: files may hold them, and it passes over them.
    package let ignored: [String]
    /// The kind of its head; nil for a class without one.
    package let head: String?
    /// For a choice of the naming, by its spelling, the alternative that this class takes.
    package let alternatives: [String: String]
    /// The settings without which it computes something else.
    package let conditions: [Condition]
    /// Where it stands in the table.
    package let line: Int
  }

  /// The class that loads a model, and what it does with what the model lacks or has too much.
  package struct ChosenClass: Sendable {
    /// The classes among which it was chosen.
    package let list: Classes
    /// The class.
    package let row: ModelClass
    /// The groups that it makes up for want of tensors.
    package let madeUp: [String]
    /// The groups of the model that it passes over.
    package let ignored: [String]
  }

  /// Finds the first class that loads a model with these optional groups and settings.
  ///
  /// - Parameters:
  ///   - head: The kind of the model's head; a class that has it comes before those without a head.
  ///   - modelType: The kind of model that the source's own configuration names; nil, or one that the table does not
  ///     list, leaves the choice to the order of the table.
  /// - Returns: The class; nil when the table lists no classes for the naming.
  /// - Throws: `Problems` of kind *unsupported* when no class of the list does.
  package func modelClass(
    for groups: [String], settings: [String: String], head: String? = nil, modelType: String? = nil, in naming: Naming,
    of file: String
  ) throws(Problems) -> ChosenClass? {
    let lists = classes.filter { $0.naming == naming.name }
    guard let list = lists.first(where: { $0.modelType == modelType }) ?? lists.first else { return nil }
    let fitting = list.rows.filter { row in
      row.needed.allSatisfy(groups.contains)
        && groups.allSatisfy((row.needed + row.madeUp + row.accepted + row.ignored).contains)
        && row.conditions.allSatisfy { settings[$0.setting] == $0.value }
    }
    let chosen = head.flatMap { head in fitting.first { $0.head == head } } ?? fitting.first { $0.head == nil }
    guard let chosen else {
      throw Problems(ExportProblems.noClass(groups, settings, in: list, of: self, file: file))
    }
    return ChosenClass(
      list: list, row: chosen, madeUp: chosen.madeUp.filter { !groups.contains($0) },
      ignored: chosen.ignored.filter(groups.contains))
  }
}
