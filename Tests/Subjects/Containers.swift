import Architectures
import Bytes
import Checkpoints
import HDF5
import JSON
import ModelFiles
import NumPy
import PyTorch
import SafeTensors
import TensorFlow
import Tensors
import Verification
import Zip

extension Subject {
  func readHDF5(_ bytes: ByteView) throws {
    let file = try HDF5File(bytes)
    try readAttributes(file.root.attributeNames, file.root.attribute)
    let objects = try file.objects()
    try demand(objects.count <= bytes.count, "\(objects.count) objects in \(bytes.count) bytes")
    for object in objects {
      switch object {
      case .group(let group): try readAttributes(group.attributeNames, group.attribute)
      case .dataset(let dataset):
        try readAttributes(dataset.attributeNames, dataset.attribute)
        try succeeds { try readEnds(of: dataset) }
      case .other(_, let problem): try succeeds { throw problem }
      }
    }
  }

  private func readAttributes(_ names: () throws -> [String], _ attribute: (String) throws -> Attribute?) throws {
    try succeeds {
      for name in try names() {
        try succeeds {
          guard let attribute = try attribute(name) else { throw Finding("\(name) is listed and not there") }
          try succeeds { _ = try attribute.strings() }
          try succeeds { _ = try attribute.integers() }
          try succeeds { _ = try attribute.tensor() }
        }
      }
    }
  }

  func readCheckpoint(_ path: String) throws {
    let checkpoint = try Checkpoint(opening: path)
    for tensor in checkpoint.tensors { try succeeds { try readEnds(of: tensor.source) } }
    let sources = checkpoint.tensors.map {
      SourceTensor(name: $0.name, elementType: $0.source.elementType, shape: $0.source.shape)
    }
    try succeeds {
      let hints = try BERT4KerasSettings(of: checkpoint).values
      let plan = try Architecture.plan(for: sources, of: "checkpoint")
      _ = try bert.settings(for: plan, of: "checkpoint", hints: hints)
    }
  }

  /// Reads what survives of a file, as of one that is cut short, and checks it against itself.
  func readSalvage(_ path: String) throws {
    let salvage = try Salvage(of: path)
    for tensor in salvage.checkpoint.tensors { try readEnds(of: tensor.source) }
    for tensor in salvage.lost { try succeeds { throw tensor.problem } }
  }

  func readArray(_ bytes: ByteView) throws {
    let array = try NumPyArray(bytes)
    try demand(array.byteCount <= bytes.count, "an array of \(array.byteCount) bytes in \(bytes.count) bytes")
    try readEnds(of: array)
    _ = try Tensor(reading: array)
  }

  func readArchive(_ bytes: ByteView) throws {
    let archive = try NumPyArchive(bytes)
    for entry in archive.arrays {
      try succeeds { try readEnds(of: entry.array.get()) }
    }
    try archive.verifyChecksums()
  }

  func readMembers(_ bytes: ByteView) throws {
    let archive = try ZipArchive(bytes)
    for member in archive.members {
      try demand(
        !member.name.hasPrefix("/") && !member.name.split(separator: "/").contains(".."),
        "a member named \(member.name)")
      try succeeds { _ = try member.prefix(4_096) }
      try succeeds { try member.verifyChecksum() }
    }
  }

  func readSafeTensors(_ bytes: ByteView) throws {
    let file = try SafeTensorsFile(bytes)
    for entry in file.tensors {
      guard entry.elementType != nil, let tensor = try file.tensor(entry.name) else { continue }
      try demand(tensor.byteCount <= bytes.count, "a tensor of \(tensor.byteCount) bytes in \(bytes.count) bytes")
      try readEnds(of: tensor)
    }
  }

  func readPyTorch(_ bytes: ByteView) throws {
    let file = try PyTorchFile(bytes)
    for entry in file.tensors {
      try succeeds { try readEnds(of: entry.tensor.get()) }
    }
  }

  /// Reads the bytes as they are, and once more with the digest that their header needs, which no chance finds.
  func readModel(_ bytes: [UInt8]) throws {
    do {
      try readModelFile(bytes)
    } catch let problem as Problem {
      guard let sealed = sealed(bytes) else { throw problem }
      try readModelFile(sealed)
    }
  }

  private func readModelFile(_ bytes: [UInt8]) throws {
    let model = try ModelFile(ByteView(bytes))
    try succeeds { _ = try model.ledger() }
    for attachment in model.attachments { try demand(attachment.bytes.count <= bytes.count, "a long attachment") }
    for declaration in model.tensors {
      guard let tensor = model.tensor(declaration.name) else { throw Finding("\(declaration.name) is no tensor") }
      try readEnds(of: tensor)
    }
    _ = try model.verifyDigests()
    try succeeds { _ = try Reference(sealedIn: model) }
  }

  private func sealed(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count > 8 else { return nil }
    let headerEnd = 8 + bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }.clamped(to: bytes.count - 8)
    let key = Array("\"ingot.header.sha256\":\"".utf8)
    guard let range = bytes[..<headerEnd].firstRange(of: key), range.upperBound + 64 <= headerEnd else { return nil }
    let digits = range.upperBound..<(range.upperBound + 64)
    var sealed = bytes
    sealed.replaceSubrange(digits, with: repeatElement(UInt8(ascii: "0"), count: 64))
    sealed.replaceSubrange(digits, with: Digest(of: sealed[..<headerEnd]).description.utf8)
    return sealed
  }

  func readTensorFlow(_ bytes: ByteView) throws {
    let checkpoint = try TensorFlowCheckpoint(index: bytes) { _ in bytes }
    for entry in checkpoint.entries {
      try succeeds {
        _ = try checkpoint.texts(entry.name)
        guard let tensor = try checkpoint.tensor(entry.name) else { return }
        try readEnds(of: tensor)
      }
    }
    try succeeds { _ = try checkpoint.objectGraph() }
  }

  func readReference(_ path: String) throws {
    let reference = try Reference(opening: path)
    let probe = reference.probe()
    try demand(!probe.points.isEmpty, "a probe without points")
  }

  /// Reads the beginning and the end.
  private func readEnds(of source: some TensorSource) throws {
    var buffer = [UInt8](repeating: 0, count: min(source.byteCount, 4_096))
    try buffer.withUnsafeMutableBytes { buffer in
      try source.read(at: 0, into: buffer)
      try source.read(at: source.byteCount - buffer.count, into: buffer)
    }
  }
}

extension UInt64 {
  fileprivate func clamped(to limit: Int) -> Int { Int(Swift.min(self, UInt64(limit))) }
}
