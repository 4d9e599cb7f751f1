import CZlib

/// Why a zlib stream does not inflate.
enum DeflateFailure: Error {
  /// The stream holds more than may come out of it.
  case tooLong(limit: Int)
  /// The stream does not end within the bytes.
  case unfinished
  /// Bytes follow the stream.
  case trailing(Int)
  /// The stream contradicts itself.
  case broken

  /// The failure as a noun phrase.
  var description: String {
    switch self {
    case .tooLong(let limit): "a zlib stream of more than \(limit) bytes"
    case .unfinished: "a zlib stream that does not end"
    case .trailing(let count): "\(count) bytes behind a zlib stream"
    case .broken: "a broken zlib stream"
    }
  }
}

/// Inflates one whole zlib stream to at most `limit` bytes (filter 1; RFC 1950).
func inflated(_ bytes: [UInt8], limit: Int) -> Result<[UInt8], DeflateFailure> {
  guard var inputCount = UInt32(exactly: bytes.count), let outputCount = UInt32(exactly: limit + 1) else {
    return .failure(.tooLong(limit: Int(UInt32.max)))
  }
  var status = Z_OK
  let output = [UInt8](unsafeUninitializedCapacity: limit + 1) { output, count in
    bytes.withUnsafeBufferPointer { input in
      var stream = z_stream()
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = inputCount
      stream.next_out = output.baseAddress
      stream.avail_out = outputCount
      status = inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard status == Z_OK else { return }
      status = inflate(&stream, Z_FINISH)
      inputCount = stream.avail_in
      count = Int(outputCount - stream.avail_out)
      inflateEnd(&stream)
    }
  }
  if output.count > limit { return .failure(.tooLong(limit: limit)) }
  switch status {
  case Z_STREAM_END: return inputCount == 0 ? .success(output) : .failure(.trailing(Int(inputCount)))
  case Z_BUF_ERROR, Z_OK: return .failure(.unfinished)
  default: return .failure(.broken)
  }
}
