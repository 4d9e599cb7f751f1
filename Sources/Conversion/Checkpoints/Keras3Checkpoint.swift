import Bytes
import HDF5
import JSON
import Zip

/// Files of the format that Keras 2.12 brought and Keras 3 goes on with: `.weights.h5`, `.keras`, `.weights.json`.
///
/// What is read is written down in `Formats/Checkpoints/Keras3.md`.
extension Checkpoint {
  /// Takes the variables of a `.weights.h5` file.
  ///
  /// - Parameters:
  ///   - folder: Where `config.json` may lie beside it, as in an unpacked archive; nil for bytes in memory.
  ///   - isCutShort: Whether the end of the file is missing, and what is there is wanted.
  init(keras3 hdf5: HDF5File, file: String, folder: String?, isCutShort: Bool = false) throws {
    var variables = Keras3Variables()
    try variables.read(hdf5, file: file, isCutShort: isCutShort)
    let configuration = folder.flatMap(Checkpoint.kerasConfiguration)
    self = try Checkpoint(
      variables, configuration: configuration, file: file, container: .keras3Weights)
  }

  /// Takes the variables of a `.keras` archive, whose HDF5 file is read where it lies.
  ///
  /// - Throws: `Problem` of kind *unsupported* when the weights are no stored HDF5 file, *damaged* when the archive lacks its
  ///   configuration.
  init(kerasArchive members: [ZipMember], file: String) throws {
    func member(_ name: String) -> ZipMember? { members.first { $0.name == name } }
    guard let weights = member("model.weights.h5") else {
      throw Problem(
        .unsupported, file: file, found: "a Keras archive whose weights are no HDF5 file", expected: "model.weights.h5",
        advice: "Load it in Keras where h5py is installed, and save the model again")
    }
    guard let bytes = weights.contiguousBytes else {
      throw Problem(
        .unsupported, file: file, object: weights.name, found: "a compressed member", expected: "a stored one",
        advice: "Unpack the archive and name the file model.weights.h5 in it")
    }
    guard let configuration = try member("config.json").map(JSON.init(reading:)) else {
      throw Problem(
        .damaged, file: file, found: "a Keras archive without a config.json", expected: "the model's configuration",
        advice: "Get the file again from where it came")
    }
    let metadata = try member("metadata.json").map(JSON.init(reading:))
    var variables = Keras3Variables()
    try variables.read(HDF5File(bytes), file: bytes.file)
    self = try Checkpoint(
      variables, configuration: configuration, file: file, container: .kerasArchive,
      facts: Checkpoint.kerasFacts(in: metadata), members: [weights])
    try checkByteCount(in: bytes.count)
  }

  /// Takes the variables of a `.keras` archive that is cut short: those in what is left of its HDF5 file.
  ///
  /// Keras writes the configuration before the weights; the members that are whole must have their checksums.
  ///
  /// - Throws: `Problem` of kind *damaged* when there is nothing left of the weights, or a member has another CRC-32.
  init(kerasArchive beginning: ZipArchive.Beginning, file: String) throws {
    guard let cut = beginning.cut, cut.name == "model.weights.h5", let rest = cut.rest else {
      for member in beginning.members { try member.verifyChecksum() }
      self = try Checkpoint(kerasArchive: beginning.members, file: file)
      return
    }
    func json(_ name: String) throws -> JSON? {
      try beginning.members.first { $0.name == name }.map(JSON.init(reading:))
    }
    var variables = Keras3Variables()
    try variables.read(HDF5File(rest, isCutShort: true), file: rest.file, isCutShort: true)
    self = try Checkpoint(
      variables, configuration: json("config.json"), file: file, container: .kerasArchive,
      facts: Checkpoint.kerasFacts(in: json("metadata.json")))
  }

  private static func kerasFacts(in metadata: JSON?) -> [Fact] {
    ["keras_version", "date_saved"].compactMap { name in
      metadata?[name]?.string.map { Fact(name: name, value: $0) }
    }
  }

  /// Puts names to variables.
  init(
    _ variables: Keras3Variables, configuration: JSON?, file: String, container: Container,
    facts: [Fact] = [], members: [ZipMember] = []
  ) throws {
    try variables.checkNumbers(file: file)
    let owners = variables.owners
    let isListWhole = variables.isListWhole
    let counted = configuration.map { Keras3LayerNames(in: $0, groups: owners.map(\.place), areAll: isListWhole) }
    let named = Keras3Addresses(
      of: owners, names: counted?.names ?? [:], order: counted?.order ?? [], isWhole: variables.isWhole)
    var tensors: [CheckpointTensor] = []
    var unread: [UnreadTensor] = []
    var guessed: [String] = []
    func take(_ dataset: Dataset, as name: String) {
      tensors.append(CheckpointTensor(name: name, dataset: dataset))
      if dataset.isGuessed { guessed.append(name) }
    }
    for object in named.objects {
      for (variable, address) in zip(object.owner.ordered, object.addresses) {
        switch variable {
        case .success(let dataset): take(dataset, as: address)
        case .failure(let problem): unread.append(UnreadTensor(name: address, problem: problem))
        }
      }
    }
    for other in variables.others {
      let name = String(other.path.dropFirst())
      switch other {
      case .dataset(let dataset): take(dataset, as: name)
      case .other(_, let problem): unread.append(UnreadTensor(name: name, problem: problem))
      case .group: break
      }
    }
    unread += variables.lostParts.map { UnreadTensor(name: $0.path, problem: $0.problem) }
    let layers = owners.filter { $0.place.count == 2 && $0.place[0] == "layers" }.compactMap(\.name).sorted()
    self.init(
      file: file, container: container, tensors: tensors, unread: unread,
      layers: counted.map(\.order).flatMap { $0.isEmpty ? nil : $0 } ?? layers, facts: facts,
      modelConfiguration: configuration,
      remarks: [
        guessRemark(on: guessed), named.lacksNames ? Checkpoint.namelessRemark : nil,
        try Checkpoint.remark(onPart: file),
      ].compactMap(\.self),
      naming: named.lacksNames ? Checkpoint.nameless(file) : nil, members: members,
      isListWhole: isListWhole)
  }

  /// Says of a file with the name of a part, `x_00000.weights.h5`, where its index is; nil for other names.
  private static func remark(onPart file: String) throws -> String? {
    guard let match = Path(file).name.wholeMatch(of: /(.+)_[0-9]{5,}\.weights\.h5/) else { return nil }
    let index = "\(match.1).weights.json"
    return try Path(file).folder.appending(index).exists
      ? "The file is a part of weights in several files: \(index) stands for all of them."
      : "The file has the name of a part of weights in several files, whose index would be \(index), which is not beside it."
  }

  private static let namelessRemark = "Layers whose names the file does not tell are addressed by class and number."

  private static func nameless(_ file: String) -> Problem {
    Problem(
      .mismatched, file: file, found: "layers by class and number", expected: "the names of layers",
      advice: "Before version 3.6 Keras writes names only into config.json: give the whole archive (.keras), or write "
        + "model.to_json() in Keras into a file config.json beside the weights")
  }

  /// The configuration of a Keras model in a folder; nil when there is none, or the file is another's.
  static func kerasConfiguration(in folder: String) -> JSON? {
    let path = Path(folder).appending("config.json").text
    guard let bytes = try? ByteView(mapping: path), let json = try? JSON(parsing: bytes) else { return nil }
    return json["config"]?["layers"] == nil ? nil : json
  }
}

extension JSON {
  /// How many bytes of a member are parsed; the configuration of a BERT of 24 blocks has a fiftieth of it.
  private static let longestMember = 16 << 20

  fileprivate init(reading member: ZipMember) throws {
    guard member.byteCount <= JSON.longestMember else {
      throw Problem(
        .refused, file: member.file, found: "\(member.byteCount) bytes of JSON",
        expected: "at most \(JSON.longestMember)")
    }
    try member.verifyChecksum()
    try self.init(parsing: member.prefix(member.byteCount))
  }
}
