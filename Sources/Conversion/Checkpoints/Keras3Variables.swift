import Bytes
import HDF5

/// The variables in HDF5 files of the format that Keras 2.12 brought and Keras 3 goes on with, as they lie there.
///
/// An object of the model (a layer, the optimizer) is a group, its own variables are the datasets `vars/0`, `vars/1`, …
/// in it, and the objects that it holds are groups beside `vars`, named after the attribute of the Python object, or
/// after class and number inside a list. Source: `keras/src/saving/saving_lib.py` of Keras 2.15.0 and 3.15.1.
struct Keras3Variables {
  /// One object of the model.
  struct Owner {
    /// The names of the groups on the way to it; none for the model itself.
    let place: [String]
    /// The name that the user or Keras gave it, which the files hold since Keras 3.6.
    var name: String?
    /// Its own variables, by number, or why one of a file that is cut short is not read.
    var variables: [Int: Result<Dataset, Problem>] = [:]
  }

  /// Every object, in no order.
  var owners: [Owner] { Array(ownersByPlace.values) }
  /// The paths of datasets that are no variables, and of what Ingot cannot read.
  private(set) var others: [Object] = []
  /// Whether files that are cut short, or an index beside them, tell all that there was.
  var isListWhole: Bool { lostGroups.isEmpty }
  /// The paths of the groups of which a file that is cut short does not tell all that they held.
  private var lostGroups: Set<Spelling> = []
  /// The paths of those and of all groups that they lie in.
  private var groupsWithLosses: Set<Spelling> = []
  /// Those of which an index tells that they were there, each once, with what became of their file.
  private(set) var lostParts: [(path: String, problem: Problem)] = []

  private var lostPartPaths: Set<Spelling> = []
  private var ownersByPlace: [Spelling: Owner] = [:]

  /// Whether a file has this format: a legacy file of Keras, which has `layer_names`, is asked for first.
  static func are(in hdf5: HDF5File) throws -> Bool {
    try hdf5.root.links().contains { ["layers", layersOfKeras212, variablesGroup].contains($0) }
  }

  fileprivate static let variablesGroup = "vars"
  /// What Keras 2.12 and 2.13 call the group `layers`; Keras itself takes the one for the other.
  private static let layersOfKeras212 = "_layer_checkpoint_dependencies"

  /// Adds the variables of a file; several hold the parts of one model.
  ///
  /// - Parameter isCutShort: Whether what lies behind the end of the file is noted instead of thrown.
  /// - Throws: `Problem` of kind *unsupported* for a variable that has no number, *damaged* for one that several files
  ///   hold, and as `HDF5File.objects()` does.
  mutating func read(_ hdf5: HDF5File, file: String, isCutShort: Bool = false) throws {
    if hdf5.root.hasLostLinks { noteLoss(in: []) }
    for object in try hdf5.objects() {
      var place = object.path.split(separator: "/").map { $0 == Self.layersOfKeras212 ? "layers" : String($0) }
      if case .group(let group) = object, group.hasLostLinks { noteLoss(in: place) }
      switch object {
      case .group(let group) where place.last == Self.variablesGroup:
        place.removeLast()
        let name = try? group.attribute("name")?.text()
        note(at: place) { $0.name = $0.name ?? name }
      case .dataset(let dataset) where place.dropLast().last == Self.variablesGroup:
        let number = try Self.number(place.removeLast(), dataset, file: file)
        place.removeLast()
        var isNew = true
        note(at: place) { isNew = $0.variables.updateValue(.success(dataset), forKey: number) == nil }
        guard isNew else {
          throw Problem(
            .damaged, file: file, object: dataset.path, found: "a variable that another part holds, too",
            expected: "each variable once")
        }
      case .other(_, let problem) where isCutShort && problem.kind == .damaged:
        if place.dropLast().last == Self.variablesGroup, let number = Int(place.last!), number >= 0 {
          note(at: place.dropLast(2)) { $0.variables[number] = .failure(problem) }
        } else {
          noteLoss(in: place)
        }
      case .dataset, .other: others.append(object)
      case .group: break
      }
    }
  }

  /// Notes that a file no longer holds the part of a group that an index promises.
  mutating func lose(_ group: String, because problem: Problem) {
    let place = group.split(separator: "/").map(String.init)
    noteLoss(in: place)
    let path = place.joined(separator: "/")
    if lostPartPaths.insert(Spelling(path)).inserted { lostParts.append((path, problem)) }
  }

  /// Notes a group that has lost something of its own, and the groups that it lies in, as deep as HDF5 files are read.
  private mutating func noteLoss(in place: [String]) {
    lostGroups.insert(Spelling(place.joined(separator: "/")))
    for depth in stride(from: 1, through: min(place.count, Self.deepestLoss), by: 1) {
      groupsWithLosses.insert(Spelling(place.prefix(depth).joined(separator: "/")))
    }
  }

  /// How deep a group may lie whose loss is told of the groups around it; an HDF5 file is read to a depth of 32.
  private static let deepestLoss = 40

  /// Whether a layer may have held more than what is left of a file that is cut short: then nothing in it can be counted.
  func isWhole(_ layer: [String]) -> Bool {
    !groupsWithLosses.contains(Spelling(layer.isEmpty ? Self.variablesGroup : layer.joined(separator: "/")))
  }

  /// Checks that each object's variables are numbered from 0 without a gap.
  func checkNumbers(file: String) throws {
    for owner in owners.sorted(by: { Spelling($0.path) < Spelling($1.path) })
    where !lostGroups.contains(Spelling((owner.place + [Self.variablesGroup]).joined(separator: "/"))) {
      let missing = (0..<owner.variables.count).first { owner.variables[$0] == nil }
      if let missing, let last = owner.variables.keys.max() {
        throw Problem(
          .damaged, file: file, object: "/\(owner.path)", found: "the variable \(last) and no variable \(missing)",
          expected: "variables numbered without a gap", advice: "Get the file, or its missing part, from where it came")
      }
    }
  }

  private mutating func note(at place: [String], _ change: (inout Owner) -> Void) {
    change(&ownersByPlace[Spelling(place.joined(separator: "/")), default: Owner(place: place)])
  }

  private static func number(_ name: String, _ dataset: Dataset, file: String) throws -> Int {
    guard let number = Int(name), number >= 0, "\(number)" == name else {
      throw Problem(
        .unsupported, file: file, object: dataset.path, found: "a variable \"\(name)\"",
        expected: "variables numbered from 0",
        advice: "A layer stores itself in its own way; save the model from Keras as a file named .h5 (not .weights.h5)")
    }
    return number
  }
}

extension Keras3Variables.Owner {
  /// The path of the group.
  var path: String { place.joined(separator: "/") }

  /// The variables in their order, in which `dense_10` has nothing to say.
  var ordered: [Result<Dataset, Problem>] { variables.sorted { $0.key < $1.key }.map(\.value) }

  /// The paths of the variables, in their order.
  var paths: [String] {
    variables.sorted { $0.key < $1.key }.map { number, variable in
      switch variable {
      case .success(let dataset): String(dataset.path.dropFirst())
      case .failure: (place + [Keras3Variables.variablesGroup, "\(number)"]).joined(separator: "/")
      }
    }
  }

  /// Whether the object is a part of what computes, and not of what trained it.
  var isOfModel: Bool { !["optimizer", "metrics"].contains(place.first) }
}
