import Bytes

/// The messages that describe one object: a group, a dataset or a named datatype.
///
/// HDF5 File Format Specification 3.0, IV.A. "Disk Format: Level 2A - Data Object Headers".
struct ObjectHeader: Sendable {
  /// One message: its type, its flags and where its body lies.
  struct Message: Sendable {
    let type: UInt16
    let flags: UInt8
    let body: Range<Int>

    /// Whether the body is a reference to a message that lies elsewhere (IV.A.2, "Shared").
    var isShared: Bool { flags & 0x02 != 0 }
  }

  /// The message types that this reader knows (IV.A.2).
  enum MessageType: UInt16 {
    case null = 0x00
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case oldFillValue = 0x04
    case fillValue = 0x05
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case groupInfo = 0x0A
    case filterPipeline = 0x0B
    case attribute = 0x0C
    case comment = 0x0D
    case oldModificationTime = 0x0E
    case sharedMessageTable = 0x0F
    case continuation = 0x10
    case symbolTable = 0x11
    case modificationTime = 0x12
    case bTreeK = 0x13
    case driverInfo = 0x14
    case attributeInfo = 0x15
    case referenceCount = 0x16
    case fileSpaceInfo = 0x17
  }

  let space: AddressSpace
  let address: UInt64
  let messages: [Message]

  /// Reads the header at an address.
  ///
  /// - Throws: `Problem` of kind *damaged* when it contradicts itself, *unsupported* when it must not be read without
  ///   knowing a message that is unknown here.
  init(_ space: AddressSpace, at address: UInt64) throws {
    self.space = space
    self.address = address
    var blocks = try Blocks(space, at: address)
    try blocks.readMessages()
    messages = blocks.messages
  }

  /// Returns the first message of a type.
  func first(_ type: MessageType) -> Message? {
    messages.first { $0.type == type.rawValue }
  }

  /// Starts reading a message's body, wherever it lies.
  ///
  /// - Throws: `Problem` of kind *unsupported* when it lies in the file's table of shared messages.
  func cursor(_ message: Message, of what: String) throws -> Cursor {
    var cursor = Cursor(try space.slice(message.body))
    guard message.isShared, let type = MessageType(rawValue: message.type) else { return cursor }
    return try SharedMessage.target(&cursor, in: space, type: type, of: what)
  }
}

/// The reading of an object header: the block at its address, then every block that a continuation message names.
private struct Blocks {
  let space: AddressSpace
  var messages: [ObjectHeader.Message] = []
  private var cursor: Cursor
  private var pending: [(address: UInt64, count: UInt64)] = []
  private var visited: [UInt64]
  private let layout: Layout

  /// What the two versions of a header differ in.
  private enum Layout {
    /// IV.A.1.a: bodies are padded to 8 bytes.
    case version1(firstBlock: Int)
    /// IV.A.1.b: blocks are signed and checksummed; creation order may be kept.
    case version2(hasCreationOrder: Bool, start: Int, firstBlock: Int)
  }

  init(_ space: AddressSpace, at address: UInt64) throws {
    self.space = space
    visited = [address]
    messages.reserveCapacity(8)
    cursor = try space.cursor(at: address, of: "an object header")
    let start = cursor.offset
    var probe = cursor
    if try probe.u8("the version of an object header") == 1 {
      // The number of messages that follows the version is not relied on: libhdf5 itself meets wrong ones and mends them
      // (H5O_protect). What counts is what the blocks hold.
      try cursor.skip(8, "the version, the number of messages and the reference count")
      let size = try cursor.u32("the size of the object header")
      try cursor.skip(4, "the padding of the object header")
      layout = .version1(firstBlock: Int(size))
    } else {
      try cursor.signature("OHDR", of: "an object header")
      _ = try cursor.version(2...2, of: "an object header")
      let flags = try cursor.u8("the flags of the object header")
      if flags & 0x20 != 0 { try cursor.skip(16, "the times of the object header") }
      if flags & 0x10 != 0 { try cursor.skip(4, "the attribute phase change values") }
      let place = cursor
      let size = try cursor.number(width: 1 << Int(flags & 3), "the size of the object header")
      guard let firstBlock = Int(exactly: size) else { throw place.damaged(found: "an object header of \(size) bytes") }
      layout = .version2(hasCreationOrder: flags & 0x04 != 0, start: start, firstBlock: firstBlock)
    }
  }

  mutating func readMessages() throws {
    switch layout {
    case .version1(let firstBlock):
      try readVersion1Block(count: firstBlock)
      while let block = try nextBlock() {
        cursor = try space.cursor(at: block.address, of: "a continuation of the object header")
        try readVersion1Block(count: block.count)
      }
    case .version2(let hasCreationOrder, let start, let firstBlock):
      try readVersion2Block(start: start, count: firstBlock, hasCreationOrder: hasCreationOrder)
      while let block = try nextBlock() {
        cursor = try space.cursor(at: block.address, of: "a continuation of the object header")
        let start = cursor.offset
        guard block.count >= 8 else { throw cursor.damaged(found: "a continuation block of \(block.count) bytes") }
        try cursor.signature("OCHK", of: "a continuation of the object header")
        try readVersion2Block(start: start, count: block.count - 8, hasCreationOrder: hasCreationOrder)
      }
    }
  }

  private mutating func readVersion1Block(count: Int) throws {
    var block = Cursor(try cursor.bytes(count, "the messages of the object header"))
    while block.remaining >= 8 {
      let type = try block.u16("a message type")
      let size = Int(try block.u16("a message size"))
      let flags = try block.u8("message flags")
      try block.skip(3, "the padding of a message")
      try append(type: type, size: size, flags: flags, in: &block)
    }
  }

  private mutating func readVersion2Block(start: Int, count: Int, hasCreationOrder: Bool) throws {
    var block = Cursor(try cursor.bytes(count, "the messages of the object header"))
    try cursor.checksum(from: start, of: "the object header")
    let prefix = hasCreationOrder ? 6 : 4
    while block.remaining >= prefix {  // fewer bytes than a message prefix are a gap
      let type = UInt16(try block.u8("a message type"))
      let size = Int(try block.u16("a message size"))
      let flags = try block.u8("message flags")
      if hasCreationOrder { try block.skip(2, "the creation order of a message") }
      try append(type: type, size: size, flags: flags, in: &block)
    }
  }

  private mutating func append(type: UInt16, size: Int, flags: UInt8, in block: inout Cursor) throws {
    let place = block
    guard messages.count < Limits.messages else {
      throw place.problem(.refused, found: "more than \(Limits.messages) messages in one object header")
    }
    let start = block.filePosition - space.bytes.start
    try block.skip(size, "the body of a message of type \(type)")
    let message = ObjectHeader.Message(type: type, flags: flags, body: start..<(start + size))
    messages.append(message)
    switch ObjectHeader.MessageType(rawValue: type) {
    case .continuation:
      var fields = Cursor(try space.slice(message.body))
      let address = try fields.u64("the address of a continuation")
      pending.append((address, try fields.u64("the length of a continuation")))
    case nil where flags & 0x80 != 0:
      throw place.problem(
        .unsupported, found: "an object header message of type \(type) that a reader must know",
        expected: "messages of HDF5 File Format Specification 3.0")
    default: break
    }
  }

  private mutating func nextBlock() throws -> (address: UInt64, count: Int)? {
    guard !pending.isEmpty else { return nil }
    let block = pending.removeFirst()
    guard !visited.contains(block.address) else {
      throw cursor.damaged(
        found: "a continuation of the object header that leads back to \(block.address)",
        expected: "blocks without a loop")
    }
    visited.append(block.address)
    guard visited.count <= Limits.continuations else {
      throw cursor.problem(
        .refused, found: "an object header in more than \(Limits.continuations) blocks",
        advice: "Copy the file with h5repack")
    }
    guard let count = Int(exactly: block.count) else {
      throw cursor.damaged(found: "a continuation of \(block.count) bytes")
    }
    return (block.address, count)
  }
}
