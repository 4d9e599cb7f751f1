import Bytes
import JSON
import TestSupport

/// What SciPy and NumPy computed: tools/fixtures/Similarity/make_numbers.py.
enum Numbers {
  static let recorded = try! JSON(
    parsing: ByteView(mapping: Fixtures.folder("Similarity").appending(path: "numbers.json").path))

  /// The names of the cases under a heading.
  static func names(_ heading: String) -> [String] { cases(heading).map { $0["name"]!.string! } }

  static func named(_ name: String, _ heading: String) -> JSON { cases(heading).first { $0["name"]!.string == name }! }

  static func cases(_ name: String) -> [JSON] { recorded[name]!.elements! }
}

extension JSON {
  var doubles: [Double] { elements!.map { $0.double! } }
}
