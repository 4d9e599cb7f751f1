import Bytes

// MARK: Numbers and texts

extension PickleMachine {
  mutating func longInteger(_ size: Int) throws {
    let bytes = try cursor.bytes(size, "an integer").array()
    guard size <= 8 else { return stack.append(.inert("an integer of \(size) bytes")) }
    let sign: UInt64 = (bytes.last ?? 0) >= 0x80 ? .max : 0
    let bits = bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }
    stack.append(.integer(Int(Int64(bitPattern: bits))))
  }

  mutating func text(_ size: Int) throws -> String {
    guard size <= Limits.textBytes else { throw refused("a text of \(size) bytes", "at most \(Limits.textBytes)") }
    guard let text = String(validating: try cursor.bytes(size, "a text").array(), as: UTF8.self) else {
      throw damaged("a text that is not UTF-8", "text in UTF-8")
    }
    return text
  }

  /// The texts of Python 2, which has no others; what is no UTF-8 is of no use here.
  mutating func byteText(_ size: Int) throws {
    guard size <= Limits.textBytes else { throw refused("a text of \(size) bytes", "at most \(Limits.textBytes)") }
    let text = String(validating: try cursor.bytes(size, "a text").array(), as: UTF8.self)
    stack.append(text.map(PickleValue.text) ?? .inert("a text in bytes"))
  }

  /// Passes over bytes that are no text, which stand beside weights and are of no use here.
  mutating func skipBytes(_ size: UInt64) throws {
    _ = try cursor.bytes(Int(clamping: size), "bytes")
    stack.append(.inert("\(size) bytes"))
  }

  /// Takes a line of text, such as the names of a GLOBAL.
  mutating func line() throws -> String {
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
  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw damaged("\(stack.count - (marks.last ?? 0)) values on the stack", "\(count)")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("no mark on the stack", "one") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  /// The value on top of the stack, above the last mark.
  func top() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw damaged("0 values on the stack", "1") }
    return value
  }

  mutating func pushTuple(_ elements: [PickleValue]) {
    stack.append(.tuple(heap.tuples.count))
    heap.tuples.append(elements)
  }

  mutating func pushDictionary(_ items: [(key: PickleValue, value: PickleValue)]) {
    stack.append(.dictionary(heap.dictionaries.count))
    heap.dictionaries.append(items)
  }

  mutating func append(_ elements: [PickleValue]) throws {
    guard case .list(let place) = try top() else { throw damaged("elements for \(try top().kind)", "a list") }
    heap.lists[place] += elements
  }

  mutating func setItems(_ flat: [PickleValue]) throws {
    guard case .dictionary(let place) = try top() else { throw damaged("items for \(try top().kind)", "a dictionary") }
    guard flat.count.isMultiple(of: 2) else { throw damaged("a key without a value", "pairs") }
    for index in stride(from: 0, to: flat.count, by: 2) {
      heap.dictionaries[place].append((flat[index], flat[index + 1]))
    }
  }

  mutating func remember(_ place: UInt32) throws {
    memo[place] = try top()
    guard memo.count <= Limits.memo else {
      throw refused("more than \(Limits.memo) remembered values", "at most that many")
    }
  }

  mutating func recall(_ place: UInt32) throws {
    guard let value = memo[place] else { throw damaged("nothing remembered under \(place)", "a value") }
    stack.append(value)
  }
}
