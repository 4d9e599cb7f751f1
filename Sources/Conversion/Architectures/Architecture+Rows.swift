import JSON
import Tensors

extension Architecture {
  /// A size that appears in shapes or counts tensors, under a letter.
  public struct Size: Equatable, Sendable {
    /// The capital letter that stands for it in shapes and, in braces, in names.
    public let letter: String
    /// What it measures, as a word.
    public let name: String
    /// Where the table declares it.
    public let line: Int
  }

  /// Something that a model needs and no shape shows.
  public struct Setting: Equatable, Sendable {
    /// The values a setting may have.
    public enum Domain: Equatable, Sendable {
      /// A whole number of at least 1 that, where a letter is given, divides that size without remainder.
      case integer(dividing: String?)
      /// A whole number of at least 0: the id of a token.
      case index
      /// A finite number.
      case number
      /// A number above 0.
      case positive
      /// A number of at least 0 and below 1.
      case fraction
      /// True or false.
      case boolean
      /// One of these words.
      case choice([String])
    }

    /// The setting's name: `pooler.activation`.
    public let name: String
    /// The values it may have.
    public let domain: Domain
    /// The optional group without which it means nothing.
    public let group: String?
    /// Where the table declares it.
    public let line: Int
  }

  /// Tensors that a model has all of, or none.
  public struct Group: Equatable, Sendable {
    /// The group's name: `pooler`.
    public let name: String
    /// The group without which this one makes no sense.
    public let needs: String?
    /// The two sizes that are one where this group is absent, by their letters.
    public let equalWhenAbsent: [String]?
    /// Whether its tensors are sinusoids that no training changes: row r is that of position r, sines and cosines adjacent.
    public let isSinusoid: Bool
    /// Where the table declares it.
    public let line: Int
  }

  /// One extent of a shape in a table.
  public enum Extent: Hashable, Sendable {
    /// A size, by its letter.
    case size(String)
    /// A number that is the same in every model.
    case literal(Int)
  }

  /// One row of canonical tensors, to be filled from exactly one source tensor, or one per block.
  public struct Slot: Equatable, Sendable {
    /// The canonical name, with a counter in braces where there is one tensor per block: `pooler.weight`.
    public let name: String
    /// The letter of the counter in the name.
    public let counter: String?
    /// The canonical shape, outermost extent first.
    public let shape: [Extent]
    /// The optional group it belongs to.
    public let group: String?
    /// Where the table declares it.
    public let line: Int

    /// The canonical name of one tensor of this row.
    public func name(at index: Int?) -> String {
      guard let counter, let index else { return name }
      return name.split(separator: "{\(counter)}", omittingEmptySubsequences: false).joined(separator: "\(index)")
    }
  }

  /// How one family of files spells the tensors of an architecture and the keys of its configuration.
  public struct Naming: Sendable {
    /// The family's name: `bert4keras`.
    public let name: String
    /// One row per tensor that these files hold.
    public let rows: [Row]
    /// The source tensors that are left out on purpose.
    public let drops: [Drop]
    /// The canonical tensors that these files never hold.
    public let absences: [Absence]
    /// The optional groups that these files always hold, or of which they hold one at least.
    public let presences: [Presence]
    /// Where the configuration of these files keeps sizes and settings.
    public let keys: [Key]
    /// What else the configuration of these files always says.
    public let constants: [Constant]
    /// What the configuration of these files may say of a computation that the architecture has in one way only.
    public var demands: [Demand] = []
    /// What these files call weights beside their addresses.
    public var witnesses: [Witness] = []
    /// In what the authors of these files compute otherwise than a setting says.
    public var caveats: [Caveat] = []
    /// The names under which the configuration of these files usually lies beside them, the first preferred.
    public var files: [String] = []
    /// The namings that stand before this one where a checkpoint fits both.
    public var precedences: [Precedence] = []
    /// Where the table begins it.
    public let line: Int

    /// The choice of what stands before the names, where that may be nothing.
    var prefixChoice: Pattern.Choice? {
      rows.lazy.compactMap { row -> Pattern.Choice? in
        guard case .choice(let choice) = row.pattern.parts.first, choice.alternatives.contains(.text([])) else {
          return nil
        }
        return choice
      }.first
    }

    /// What the names of all blocks begin with, up to a slash: `generator/`; nil where they begin with a choice, or differently.
    var ownPrefix: [UInt8]? {
      let beginnings = Set(
        rows.filter { !$0.pattern.counters.isEmpty }.map { row -> [UInt8] in
          Array(row.pattern.beginning.prefix { $0 != UInt8(ascii: "/") })
        })
      guard let only = beginnings.first, beginnings.count == 1, !only.isEmpty,
        rows.allSatisfy({ $0.pattern.counters.isEmpty || $0.pattern.beginning.contains(UInt8(ascii: "/")) })
      else { return nil }
      return only + [UInt8(ascii: "/")]
    }

    /// How rows share out sources, each once.
    var sharings: [TensorPart.Sharing] {
      var all: [TensorPart.Sharing] = rows.contains(where: \.namesSlices) ? [.slices] : []
      for sharing in rows.compactMap(\.part?.sharing) where !all.contains(sharing) { all.append(sharing) }
      return all
    }
  }

  /// A value of a setting of which the user ought to know that the authors' own program computes something else.
  public struct Caveat: Equatable, Sendable {
    /// The setting's name.
    public let setting: String
    /// The value, as a table spells it.
    public let value: String
    /// What the authors' program computes, and how to choose it.
    public let text: String
    /// Where it stands in the table.
    public let line: Int
  }

  /// The naming of another architecture whose own files these are: where a checkpoint fits both, it is of that one.
  public struct Precedence: Equatable, Sendable {
    /// The other architecture's name.
    public let architecture: String
    /// The naming's name there.
    public let naming: String
    /// Where it stands in the table.
    public let line: Int
  }

  /// What tells files of a naming from others whose tensors have the same addresses.
  public struct Witness: Sendable {
    /// The source's name.
    public let pattern: Pattern
    /// How the source's path in its file ends: `gamma:0`.
    public let ending: String
    /// Where it stands in the table.
    public let line: Int
  }

  /// One source name, or one per block, and what is done with it.
  public struct Row: Sendable {
    /// The canonical name, as `Slot` spells it.
    public let tensor: String
    /// The source's name.
    public let pattern: Pattern
    /// What turns the source into the canonical tensor, first to last.
    public let transforms: [RowTransform]
    /// Where it stands in the table.
    public let line: Int

    /// The part of a source that the row names, as `c_attn.weight[1/3]`; nil for a whole one.
    var part: TensorPart? { TensorPart(addressedAs: pattern.spelling) }

    /// Whether each block has an element of one source's first extent, as in `r_w_bias[{L},...]`.
    var namesSlices: Bool { TensorPart.namesSlices(pattern.spelling) }
  }

  /// A transform as a row writes it, before sizes are known.
  public enum RowTransform: Equatable, Sendable {
    /// Exchanges the two extents of a matrix.
    case transpose
    /// Reads the same elements under another shape; the source's is given here.
    case reshape(from: [Extent])
  }

  /// Source tensors that are no part of the model.
  public struct Drop: Sendable {
    /// The names.
    public let pattern: Pattern
    /// The canonical tensor of which they hold a second copy; a conversion compares both.
    public let copyOf: String?
    /// Whether they hold sines and cosines of positions, sines in the first half of a row; a conversion compares, an export
    /// computes them.
    public let isSinusoid: Bool
    /// Why they are left out.
    public let reason: String
    /// Where it stands in the table.
    public let line: Int
  }

  /// A canonical tensor that a family of files never holds.
  public struct Absence: Equatable, Sendable {
    /// The canonical name, as `Slot` spells it.
    public let tensor: String
    /// Where it stands in the table.
    public let line: Int
  }

  /// Optional groups of which a family of files always holds at least one.
  public struct Presence: Equatable, Sendable {
    /// The groups' names.
    public let groups: [String]
    /// Where it stands in the table.
    public let line: Int
  }

  /// Where a configuration file keeps one size or setting.
  public struct Key: Equatable, Sendable {
    /// The letter of a size, two letters for the quotient of two sizes (`A/N`), or the name of a setting.
    public let name: String
    /// The names of members, the first that a file has counting.
    public let keys: [String]
    /// How these files spell a setting's words, where not as the table does; all their words when one is spelled alike (`relu=relu`).
    public let words: [String: String]
    /// The value where neither file nor user gives one; of a size without members, the number that it has in all these files.
    public let value: String?
    /// What is known of the value where other files of the family could have had another; nil for one that all of them have.
    public let assumption: Assumption?
    /// Whether files that are written leave the member out where it would have this value.
    public let isOptional: Bool
    /// Where it stands in the table.
    public let line: Int

    /// The default in a model of which some settings are known already.
    func value(beside known: (String) -> Settings.Value?) -> String? {
      guard let exception = assumption?.exception,
        known(exception.setting)?.description == exception.settingValue
      else { return value }
      return exception.value
    }

    /// Whether these files have no other words.
    var listsAllWords: Bool { words.contains { $0.key == $0.value } }

    /// What these files may say of a setting.
    func domain(of setting: Setting) -> Setting.Domain {
      listsAllWords ? .choice(words.keys.sorted()) : setting.domain
    }
  }

  /// A default that is no fact: a file of the same family, with the same tensors and members, may mean something else.
  public struct Assumption: Equatable, Sendable {
    /// The default in models in which another setting has a certain value.
    public struct Exception: Equatable, Sendable {
      /// The value.
      public let value: String
      /// The name of the other setting.
      public let setting: String
      /// The value that it then has.
      public let settingValue: String
    }

    /// Where another value is more likely.
    public let exception: Exception?
    /// The optional group in whose presence nothing is assumed.
    public let group: String?
    /// Which files mean another value, and how to choose it.
    public let reason: String
  }

  /// A member that a configuration has for the sake of a program, with the same value in every model.
  public struct Constant: Equatable, Sendable {
    /// The member's name.
    public let member: String
    /// Its value, as JSON spells it.
    public let value: String
    /// The setting of a model that has no such member, when it is true.
    public let exception: String?
    /// Where it stands in the table.
    public let line: Int
  }
}

extension Architecture {
  /// A member of a configuration that chooses among computations of which the architecture has one.
  public struct Demand: Equatable, Sendable {
    /// The member's name.
    public let member: String
    /// The values that mean this one; so does a member that is not there.
    public let values: [JSON]
    /// What other values would choose.
    public let reason: String
    /// Where it stands in the table.
    public let line: Int
  }
}

extension Architecture.Key {
  /// The letters of the two sizes of whose quotient this row speaks; nil for other rows.
  var quotient: (dividend: String, divisor: String)? {
    let letters = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    return letters.count == 2 ? (letters[0], letters[1]) : nil
  }

  /// The letters of the sizes of which the row speaks; for a row of a setting, its name.
  var letters: [String] { quotient.map { [$0.dividend, $0.divisor] } ?? [name] }

  /// The number that the row speaks of, in a model of these sizes; nil for a setting or a size that no tensor shows.
  func size(in plan: Plan) -> Int? {
    func value(_ letter: String) -> Int? { plan.sizes.first { $0.letter == letter }?.value }
    guard let (dividend, divisor) = quotient else { return value(name) }
    guard let whole = value(dividend), let part = value(divisor), part > 0, whole % part == 0 else { return nil }
    return whole / part
  }
}
