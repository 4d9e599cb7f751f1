import Bytes
import HDF5
import Tensors
import Testing

@Suite("Fixtures by h5py") struct FixtureTests {
  @Test("enough fixtures are found")
  func discovery() {
    #expect(Fixture.all.count >= 33)
  }

  @Test("objects, attributes and data are what h5py reads", arguments: Fixture.all)
  func agreement(fixture: Fixture) throws {
    let file = try fixture.open()
    let expectation = try fixture.expectation()
    #expect(try file.root.attributeNames() == sorted(expectation.attributes.keys))
    for (name, expected) in expectation.attributes {
      try compare(try #require(try file.root.attribute(name)), with: expected)
    }
    for (path, expected) in expectation.objects.sorted(by: { $0.key < $1.key }) {
      try compare(try? file.root.object(at: String(path.dropFirst())), with: expected, path: path, in: file)
    }
  }

  @Test("the listing names every object that h5py reaches, in the order of UTF-8 bytes", arguments: Fixture.all)
  func listing(fixture: Fixture) throws {
    let listed = try fixture.open().objects()
    // Contents of a group with several names are listed under the first of them only.
    let paths = Set(listed.map(\.path))
    for (path, expected) in try fixture.expectation().objects where expected.kind != "refused" {
      #expect(paths.contains(path) || path.hasPrefix("/same_group/"), "\(path)")
    }
    #expect(paths.count == listed.count)
  }

  @Test("the example of the documentation reads the weights of a Keras model")
  func example() throws {
    let file = try Fixture(name: "keras_h5py2.h5").open()
    var found: [String] = []
    for layer in try file.root.attribute("layer_names")?.strings() ?? [] {
      guard case .group(let group)? = try file.root.object(layer) else { continue }
      for name in try group.attribute("weight_names")?.strings() ?? [] {
        guard case .dataset(let dataset)? = try group.object(at: name) else { continue }
        let tensor = try Tensor(reading: dataset)
        found.append("\(dataset.path) \(dataset.elementType) \(dataset.shape)")
        #expect(tensor.bytes.count == 24)
      }
    }
    #expect(
      found == [
        "/嵌入-词/嵌入-词/kernel:0 float32 [2, 3]", "/嵌入-词/嵌入-词/bias:0 float32 [2, 3]",
        "/Dense/Dense/kernel:0 float32 [2, 3]", "/Dense/Dense/bias:0 float32 [2, 3]",
      ])
  }

  @Test("contiguous and compact data are given as they lie in the file, other data are not")
  func contiguousBytes() throws {
    let datasets = [
      "types/little/f4", "types/big/f4", "types/little/i1", "types/big/i1", "compact/little", "chunked/plain",
    ]
    let contiguous = try datasets.map { path in
      let parts = path.split(separator: "/", maxSplits: 1)
      let dataset = try dataset(String(parts[1]), in: String(parts[0]))
      return dataset.contiguousBytes.map { $0.count == dataset.byteCount } ?? false
    }
    #expect(contiguous == [true, false, true, true, true, false])
  }

  private func compare(
    _ object: Object?, with expected: Expectation.Object, path: String, in file: HDF5File
  ) throws {
    switch (expected.kind, object) {
    case ("group", .group(let group)?):
      #expect(group.path == path)
      #expect(try group.attributeNames() == sorted(expected.attributes?.keys))
      for (name, expected) in expected.attributes ?? [:] {
        try compare(try #require(try group.attribute(name)), with: expected)
      }
    case ("dataset", .dataset(let dataset)?):
      try compare(dataset, with: expected, path: path)
    case ("unsupported", .other(path, let problem)?):
      #expect(problem.kind == .unsupported, "\(problem)")
    case ("refused", nil):
      let problem = #expect(throws: Problem.self) { try file.root.object(at: String(path.dropFirst())) }
      #expect(problem?.kind == .refused, "\(path): \(String(describing: problem))")
    default:
      Issue.record("\(path) is no \(expected.kind) but \(String(describing: object).prefix(300))")
    }
  }

  private func compare(_ dataset: Dataset, with expected: Expectation.Object, path: String) throws {
    #expect(dataset.path == path)
    #expect(dataset.elementType.rawValue == expected.type, "\(path)")
    #expect(dataset.shape.dimensions == expected.shape, "\(path)")
    switch dataset.storage {
    case .chunked(let extents, _):
      #expect(expected.storage == "chunked")
      #expect(extents == expected.chunks)
    case let storage: #expect("\(storage)" == expected.storage)
    }
    #expect(try dataset.attributeNames() == sorted(expected.attributes?.keys))
    for (name, expected) in expected.attributes ?? [:] {
      try compare(try #require(try dataset.attribute(name)), with: expected)
    }
    guard let digest = expected.sha256 else {
      let unreadable = try #require(dataset.unreadable)
      #expect(unreadable.kind.rawValue == expected.unreadable, "\(path)")
      #expect(throws: unreadable) { try ByteView(count: 4) { try dataset.read(at: 0, into: $0) } }
      return
    }
    #expect(dataset.unreadable == nil)
    #expect(sha256(try contents(of: dataset)) == digest, "\(path)")
    #expect(sha256(try Tensor(reading: dataset).bytes.array()) == digest, "\(path) at once")
  }

  private func compare(_ attribute: Attribute, with expected: Expectation.Attribute) throws {
    #expect(attribute.shape.dimensions == expected.shape, "\(attribute.name)")
    if let strings = expected.strings { #expect(try attribute.strings() == strings, "\(attribute.name)") }
    if let digest = expected.sha256 {
      #expect(attribute.elementType?.rawValue == expected.type, "\(attribute.name)")
      #expect(sha256(try attribute.tensor().bytes.array()) == digest, "\(attribute.name)")
    }
  }

  private func sorted(_ names: some Sequence<String>) -> [String] {
    names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func sorted(_ names: Dictionary<String, Expectation.Attribute>.Keys?) -> [String] {
    sorted(Array(names ?? [:].keys))
  }
}
