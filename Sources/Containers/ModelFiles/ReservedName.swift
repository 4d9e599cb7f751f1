import Bytes

/// A name under the prefix `ingot.`, which the model's own tensors never have.
enum ReservedName: Equatable {
  /// A file that travels inside.
  case file(String)
  /// The ledger.
  case ledger
  /// A tensor by which the vectors of tokens become that of a text.
  case vector(String)
  /// An input of a probe.
  case input(probe: Int, String)
  /// An output of a probe.
  case point(probe: Int, String)

  static let prefix = "ingot."

  /// Whether a name is under the prefix.
  static func isReserved(_ name: String) -> Bool {
    name.utf8.starts(with: prefix.utf8)
  }

  /// The spelling in the file.
  var name: String {
    switch self {
    case .file(let name): "ingot.file.\(name)"
    case .ledger: "ingot.ledger"
    case .vector(let name): "ingot.vector.\(name)"
    case .input(let probe, let name): "ingot.probe.\(probe).input.\(name)"
    case .point(let probe, let name): "ingot.probe.\(probe).point.\(name)"
    }
  }

  /// Understands a spelling; nil when it is none of the above or not the only one for what it says.
  init?(_ spelling: String) {
    let parts = spelling.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
    let known: ReservedName? =
      if spelling == "ingot.ledger" {
        .ledger
      } else if parts.count >= 3 && parts[1] == "file" {
        .file(parts[2...].joined(separator: "."))
      } else if parts.count >= 3 && parts[1] == "vector" && !parts[2].isEmpty {
        .vector(parts[2...].joined(separator: "."))
      } else if parts.count == 5 && parts[1] == "probe", let probe = Int(parts[2]), probe >= 0, !parts[4].isEmpty {
        switch parts[3] {
        case "input": .input(probe: probe, parts[4])
        case "point": .point(probe: probe, parts[4])
        default: nil
        }
      } else {
        nil
      }
    guard let known, Spelling(known.name) == Spelling(spelling) else { return nil }
    self = known
  }

  /// Whether a name of an attached file is a bare name, so that unpacking it never leaves a folder.
  static func isBareFileName(_ name: String) -> Bool {
    let forbidden: Set<UInt8> = [0, UInt8(ascii: "/"), UInt8(ascii: "\\")]
    return !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
      && !name.utf8.contains(where: forbidden.contains)
  }
}
