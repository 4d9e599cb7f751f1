import Bytes

extension Problem {
  /// The kinds of file that hold weights Ingot can read, for messages.
  static let readableKinds = "HDF5, NumPy, PyTorch, safetensors or TensorFlow"

  /// Says what a file is that is no container of weights, and what to do about it.
  init(notWeights bytes: ByteView, head: [UInt8]) {
    let (kind, found, advice) =
      Problem.placeholder(for: head) ?? Problem.otherFramework(head) ?? Problem.stranger(head)
    self.init(kind, file: bytes.file, byte: 0, found: found, expected: Problem.readableKinds, advice: advice)
  }

  private typealias Finding = (kind: Kind, found: String, advice: String)

  /// What lies in the file's place when a download went wrong.
  private static func placeholder(for head: [UInt8]) -> Finding? {
    if head.isEmpty { return (.damaged, "an empty file", "Get the file again from where it came") }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    if text.hasPrefix("version https://git-lfs") {
      return (
        .mismatched, "a Git-LFS pointer, not the file it stands for",
        "Fetch the real file with \"git lfs pull\" in the repository it came from"
      )
    }
    if text.contains("<!doctype html") || text.contains("<html") {
      return (.mismatched, "a web page", "Download the file itself, not the page that links to it")
    }
    return nil
  }

  /// Weights in a form that Ingot knows and does not read.
  private static func otherFramework(_ head: [UInt8]) -> Finding? {
    // POSIX.1-1988: the header of the first member has its name at byte 0 and this word at byte 257.
    if head.count > 262, head[257..<262].elementsEqual("ustar".utf8) {
      let name = String(decoding: head.prefix(100).prefix { $0 != 0 }, as: UTF8.self)
      return ["sys_info", "pickle", "tensors", "storages"].contains(name)
        ? (
          .unsupported, "a PyTorch file of the form before version 0.1.12, a tar archive",
          "Load it in PyTorch with weights_only=False where you trust it, and save the state_dict() again"
        ) : (.unsupported, "a tar archive", "Unpack it first")
    }
    if head.count > 1, head[0] == 0x80, (2...5).contains(head[1]) {
      return (
        .refused, "a Python pickle, which can run code when it is read", "Save the weights as HDF5, .npz or safetensors"
      )
    }
    return nil
  }

  private static func stranger(_ head: [UInt8]) -> Finding {
    let nameIt = "Name the file that holds the weights"
    if head.starts(with: [0x1F, 0x8B]) { return (.unsupported, "a gzip archive", "Unpack it first") }
    if let line = firstLine(of: head) {
      return (.mismatched, "a text file that begins \"\(line)\"", nameIt)
    }
    return (.unsupported, "bytes of no known kind", nameIt)
  }

  /// The first words of a text; nil when the bytes are none.
  private static func firstLine(of head: [UInt8]) -> String? {
    // The last character may be cut.
    let whole = (0...3).lazy.compactMap { String(validating: head.dropLast($0), as: UTF8.self) }.first
    guard let text = whole, text.unicodeScalars.allSatisfy(isPartOfText) else { return nil }
    let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.count <= 40 ? line : line.prefix(40) + "…"
  }
  /// Control characters other than white space are no part of a text.
  private static func isPartOfText(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory != .control || scalar.properties.isWhitespace
  }
}
