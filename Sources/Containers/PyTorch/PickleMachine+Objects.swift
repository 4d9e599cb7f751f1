import Bytes

// MARK: Names, storages and what is made of them

extension PickleMachine {
  /// Takes a module and a name that were put on the stack as texts (protocol 4).
  mutating func pushGlobalOfStack() throws {
    let parts = try pop(2)
    guard let module = parts[0].text, let name = parts[1].text else {
      throw damaged("a name out of \(parts[0].kind) and \(parts[1].kind)", "two texts, module and name")
    }
    guard max(module.utf8.count, name.utf8.count) <= Limits.nameBytes else {
      throw refused("a name of more than \(Limits.nameBytes) bytes", "at most that many")
    }
    try pushGlobal(module: module, name: name)
  }

  mutating func pushGlobal(module: String, name: String) throws {
    if let global = Global(module: module, name: name) { return stack.append(.global(global)) }
    // A pickled object begins with its class; one in the stream form, with "module" and the class.
    let isWholeModel = stack.isEmpty || (stack.count == 1 && stack[0].text == "module")
    if isWholeModel, name.first?.isUppercase == true {
      throw refused(
        "a whole Python object, of the class \(module).\(name)", "a dictionary of tensors",
        "In a program that has this class, load it and save its weights alone: "
          + "torch.save(model.state_dict(), \"weights.pt\")")
    }
    if let other = OtherTensors(module: module, name: name) {
      throw problem(
        .unsupported, "\(other.rawValue) tensors (\(name))", "tensors that hold each of their numbers", other.advice)
    }
    throw refused(
      "GLOBAL \(module).\(name), which is not allowed", "tensors and plain containers only",
      "Reading it could run any program hidden in it; where you trust the file, load it in PyTorch and save the weights "
        + "alone: torch.save(model.state_dict(), \"weights.pt\")")
  }

  /// Takes `('storage', type, key, location, count)`, to which the stream form adds what a view of another storage would be.
  mutating func pushStorage() throws {
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

  mutating func reduce() throws {
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
  mutating func build() throws {
    let state = try pop(1)[0]
    guard case .dictionary = try top(), case .dictionary = state else {
      throw damaged("BUILD with \(state.kind) on \(try top().kind)", "dictionaries")
    }
  }
}
