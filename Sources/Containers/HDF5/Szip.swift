/// The parameters of the szip filter (filter 4): adaptive entropy coding of CCSDS 121.0-B-2, lossless.
///
/// Sources: CCSDS 121.0-B-2, "Lossless Data Compression", 3 and 4; `H5Zszip.c` of libhdf5 1.10; `sz_compat.c` and `decode.c` of libaec
/// 1.0.6, by which libhdf5 undoes it and which gives what lay in memory where a stream ends early.
struct Szip {
  private let hasReferences: Bool
  private let isBigEndian: Bool
  /// How many samples a block has.
  private let block: Int
  /// How many bits a number has.
  private let pixelWidth: Int
  /// How many numbers a line has, after which the prediction begins anew.
  private let line: Int

  /// Numbers of four and eight bytes are coded byte by byte: all first bytes, then all second ones and so on.
  private var isInterleaved: Bool { pixelWidth == 32 || pixelWidth == 64 }
  private var width: Int { isInterleaved ? 8 : pixelWidth }
  private var sampleSize: Int { width > 16 ? 4 : width > 8 ? 2 : 1 }

  /// Takes the parameters that libhdf5 writes: options, numbers of a block, bits of a number, numbers of a line.
  init(_ parameters: [UInt32]) throws(FilterDamage) {
    func damage(_ found: String, _ expected: String) -> FilterDamage {
      FilterDamage(found: "\(found) of the filter szip", expected: expected)
    }
    guard parameters.count >= 4 else { throw damage("\(parameters.count) parameters", "4") }
    hasReferences = parameters[0] & 32 != 0
    isBigEndian = parameters[0] & 16 != 0
    (block, pixelWidth, line) = (Int(parameters[1]), Int(parameters[2]), Int(parameters[3]))
    guard [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32].contains(block) else {
      throw damage("blocks of \(block) numbers", "an even number up to 32")
    }
    guard (1...24).contains(pixelWidth) || isWide(parameters[2]) else {
      throw damage("numbers of \(pixelWidth) bits", "1 to 24, 32 or 64")
    }
    guard (1...4_096).contains(line) else { throw damage("lines of \(line) numbers", "1 to 4096") }
    func isWide(_ width: UInt32) -> Bool { width == 32 || width == 64 }
  }

  /// Makes the bytes of a chunk out of what is stored: their count in four bytes, then the coded blocks.
  ///
  /// - Parameter limit: How many bytes may come out of it.
  func expand(_ bytes: [UInt8], limit: Int) throws(FilterDamage) -> [UInt8] {
    guard bytes.count >= 4 else {
      throw FilterDamage(found: "an szip chunk of \(bytes.count) bytes", expected: "at least 4 bytes")
    }
    let total = (0..<4).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let unit = isInterleaved ? pixelWidth / 8 : sampleSize
    guard total <= limit, total.isMultiple(of: unit) else {
      throw FilterDamage(found: "an szip chunk of \(total) bytes", expected: "at most \(limit), in numbers of \(unit)")
    }
    var coded = CodedBits(bytes, from: 4)
    var result = [UInt8](repeating: 0, count: total)
    let samples = total / sampleSize
    let padded = (line + block - 1) / block * block
    var done = 0
    while done < samples {
      // What fills up the last block of a line is no sample.
      let wanted = min(line, samples - done)
      for (index, value) in try decodeLine(padded, needing: wanted, from: &coded).prefix(wanted).enumerated() {
        put(value, at: done + index, of: samples, in: &result)
      }
      done += wanted
    }
    return result
  }

  private func put(_ value: UInt32, at sample: Int, of samples: Int, in result: inout [UInt8]) {
    if isInterleaved {
      let count = pixelWidth / 8
      let (plane, number) = sample.quotientAndRemainder(dividingBy: samples / count)
      result[number * count + plane] = UInt8(truncatingIfNeeded: value)
    } else {
      result.put(UInt64(value), at: sample * sampleSize, size: sampleSize, isBigEndian: isBigEndian)
    }
  }

  /// Decodes the blocks of one line as far as its samples are needed.
  private func decodeLine(_ padded: Int, needing wanted: Int, from coded: inout CodedBits) throws(FilterDamage)
    -> [UInt32]
  {
    var samples: [UInt32] = []
    while samples.count < wanted {
      let isFirst = samples.isEmpty && hasReferences
      let identifierWidth = width > 16 ? 5 : width > 8 ? 4 : 3
      let identifier = Int(try coded.next(identifierWidth))
      if identifier == 1 << identifierWidth - 1 {
        for _ in 0..<block { samples.append(UInt32(try coded.next(width))) }
        continue
      }
      let isExtension = identifier == 0 ? try coded.next(1) == 1 : false
      if isFirst { samples.append(UInt32(try coded.next(width))) }
      let left = block - (isFirst ? 1 : 0)
      if identifier > 0 {
        try split(by: identifier - 1, left, from: &coded, into: &samples)
      } else if isExtension {
        try pairs(block, isFirst: isFirst, from: &coded, into: &samples)
      } else {
        let blocks = try zeroBlocks(at: samples.count / block, of: padded / block, from: &coded)
        let count = blocks * block - (isFirst ? 1 : 0)
        guard count <= padded - samples.count else {
          throw FilterDamage(found: "\(blocks) blocks of zeros in an szip line", expected: "no more than it has left")
        }
        samples += [UInt32](repeating: 0, count: count)
      }
    }
    return hasReferences ? predicted(samples) : samples
  }

  /// The numbers of a block, of which the upper bits come first, each as a run of zeros, and then the lower ones.
  private func split(
    by low: Int, _ count: Int, from coded: inout CodedBits, into samples: inout [UInt32]
  ) throws(FilterDamage) {
    let start = samples.count
    for _ in 0..<count {
      let (upper, overflow) = UInt64(try coded.run()).multipliedReportingOverflow(by: 1 << UInt64(low))
      guard !overflow, upper <= UInt64(UInt32.max) else {
        throw FilterDamage(found: "a number beyond 32 bits in an szip chunk", expected: "numbers of \(width) bits")
      }
      samples.append(UInt32(upper))
    }
    guard low > 0 else { return }
    for index in start..<samples.count { samples[index] |= UInt32(try coded.next(low)) }
  }

  /// The numbers of a block two by two, in the second extension: a pair (a, b) is (a + b)(a + b + 1) / 2 + b.
  private func pairs(
    _ count: Int, isFirst: Bool, from coded: inout CodedBits, into samples: inout [UInt32]
  ) throws(FilterDamage) {
    var index = isFirst ? 1 : 0
    while index < count {
      let code = try coded.run()
      guard code <= 90 else {
        throw FilterDamage(found: "the pair \(code) in an szip chunk", expected: "at most 90")
      }
      var sum = 0
      while (sum + 1) * (sum + 2) / 2 <= code { sum += 1 }
      let second = code - sum * (sum + 1) / 2
      if index.isMultiple(of: 2) {
        samples.append(UInt32(sum - second))
        index += 1
      }
      samples.append(UInt32(second))
      index += 1
    }
  }

  /// How many blocks of nothing but zeros follow; the fifth code stands for the rest of a segment of 64 blocks, or of the line.
  private func zeroBlocks(at position: Int, of blocks: Int, from coded: inout CodedBits) throws(FilterDamage) -> Int {
    let code = try coded.run() + 1
    if code == 5 { return min(blocks - position, 64 - position % 64) }
    return code > 5 ? code - 1 : code
  }

  /// Undoes the prediction of each sample by the one before it (CCSDS 121.0-B-2, 4.2 and 4.3).
  private func predicted(_ samples: [UInt32]) -> [UInt32] {
    let highest: Int64 = 1 << Int64(width) - 1
    let middle = highest / 2 + 1
    var result = samples
    var value = Int64(samples.first ?? 0)
    for index in result.indices.dropFirst() {
      let difference = Int64(samples[index])
      let half = (difference + 1) >> 1
      if half <= (value < middle ? value : highest - value) {
        value += difference & 1 == 1 ? -half : half
      } else {
        value = value < middle ? difference : highest - difference
      }
      result[index] = UInt32(truncatingIfNeeded: value)
      value = Int64(result[index])
    }
    return result
  }
}

/// Bits that are taken one behind the other, as long as there are any.
private struct CodedBits {
  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    position = 8 * start
  }

  private var isAtEnd: Bool { position >= 8 * bytes.count }

  private func ended() -> FilterDamage {
    FilterDamage(found: "an szip chunk that ends early", expected: "as many numbers as it says")
  }

  private mutating func bit() throws(FilterDamage) -> UInt64 {
    guard !isAtEnd else { throw ended() }
    defer { position += 1 }
    return UInt64(bytes[position / 8]) >> UInt64(7 - position % 8) & 1
  }

  /// Takes a number of a width.
  mutating func next(_ width: Int) throws(FilterDamage) -> UInt64 {
    guard width <= 8 * bytes.count - position else { throw ended() }
    var value: UInt64 = 0
    for _ in 0..<width { value = value << 1 | (try bit()) }
    return value
  }

  /// Counts zeros up to the next one.
  mutating func run() throws(FilterDamage) -> Int {
    var count = 0
    while try bit() == 0 { count += 1 }
    return count
  }
}
