import Bytes

/// Carries out a pickle as far as it builds plain data; nothing in it can call anything.
///
/// Python's pickles are programs for a stack machine (`pickletools.py`, protocol 2). Of its instructions this machine has those that
/// `torch.save` writes for tensors and containers; each other is refused by its name, and so is each name of Python that is not
/// in ``Global``.
struct PickleMachine {
  /// What has been built.
  private(set) var heap = PickleHeap()
  /// Where the next instruction stands.
  private(set) var cursor: Cursor
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  private var count = 0
  private var copied = 0
  /// The storages that have been named, by their keys.
  private(set) var storages: [String: StorageReference] = [:]
  /// Where the instruction being carried out stands.
  private var position = 0

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
        throw damaged("the byte 0x\(String(byte, radix: 16)) in place of an instruction", "a pickle of protocol 2")
      }
      count += 1
      guard count <= Limits.instructions else {
        throw refused("more than \(Limits.instructions) instructions", "at most that many")
      }
      if opcode == .stop { return try result() }
      try carryOut(opcode)
      guard stack.count <= Limits.stack, marks.count <= Limits.stack else {
        throw refused("more than \(Limits.stack) values on the stack", "at most that many")
      }
    }
  }

  private mutating func protocolVersion() throws {
    position = cursor.filePosition
    guard try cursor.u8("the beginning of a pickle") == Opcode.proto.rawValue else {
      throw damaged("no PROTO at the beginning of a pickle", "a pickle of protocol 2")
    }
    let version = try cursor.u8("the protocol of the pickle")
    guard version == 2 else {
      throw problem(
        .unsupported, "a pickle of protocol \(version)", "protocol 2, which torch.save writes unless told otherwise",
        "Load the file in PyTorch and save it again without pickle_protocol")
    }
  }

  private mutating func result() throws -> PickleValue {
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
    case .global: try pushGlobal()
    case .binaryPersistentID: try pushStorage()
    case .reduce: try reduce()
    case .build: try build()
    default: throw refused("the instruction \(opcode.name), which is not allowed", "tensors and plain containers only")
    }
  }
}

// MARK: Numbers and texts

extension PickleMachine {
  private mutating func longInteger(_ size: Int) throws {
    let bytes = try cursor.bytes(size, "an integer").array()
    guard size <= 8 else { return stack.append(.inert("an integer of \(size) bytes")) }
    let sign: UInt64 = (bytes.last ?? 0) >= 0x80 ? .max : 0
    let bits = bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }
    stack.append(.integer(Int(Int64(bitPattern: bits))))
  }

  private mutating func text(_ size: Int) throws -> String {
    guard size <= Limits.textBytes else { throw refused("a text of \(size) bytes", "at most \(Limits.textBytes)") }
    guard let text = String(validating: try cursor.bytes(size, "a text").array(), as: UTF8.self) else {
      throw damaged("a text that is not UTF-8", "text in UTF-8")
    }
    return text
  }

  /// The texts of Python 2, which has no others; what is no UTF-8 is of no use here.
  private mutating func byteText(_ size: Int) throws {
    guard size <= Limits.textBytes else { throw refused("a text of \(size) bytes", "at most \(Limits.textBytes)") }
    let text = String(validating: try cursor.bytes(size, "a text").array(), as: UTF8.self)
    stack.append(text.map(PickleValue.text) ?? .inert("a text in bytes"))
  }

  /// Takes a line of text, such as the names of a GLOBAL.
  private mutating func line() throws -> String {
    var bytes: [UInt8] = []
    while true {
      let byte = try cursor.u8("a line of text")
      if byte == 0x0A { break }
      guard bytes.count < Limits.nameBytes else {
        throw refused("a name of more than \(Limits.nameBytes) bytes", "at most that many")
      }
      bytes.append(byte)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw damaged("a name that is not UTF-8", "text in UTF-8")
    }
    return text
  }
}

// MARK: Stack, memo and containers

extension PickleMachine {
  /// Takes values from the stack, above the last mark.
  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw damaged("\(stack.count - (marks.last ?? 0)) values on the stack", "\(count)")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("no mark on the stack", "one") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  /// The value on top of the stack, above the last mark.
  private func top() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw damaged("0 values on the stack", "1") }
    return value
  }

  private mutating func pushTuple(_ elements: [PickleValue]) {
    stack.append(.tuple(heap.tuples.count))
    heap.tuples.append(elements)
  }

  private mutating func pushDictionary(_ items: [(key: PickleValue, value: PickleValue)]) {
    stack.append(.dictionary(heap.dictionaries.count))
    heap.dictionaries.append(items)
  }

  private mutating func append(_ elements: [PickleValue]) throws {
    guard case .list(let place) = try top() else { throw damaged("elements for \(try top().kind)", "a list") }
    heap.lists[place] += elements
  }

  private mutating func setItems(_ flat: [PickleValue]) throws {
    guard case .dictionary(let place) = try top() else { throw damaged("items for \(try top().kind)", "a dictionary") }
    guard flat.count.isMultiple(of: 2) else { throw damaged("a key without a value", "pairs") }
    for index in stride(from: 0, to: flat.count, by: 2) {
      heap.dictionaries[place].append((flat[index], flat[index + 1]))
    }
  }

  private mutating func remember(_ place: UInt32) throws {
    memo[place] = try top()
    guard memo.count <= Limits.memo else {
      throw refused("more than \(Limits.memo) remembered values", "at most that many")
    }
  }

  private mutating func recall(_ place: UInt32) throws {
    guard let value = memo[place] else { throw damaged("nothing remembered under \(place)", "a value") }
    stack.append(value)
  }
}

// MARK: Names, storages and what is made of them

extension PickleMachine {
  private mutating func pushGlobal() throws {
    let (module, name) = (try line(), try line())
    if let global = Global(module: module, name: name) { return stack.append(.global(global)) }
    // A pickled object begins with its class; one in the stream form, with "module" and the class.
    let isWholeModel = stack.isEmpty || (stack.count == 1 && stack[0].text == "module")
    if isWholeModel, name.first?.isUppercase == true {
      throw refused(
        "a whole Python object, of the class \(module).\(name)", "a dictionary of tensors",
        "In a program that has this class, load it and save its weights alone: "
          + "torch.save(model.state_dict(), \"weights.pt\")")
    }
    throw refused(
      "GLOBAL \(module).\(name), which is not allowed", "tensors and plain containers only",
      "Reading it could run any program hidden in it; where you trust the file, load it in PyTorch and save the weights "
        + "alone: torch.save(model.state_dict(), \"weights.pt\")")
  }

  /// Takes `('storage', type, key, location, count)`, to which the stream form adds what a view of another storage would be.
  private mutating func pushStorage() throws {
    let identity = try pop(1)[0]
    guard let parts = heap.elements(identity), (5...6).contains(parts.count), parts[0].text == "storage",
      case .global(.storage(let type)) = parts[1], let key = parts[2].text, let count = parts[4].integer
    else { throw damaged("a persistent identity that is no storage's", "type, key, location and size of a storage") }
    if parts.count == 6, case .none = parts[5] {
    } else if parts.count == 6 {
      throw problem(
        .unsupported, "a storage that is a view of another one",
        "storages of their own, as PyTorch 0.4 and later write them",
        "Load the file in PyTorch and save it again")
    }
    // A pointer has at most 20 digits; a longer text, named again and again, would be looked through as often.
    guard (1...20).contains(key.utf8.count), key.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw damaged("the storage \"\(String(key.unicodeScalars.prefix(64)))\"", "a storage named by a number")
    }
    guard count >= 0, !count.multipliedReportingOverflow(by: type.byteCount).overflow else {
      throw damaged("a storage of \(count) elements", "a size from 0 to 2^63 - 1 bytes")
    }
    let storage = StorageReference(type: type, key: key, count: count)
    guard storages[key, default: storage] == storage else {
      throw damaged("the storage \(key) with another type or size than before", "one of each")
    }
    storages[key] = storage
    stack.append(.storage(storage))
  }

  private mutating func reduce() throws {
    let parts = try pop(2)
    guard case .global(let global) = parts[0], case .tuple(let place) = parts[1] else {
      throw damaged("a call of \(parts[0].kind) with \(parts[1].kind)", "a name and a tuple")
    }
    let arguments = heap.tuples[place]
    let wrong = damaged("other arguments than \(global.name) takes", global.arguments)
    switch global {
    case .orderedDictionary: pushDictionary(try items(of: arguments, else: wrong))
    case .tensor, .tensorOfVersion2, .tensorOfVersion3:
      guard let view = try view(of: arguments, by: global) else { throw wrong }
      stack.append(.tensor(heap.tensors.count))
      heap.tensors.append(view)
      guard heap.tensors.count <= Limits.tensors else {
        throw refused("more than \(Limits.tensors) tensors", "at most that many")
      }
    case .parameter, .parameterWithState:
      guard arguments.count == (global == .parameter ? 3 : 4), case .tensor = arguments[0] else { throw wrong }
      stack.append(arguments[0])
    case .size:
      guard arguments.count == 1, heap.elements(arguments[0]) != nil else { throw wrong }
      stack.append(arguments[0])
    case .device: stack.append(.inert("a device"))
    case .encode: stack.append(.inert("a text in bytes"))
    case .parameterClass, .storage, .type:
      throw refused("a call of \(global.name), which is not allowed", "tensors and plain containers only")
    }
  }

  /// The items of an ordered dictionary: none, to be set later, or as Python 2 gives them, a list of pairs.
  ///
  /// A list made once can be named again and again: more copies than there were instructions are no file of Python's.
  private mutating func items(
    of arguments: [PickleValue], else wrong: Problem
  ) throws -> [(key: PickleValue, value: PickleValue)] {
    guard let first = arguments.first else { return [] }
    guard arguments.count == 1, let pairs = heap.elements(first) else { throw wrong }
    copied += pairs.count
    guard copied <= count else { throw refused("one list in many dictionaries", "a list for each") }
    return try pairs.map { pair in
      guard let pair = heap.elements(pair), pair.count == 2 else { throw wrong }
      return (pair[0], pair[1])
    }
  }

  /// `(storage, offset, size, stride)`; then in version 2 and 3 whether it has a gradient and its hooks; then in version 3 its type;
  /// then perhaps metadata, which no weight has need of.
  ///
  /// - Throws: `Problem` of kind *refused* for too many extents, before they are copied: one tuple can be those of many tensors.
  private func view(of arguments: [PickleValue], by global: Global) throws -> StorageView? {
    let counts =
      switch global {
      case .tensor: 4...4
      case .tensorOfVersion2: 6...7
      default: 7...8
      }
    guard counts.contains(arguments.count), case .storage(let storage) = arguments[0],
      let offset = arguments[1].integer, let extents = try integers(arguments[2]),
      let strides = try integers(arguments[3]),
      extents.count == strides.count
    else { return nil }
    var type: TorchType?
    if global == .tensorOfVersion3 {
      guard case .global(.type(let named)) = arguments[6] else { return nil }
      type = named
    }
    return StorageView(
      storage: storage, offset: offset, extents: extents, strides: strides, type: type, position: position)
  }

  private func integers(_ value: PickleValue) throws -> [Int]? {
    guard case .tuple(let place) = value else { return nil }
    guard heap.tuples[place].count <= Limits.rank else {
      throw refused("a tensor of \(heap.tuples[place].count) dimensions", "at most \(Limits.rank)")
    }
    let integers = heap.tuples[place].compactMap(\.integer)
    return integers.count == heap.tuples[place].count ? integers : nil
  }

  /// Sets the attributes of an object: only dictionaries have any (`_metadata`, the versions of a module), which are passed over.
  private mutating func build() throws {
    let state = try pop(1)[0]
    guard case .dictionary = try top(), case .dictionary = state else {
      throw damaged("BUILD with \(state.kind) on \(try top().kind)", "dictionaries")
    }
  }
}

// MARK: Problems

extension PickleMachine {
  private func problem(_ kind: Problem.Kind, _ found: String, _ expected: String, _ advice: String? = nil) -> Problem {
    Problem(kind, file: cursor.view.file, byte: position, found: found, expected: expected, advice: advice)
  }

  private func damaged(_ found: String, _ expected: String) -> Problem { problem(.damaged, found, expected) }

  private func refused(_ found: String, _ expected: String, _ advice: String? = nil) -> Problem {
    problem(.refused, found, expected, advice)
  }
}
