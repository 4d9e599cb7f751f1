import Bytes

/// Carries out a pickle as far as it builds plain data; nothing in it can call anything.
///
/// Python's pickles are programs for a stack machine (`pickletools.py`, protocols 2 to 5). Of its instructions this machine has those
/// that `torch.save` writes for tensors and containers, in each of these protocols; each other is refused by its name, and so is each
/// name of Python that is not in ``Global``.
struct PickleMachine {
  /// What has been built.
  var heap = PickleHeap()
  /// Where the next instruction stands.
  var cursor: Cursor
  /// The values that instructions take and leave.
  var stack: [PickleValue] = []
  /// How many values lay on the stack when each mark was set.
  var marks: [Int] = []
  /// What is remembered for later, by its place.
  var memo: [UInt32: PickleValue] = [:]
  /// How many instructions have been carried out.
  var count = 0
  /// How many pairs have been copied out of lists.
  var copied = 0
  /// Where the frame ends in which the next instruction stands; 0 outside of any.
  private var frameEnd = 0
  /// The storages that have been named, by their keys.
  var storages: [String: StorageReference] = [:]
  /// Where the instruction being carried out stands.
  var position = 0

  /// Starts at the beginning of a pickle.
  init(_ cursor: Cursor) {
    self.cursor = cursor
  }

  /// Carries out one pickle and returns what it leaves; the cursor then stands behind it.
  ///
  /// - Throws: `Problem` of kind *refused* for names and instructions that are not on the list, and beyond the limits;
  ///   *unsupported* for other protocols; *damaged* when the pickle makes no sense.
  mutating func run() throws -> PickleValue {
    try protocolVersion()
    while true {
      position = cursor.filePosition
      let byte = try cursor.u8("an instruction of the pickle")
      guard let opcode = Opcode(rawValue: byte) else {
        throw damaged("the byte 0x\(String(byte, radix: 16)) in place of an instruction", "one of protocols 2 to 5")
      }
      count += 1
      guard count <= Limits.instructions else {
        throw refused("more than \(Limits.instructions) instructions", "at most that many")
      }
      if opcode == .stop { return try result() }
      try carryOut(opcode)
      try checkFrame()
      guard stack.count <= Limits.stack, marks.count <= Limits.stack else {
        throw refused("more than \(Limits.stack) values on the stack", "at most that many")
      }
    }
  }

  private mutating func protocolVersion() throws {
    position = cursor.filePosition
    guard try cursor.u8("the beginning of a pickle") == Opcode.proto.rawValue else {
      throw damaged("no PROTO at the beginning of a pickle", "a pickle of a protocol from 2 to 5")
    }
    let version = try cursor.u8("the protocol of the pickle")
    guard (2...5).contains(version) else {
      throw problem(
        .unsupported, "a pickle of protocol \(version)",
        "protocol 2, which torch.save writes unless told otherwise, or one up to 5",
        "Load the file in PyTorch and save it again without pickle_protocol")
    }
  }

  /// Begins a frame, which says how many bytes of instructions follow (protocol 4; PEP 3154, "Framing").
  private mutating func beginFrame() throws {
    let size = try cursor.u64("the length of a frame")
    guard position >= frameEnd else { throw damaged("a frame inside another one", "frames one behind the other") }
    guard let count = Int(exactly: size), count <= cursor.remaining else {
      throw damaged("a frame of \(size) bytes", "at most the \(cursor.remaining) that are left")
    }
    frameEnd = cursor.filePosition + count
  }

  /// Checks that an instruction that began in a frame ends in it.
  private func checkFrame() throws {
    guard position >= frameEnd || cursor.filePosition <= frameEnd else {
      throw damaged("an instruction that reaches over the end of its frame", "whole instructions in every frame")
    }
  }

  private mutating func result() throws -> PickleValue {
    guard position >= frameEnd || cursor.filePosition == frameEnd else {
      throw damaged("an end of the pickle inside a frame", "it at the end of the frame")
    }
    guard let value = stack.popLast() else { throw damaged("a pickle that leaves nothing", "one value") }
    guard stack.isEmpty, marks.isEmpty else {
      throw damaged("\(stack.count) more values on the stack at the end of the pickle", "one value")
    }
    return value
  }

  private mutating func carryOut(_ opcode: Opcode) throws {
    switch opcode {
    case .mark: marks.append(stack.count)
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.integer(Int(try cursor.integer(Int32.self, "an integer"))))
    case .binInt1: stack.append(.integer(Int(try cursor.u8("an integer"))))
    case .binInt2: stack.append(.integer(Int(try cursor.u16("an integer"))))
    case .long1: try longInteger(Int(try cursor.u8("the length of an integer")))
    case .binFloat: stack.append(.number(Double(bitPattern: try cursor.u64("a number").byteSwapped)))
    case .binUnicode: stack.append(.text(try text(Int(try cursor.u32("the length of a text")))))
    case .shortBinString: try byteText(Int(try cursor.u8("the length of a text")))
    case .binString: try byteText(Int(try cursor.integer(Int32.self, "the length of a text")))
    case .shortBinUnicode: stack.append(.text(try text(Int(try cursor.u8("the length of a text")))))
    case .binUnicode8: stack.append(.text(try text(Int(clamping: try cursor.u64("the length of a text")))))
    case .shortBinBytes: try skipBytes(UInt64(try cursor.u8("the length of bytes")))
    case .binBytes: try skipBytes(UInt64(try cursor.u32("the length of bytes")))
    case .binBytes8, .byteArray8: try skipBytes(try cursor.u64("the length of bytes"))
    case .emptyTuple: pushTuple([])
    case .tuple1: pushTuple(try pop(1))
    case .tuple2: pushTuple(try pop(2))
    case .tuple3: pushTuple(try pop(3))
    case .tuple: pushTuple(try popToMark())
    case .emptyList:
      stack.append(.list(heap.lists.count))
      heap.lists.append([])
    case .append: try append(pop(1))
    case .appends: try append(popToMark())
    case .emptyDict: pushDictionary([])
    case .setItem: try setItems(pop(2))
    case .setItems: try setItems(popToMark())
    case .binPut: try remember(UInt32(try cursor.u8("a place to remember")))
    case .longBinPut: try remember(try cursor.u32("a place to remember"))
    case .binGet: try recall(UInt32(try cursor.u8("a remembered place")))
    case .longBinGet: try recall(try cursor.u32("a remembered place"))
    case .memoize: try remember(UInt32(clamping: memo.count))
    case .frame: try beginFrame()
    case .global: try pushGlobal(module: line(), name: line())
    case .stackGlobal: try pushGlobalOfStack()
    case .binaryPersistentID: try pushStorage()
    case .reduce: try reduce()
    case .build: try build()
    default:
      throw refused("the instruction \(opcode.name), which is not allowed", "tensors and plain containers only")
    }
  }
}

// MARK: Problems

extension PickleMachine {
  func problem(_ kind: Problem.Kind, _ found: String, _ expected: String, _ advice: String? = nil) -> Problem {
    Problem(kind, file: cursor.view.file, byte: position, found: found, expected: expected, advice: advice)
  }

  func damaged(_ found: String, _ expected: String) -> Problem { problem(.damaged, found, expected) }

  func refused(_ found: String, _ expected: String, _ advice: String? = nil) -> Problem {
    problem(.refused, found, expected, advice)
  }
}
