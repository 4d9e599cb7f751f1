import Bytes
import Foundation
import JSON
import PyTorch
import TestSupport
import Tensors
import Testing

@Suite("Files by real PyTorch") struct FixtureTests {
  @Test("every tensor has the type, the shape and the bytes that PyTorch reads", arguments: RecordedFile.all)
  func tensors(recorded: RecordedFile) throws {
    guard !recorded.tensors.isEmpty else { return }
    let file = try PyTorchFile(ByteView(mapping: recorded.path))
    #expect(!file.tensors.isEmpty)
    for entry in file.tensors {
      let expected = try #require(
        recorded.tensors.first { Spelling($0.name) == Spelling(entry.path) }?.value, "\(entry.path)")
      guard case .success(let tensor) = entry.tensor else {
        #expect(expected["dtype"]?.string?.hasPrefix("float8") == true)
        continue
      }
      #expect(tensor.elementType.rawValue == expected["dtype"]?.string, "\(entry.name)")
      #expect(tensor.shape.dimensions == expected["shape"]?.elements?.compactMap(\.integer), "\(entry.name)")
      let sum = try #require(expected["sha256"]?.string)
      for size in [1, 3, 7, 64, 1_000] {
        #expect(try digest(bytes(of: tensor, inPiecesOf: size)) == sum, "\(entry.name) in pieces of \(size)")
      }
      if let window = tensor.contiguousBytes { #expect(digest(window.array()) == sum) }
    }
    let name = recorded.testDescription
    if name.contains("types") || name.contains("views") || name.contains("no-checksum") {
      #expect(file.tensors.count == recorded.tensors.count, "nothing is left out")
    }
  }

  @Test("both forms hold the same", arguments: ["torch-2.2/types", "torch-2.2/views", "torch-2.13/views"])
  func forms(name: String) throws {
    let (archive, stream) = (try open("\(name).pt"), try open("\(name).stream.pt"))
    #expect(archive.tensors.map(\.name) == stream.tensors.map(\.name))
    #expect(archive.tensors.map(\.storage) == stream.tensors.map(\.storage))
  }

  @Test("views are told from what lies row by row")
  func views() throws {
    let file = try open("torch-2.2/views.pt")
    let strided = file.tensors.filter { $0.storage != "contiguous" }
    #expect(
      strided.map { "\($0.name): \($0.storage)" } == [
        "transposed: strides [1, 7]", "permuted: strides [1, 20, 5]", "middle: strides [20, 5, 1]",
        "column: strides [20]", "every.other: strides [2]", "expanded: strides [1, 0]", "repeated: strides [0, 0, 0]",
      ])
    #expect(file.remarks == ["tied.too is the same tensor as tied."])
  }

  @Test(
    "the weights are found among what a training program keeps",
    arguments: [
      ("state-dict", ["dense.weight", "dense.bias"], "state_dict/"),
      ("model", ["dense.weight", "dense.bias"], "model/"),
      ("only", ["dense.weight", "dense.bias"], "net/"),
      ("parallel", ["dense.weight", "dense.bias"], "module."),
    ])
  func wrapped(name: String, names: [String], beginning: String) throws {
    for path in ["torch-1.4/\(name).stream.pt", "torch-2.2/\(name).pt", "torch-2.13/\(name).pt"] {
      let file = try open(path)
      #expect(file.tensors.map(\.name) == names)
      #expect(file.tensors.map(\.path) == names.map { beginning + $0 })
    }
  }

  @Test("what lies beside the weights is said")
  func beside() throws {
    let file = try open("torch-2.2/state-dict.pt")
    #expect(file.facts.map { "\($0.name) = \($0.value)" } == ["epoch = 7", "lr = 0.5"])
    #expect(
      file.remarks == [
        "The weights are those under state_dict.", "device is passed over: a device beside the weights.",
        "size is passed over: a tuple beside the weights.",
        "optimizer is passed over: a dictionary with 2 tensors in it beside the weights.",
      ])
    #expect(try open("torch-2.2/model.pt").remarks.last == "extra is passed over: a tensor beside the weights.")
    #expect(
      try open("torch-2.2/parallel.pt").remarks == ["Every name begins with module., which is left away."])
  }

  @Test("several groups of tensors are all listed, each under its way")
  func groups() throws {
    #expect(
      try open("torch-2.2/two.pt").tensors.map(\.name) == [
        "generator.dense.weight", "generator.dense.bias", "discriminator.weight",
      ])
    #expect(try open("torch-2.2/deep.pt").tensors.map(\.name) == ["a.b.c", "d.0"])
    #expect(try open("torch-2.2/list.pt").tensors.map(\.name) == ["0", "1.a"])
    #expect(try open("torch-2.2/tensor.pt").tensors.map(\.name) == ["tensor"])
  }

  @Test("a file without a tensor")
  func nothing() throws {
    let path = RecordedFile.root.appending(path: "torch-2.2/nothing.pt").path
    #expect(
      message(try ByteView(mapping: path).array())
        == "x.pt: mismatched: found a dictionary without a tensor in it, expected a dictionary of tensors. "
        + "Name the file that holds the weights.")
  }

  @Test(
    "whole models, in both forms, of a program's own class and of PyTorch's",
    arguments: [
      ("torch-1.4/module.stream.pt", "__main__.Net"), ("torch-2.2/module.pt", "__main__.Net"),
      ("torch-2.2/module.stream.pt", "__main__.Net"), ("torch-2.13/module.pt", "__main__.Net"),
      ("torch-2.13/linear.pt", "torch.nn.modules.linear.Linear"),
      ("torch-1.4/linear.stream.pt", "torch.nn.modules.linear.Linear"),
    ])
  func modules(name: String, type: String) throws {
    let bytes = try ByteView(mapping: RecordedFile.root.appending(path: name).path).array()
    let text = message(bytes)
    #expect(text.contains(": refused at byte "))
    #expect(
      text.hasSuffix(
        ": found a whole Python object, of the class \(type), expected a dictionary of tensors. In a program that has this "
          + "class, load it and save its weights alone: torch.save(model.state_dict(), \"weights.pt\")."), "\(text)")
  }

  @Test(
    "sparse and quantized tensors are named, with what makes others of them",
    arguments: [
      (
        "sparse", "_rebuild_sparse_tensor",
        "In PyTorch, save them dense: torch.save({n: t.to_dense() for n, t in torch.load(file).items()}, \"weights.pt\")."
      ),
      (
        "quantized", "_rebuild_qtensor",
        "Give the weights from before they were quantized, or dequantize these in PyTorch by the lines under "
          + "\"Quantized weights\" in Formats/Checkpoints/PyTorch.md."
      ),
    ])
  func otherTensors(name: String, function: String, advice: String) throws {
    for path in ["torch-2.2/\(name).pt", "torch-2.2/\(name).stream.pt", "torch-2.13/\(name).pt"] {
      let text = message(try ByteView(mapping: RecordedFile.root.appending(path: path).path).array())
      #expect(text.contains(": unsupported at byte "))
      #expect(
        text.hasSuffix(
          ": found \(name) tensors (\(function)), expected tensors that hold each of their numbers. \(advice)"),
        "\(text)")
    }
  }

  @Test("what PyTorch makes of such tensors by the advice is read")
  func advice() throws {
    let quantized = RecordedFile.root.appending(path: "advice/quantized/pytorch_model.bin").path
    #expect(message(try ByteView(mapping: quantized).array()).contains("found quantized tensors (_rebuild_qtensor)"))
    let plain = try open("advice/dequantized/pytorch_model.bin")
    #expect(plain.tensors.count == 23)
    #expect(plain.tensors.map(\.name).contains("encoder.layer.0.attention.self.query.bias"))
    #expect(try plain.tensors.allSatisfy { try $0.tensor.get().elementType == .float32 })
    let dense = try open("advice/dense.pt")
    #expect(try dense.tensors.map { try $0.tensor.get().shape } == [[3, 3], [2], [2, 2]])
    let identity = try #require(dense.tensors.first?.tensor.get().contiguousBytes?.array())
    #expect(
      identity == [1, 0, 0, 0, 1, 0, 0, 0, 1].flatMap { (value: Float) in littleEndian(Int(value.bitPattern), 4) })
  }

  @Test("protocols 3 to 5 hold the same as protocol 2, in both forms", arguments: ["torch-2.2", "torch-2.13"])
  func protocols(version: String) throws {
    for number in 3...5 {
      for form in ["", ".stream"] {
        let file = try open("\(version)/training-protocol-\(number)\(form).pt")
        #expect(
          file.tensors.map(\.name) == [
            "dense.weight", "dense.transposed", "层.é", "parameter", String(repeating: "a", count: 300),
          ])
        #expect(
          file.facts.map { "\($0.name) = \($0.value)" } == [
            "epoch = 7", "step = 70000", "seed = 1099511627776", "negative = -3", "loss = 0.25", "best = true",
            "note = \(String(repeating: "t", count: 200))",
          ])
        #expect(
          file.remarks
            == [
              "The weights are those under state_dict.", "short is passed over: 2 bytes beside the weights.",
              "long is passed over: 300 bytes beside the weights.", "lists is passed over: a list beside the weights.",
              "pairs is passed over: a dictionary beside the weights.",
              "dense.transposed is the same tensor as dense.weight.",
            ].filter { !$0.contains("is the same") })
      }
    }
    #expect(try open("\(version)/protocol-4.pt").tensors.map(\.name) == ["a"])
  }

  @Test("a TorchScript program", arguments: ["torch-2.2", "torch-2.13"])
  func otherForms(version: String) throws {
    func text(_ name: String) throws -> String {
      message(try ByteView(mapping: RecordedFile.root.appending(path: "\(version)/\(name).pt").path).array())
    }
    #expect(
      try text("script")
        == "x.pt: unsupported: found a TorchScript program, expected a dictionary of tensors. Save its weights alone in "
        + "PyTorch: torch.save(torch.jit.load(file).state_dict(), \"weights.pt\").")
  }
}
