import Bytes
internal import SwiftProtobuf

extension Message {
  /// Decodes the message that bytes of a file hold.
  ///
  /// A message allocates for what its bytes hold and not on the word of a length, but two bytes can be a message of their
  /// own among repeated ones: so the bytes are counted before. Fields that are not declared, or come in another wire type
  /// than the declared one, are passed over, as Protocol Buffers demand of readers.
  ///
  /// - Throws: `Problem` of kind *damaged* when the bytes are no message, *refused* when they are more than `limit` or nest
  ///   too deep.
  init(decoding bytes: ByteView, limit: Int, object: String? = nil) throws {
    func refused(_ found: String, _ expected: String) -> Problem {
      Problem(.refused, file: bytes.file, object: object, byte: bytes.start, found: found, expected: expected)
    }
    func damaged(_ found: String) -> Problem {
      Cursor(bytes).damaged(
        found: found, expected: "a message \(Self.protoMessageName)",
        advice: "The file is cut short or overwritten; get it again from where it came", object: object)
    }
    guard bytes.count <= limit else { throw refused("a message of \(bytes.count) bytes", "at most \(limit)") }
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = Limits.messageDepth
    options.discardUnknownFields = true
    do {
      self = try bytes.withUnsafeBytes { try Self(serializedBytes: $0.bytes, options: options) }
    } catch let error as BinaryDecodingError {
      switch error {
      case .messageDepthLimit: throw refused("messages nested in each other", "at most \(Limits.messageDepth) deep")
      case .truncated: throw damaged("a field that does not end where its message ends")
      case .invalidUTF8: throw damaged("a text that is not UTF-8")
      default: throw damaged("bytes that are no fields of Protocol Buffers")
      }
    }
  }

  /// Decodes the message that a file holds as text.
  ///
  /// - Throws: `Problem` of kind *damaged* when the text is no such message, *refused* when it is longer than `limit` or
  ///   nests too deep.
  init(decodingText bytes: ByteView, limit: Int, advice: String) throws {
    guard bytes.count <= limit else {
      throw Problem(
        .refused, file: bytes.file, found: "a file of \(bytes.count) bytes", expected: "at most \(limit)")
    }
    var options = TextFormatDecodingOptions()
    options.messageDepthLimit = Limits.messageDepth
    options.ignoreUnknownFields = true
    guard let text = String(validating: bytes.array(), as: UTF8.self),
      let message = try? Self(textFormatString: text, options: options)
    else {
      throw Problem(
        .damaged, file: bytes.file, found: "no text that holds a message \(Self.protoMessageName)",
        expected: "one in the text form of Protocol Buffers", advice: advice)
    }
    self = message
  }
}
