import Bytes
import Checkpoints
import Foundation
import HDF5
import Tensors
import TestSupport
import Testing

/// Files that follow Keras' conventions in odd or broken ways, written by h5py.
@Suite("Odd and broken Keras files") struct OddFilesTests {
  static let saveAgain = " Save the weights again, or get the file again from where it came."
  static let copyLinks =
    " If you trust it, replace it by what it leads to (h5py: copy with expand_soft and expand_external)."

  static let refusals: [String: String] = [
    "bad-configuration": #"damaged at byte 15, in model_config: found "M", expected a JSON value."#,
    "duplicate-layer": "damaged in /: found the layer a twice in layer_names, expected each layer once." + saveAgain,
    "external-layer": "refused at byte 835, in /b: found an external link to \"other.h5:/b\", "
      + "expected an object in this file." + copyLinks,
    "gap": "damaged in /: found layer_names2 and no layer_names1, expected parts numbered without a gap.",
    "gap-in-weights": "damaged in /b: found weight_names1 and no weight_names0, expected parts numbered without a gap.",
    "layer-is-dataset": "damaged in /: found the layer b in layer_names and no group of that name, "
      + "expected a group for each layer." + saveAgain,
    "layers-in-one-group": "damaged in /: found the layers a and b in one group, expected a group for each layer."
      + saveAgain,
    "many-parts": "refused in /: found layer_names in 257 parts, expected at most 256.",
    "missing-layer": "damaged in /: found the layer b in layer_names and no group of that name, "
      + "expected a group for each layer." + saveAgain,
    "missing-weight": "damaged in /b: found the weight b/bias:0 in weight_names and no dataset there, "
      + "expected a dataset for each weight." + saveAgain,
    "more-names-than-room": "refused in /a: found lists of more names than there is room for in the file, "
      + "expected every weight once." + saveAgain,
    "names-are-numbers": "mismatched at byte 1439, in /b, attribute weight_names: found elements of type int64, "
      + "expected strings.",
    "no-layer-names": "damaged in /model_weights: found no attribute layer_names, "
      + "expected the names of the layers that Keras saved." + saveAgain,
    "no-layers": "mismatched in /: found an empty layer_names, expected the names of layers. "
      + "Save the weights of a model that has layers.",
    "soft-layer": "refused at byte 344, in /b: found a soft link to \"/a\", expected an object in this file."
      + copyLinks,
    "soft-weight": "refused at byte 998, in /b/b/bias:0: found a soft link to \"/a/a/kernel:0\", "
      + "expected an object in this file." + copyLinks,
    "weight-above": "refused in /b: found the path \"../a/a/kernel:0\", "
      + "expected names with single slashes between them, neither . nor .. among them.",
    "weight-absolute": "refused in /b: found the path \"/a/a/kernel:0\", "
      + "expected names with single slashes between them, neither . nor .. among them.",
    "weight-is-group": "damaged in /b: found the weight b in weight_names, which is a group, "
      + "expected a dataset for each weight." + saveAgain,
  ]

  @Test("what contradicts itself or leads elsewhere is not opened", arguments: refusals.keys.sorted())
  func refused(name: String) {
    #expect(message(opening: odd(name)) == Self.refusals[name])
  }

  static let remarks: [String: [String]] = [
    "both-layouts": ["Passed over, because Keras lists it nowhere: /layers."],
    "filters": [],
    "keras-2.12": ["Layers whose names the file does not tell are addressed by class and number."],
    "never-written": [],
    "no-weight-names": ["Passed over, because Keras lists it nowhere: /b/b."],
    "opaque": [#"Taken for bfloat16, because the file says only "two opaque bytes": b[0]."#],
    "theano": ["Keras wrote this on Theano, which flips the kernels of convolutions; they are taken as they are."],
    "two-spellings": [],
    "unlisted": [
      "Passed over, because Keras lists it nowhere: /a/other, /a/a/stray, /c, /model_weights.",
      "The optimizer's state (optimizer_weights) is passed over unread.",
    ],
    "user-block": [],
    "weight-is-text": ["b[1] is passed over: strings of 4 bytes."],
    "weight-twice": [],
  ]

  @Test("what is only odd opens with a remark", arguments: remarks.keys.sorted())
  func remarked(name: String) throws {
    let checkpoint = try Checkpoint(opening: odd(name))
    #expect(checkpoint.remarks == Self.remarks[name])
    #expect(checkpoint.container == (name == "keras-2.12" ? .keras3Weights : .kerasWeights))
  }

  @Test("layers whose part of layer_names is lost are passed over by name")
  func lostPart() throws {
    let original = keras.appending(path: "keras-2.15.0/many-long-layers.h5").path
    let whole = try Checkpoint(opening: original)
    var bytes = try ByteView(mapping: original).array()
    let last = try #require(bytes.indices.last { bytes[$0...].starts(with: Array("layer_names".utf8)) })
    bytes[last] = UInt8(ascii: "p")
    let directory = try TemporaryDirectory()
    let checkpoint = try Checkpoint(opening: directory.write(bytes, to: "a.h5"))
    let listed = Set(checkpoint.layers)
    let lost = whole.layers.filter { !listed.contains($0) }
    #expect(lost.count == 8 && checkpoint.layers == whole.layers.filter(listed.contains))
    #expect(
      checkpoint.remarks == [
        "Passed over, because Keras lists it nowhere: /dense, /layer_10, /layer_11, /layer_12, /layer_13 and 3 more."
      ])
  }

  @Test("every odd file has its test")
  func complete() throws {
    let names = try Fixtures.files(in: keras.appending(path: "odd"), withExtension: "h5", atLeast: 31)
      .map { $0.deletingPathExtension().lastPathComponent }
    #expect(Set(names) == Set(Self.refusals.keys).union(Self.remarks.keys))
  }

  @Test("names that Unicode calls equivalent are different layers")
  func spellings() throws {
    let checkpoint = try Checkpoint(opening: odd("two-spellings"))
    #expect(try contents(of: checkpoint.tensor(named: "e\u{301}[0]").source) == floats(0, 0, 0, 0))
    #expect(try contents(of: checkpoint.tensor(named: "\u{E9}[0]").source) == floats(1, 1, 1, 1))
  }

  @Test("a weight listed twice is the same tensor twice")
  func twice() throws {
    let checkpoint = try Checkpoint(opening: odd("weight-twice"))
    #expect(checkpoint.tensors.map(\.name) == ["a[0]", "b[0]", "b[1]"])
    #expect(try contents(of: checkpoint.tensors[1].source) == contents(of: checkpoint.tensors[2].source))
  }

  @Test("a layer without weight_names has no weights, as for Keras")
  func nameless() throws {
    let checkpoint = try Checkpoint(opening: odd("no-weight-names"))
    #expect(checkpoint.layers == ["a", "b"])
    #expect(checkpoint.tensors.map(\.name) == ["a[0]"])
  }

  @Test("data that were never written are listed, and refused when they are read")
  func neverWritten() throws {
    let path = odd("never-written")
    let tensor = try Checkpoint(opening: path).tensor(named: "b[0]")
    #expect(
      message(about: path) { _ = try contents(of: tensor.source) }
        == "refused at byte 1109, in /b/b/kernel:0: found data that were never written, expected data in the file. "
        + "The program that saved the file was interrupted or set no values; save the model again.")
  }

  @Test("two opaque bytes are bfloat16; a note beside them makes it no guess")
  func opaque() throws {
    let guessed = try Checkpoint(opening: odd("opaque")).tensor(named: "b[0]").source
    #expect(guessed.elementType == .bfloat16)
    #expect(try contents(of: guessed) == [0x80, 0x3F, 0x00, 0x40])
    let types = try Checkpoint(opening: Fixtures.folder("HDF5").appending(path: "types.h5").path)
    #expect(try types.tensor(named: "opaque_with_note").source.elementType == .bfloat16)
    #expect(!types.remarks.contains { $0.contains("opaque_with_note") })
  }

  @Test("a tensor is found by its name or path; one that is not read says why, and one that is missing says so")
  func byName() throws {
    let path = odd("weight-is-text")
    let checkpoint = try Checkpoint(opening: path)
    #expect(try checkpoint.tensor(named: "/b/b/kernel:0").name == "b[0]")
    #expect(
      message(about: path) { _ = try checkpoint.tensor(named: "b[1]") }
        == "unsupported at byte 1377, in /b/b/name: found strings of 4 bytes, expected numbers.")
    #expect(
      message(about: path) { _ = try checkpoint.tensor(named: "b[2]") }
        == "mismatched: found no tensor b[2], expected one of its 2 tensors.")
  }

  @Test("every filter that libhdf5 brings is undone by our reader")
  func filters() throws {
    let checkpoint = try Checkpoint(opening: odd("filters"))
    let expected: [UInt8] = (0..<64).flatMap { [$0, 0, 0, 0] }
    #expect(
      checkpoint.tensors.map(\.storage) == [
        "contiguous", "contiguous", "chunked [8, 8], lzf", "chunked [8, 8], szip", "chunked [8, 8], scaleoffset",
      ])
    for tensor in checkpoint.tensors.suffix(3) {
      #expect(try contents(of: tensor.source) == expected, "\(tensor.path)")
      #expect(tensor.source.contiguousBytes == nil)
    }
  }

  @Test("a filter that our reader lacks is named when the weight is read, and hides no other weight")
  func unknownFilter() throws {
    let bytes = try ByteView(mapping: odd("filters")).array()
    // The filter's number stands eight bytes before its name (HDF5 specification, IV.A.2.l); 32001 is Blosc's.
    let name = try #require(
      bytes.indices.first { bytes[$0...].starts(with: Array("szip".utf8) + [0]) && bytes[$0 - 8] == 4 })
    let directory = try TemporaryDirectory()
    let path = try directory.write(patched(bytes, at: name - 8, with: [0x01, 0x7D]), to: "blosc.h5")
    let checkpoint = try Checkpoint(opening: path)
    let problem = message(about: path) { _ = try contents(of: checkpoint.tensor(named: "b[2]").source) }
    #expect(
      problem.hasSuffix(
        "in /b/szip: found chunks with the filter blosc (32001), expected deflate, shuffle, fletcher32, szip, nbit, scaleoffset or "
          + "lzf. Copy the file with h5repack -f NONE."), "\(problem)")
    #expect(try contents(of: checkpoint.tensor(named: "b[3]").source).count == 256)
  }

  @Test("a file whose layer_names has no groups is listed by its datasets")
  func layersWithoutGroups() throws {
    let folder = try TemporaryDirectory()
    var root = NewGroup()
    root.attributes = [("layer_names", .texts(["dense", "norm"]))]
    root.add(Tensor(.float32, [2], bytes: ByteView(floats(1, 2)))!, at: ["weights", "kernel"])
    try HDF5FileWriter.write(root, to: folder.path("x.h5"))
    let checkpoint = try Checkpoint(opening: folder.path("x.h5"))
    #expect(checkpoint.container == .hdf5)
    #expect(checkpoint.tensors.map(\.name) == ["weights/kernel"])
    #expect(
      checkpoint.remarks == [
        "layer_names lists 2 layers, dense, norm, and none has a group: the file's datasets are listed by their paths."
      ])
  }

  private func floats(_ values: Float...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } }
  }
}
