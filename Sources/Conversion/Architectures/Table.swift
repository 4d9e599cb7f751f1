/// What a table says, row by row, before anybody asks whether the rows agree.
struct Table {
  /// One `config` section: the namings it is for, and its rows.
  struct Configuration {
    var namings: [String]
    var keys: [Architecture.Key]
    var constants: [Architecture.Constant] = []
    var demands: [Architecture.Demand] = []
    var files: [String] = []
    var line: Int
  }

  var name = ""
  var title = ""
  var sizes: [Architecture.Size] = []
  var settings: [Architecture.Setting] = []
  var groups: [Architecture.Group] = []
  var tensors: [Architecture.Slot] = []
  var classes: [Architecture.Classes] = []
  var heads: [Architecture.Head] = []
  var headNames: [Architecture.HeadNames] = []
  var configurations: [Configuration] = []
  var names: [Architecture.Naming] = []

  /// The namings, each with the keys of its configuration.
  var namings: [Architecture.Naming] {
    names.map { naming in
      let configuration = configurations.first { $0.namings.contains(naming.name) }
      return Architecture.Naming(
        name: naming.name, rows: naming.rows, drops: naming.drops, absences: naming.absences,
        presences: naming.presences, keys: configuration?.keys ?? [], constants: configuration?.constants ?? [],
        demands: configuration?.demands ?? [], witnesses: naming.witnesses, caveats: naming.caveats,
        files: configuration?.files ?? [], precedences: naming.precedences, line: naming.line)
    }
  }
}
