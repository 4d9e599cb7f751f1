import CKernels

/// A SHA-256 digest in the making, of bytes that come in pieces (FIPS 180-4).
///
/// Two digests may take their pieces together, which costs little more than one alone where the processor has SHA instructions
/// (`SHA256.c`).
package struct RunningDigest: Sendable {
  private static let blockByteCount = 64

  private let kernels: CKSHA256
  private var words: [UInt32] = initialWords
  /// The bytes behind the last whole block.
  private var rest: [UInt8] = []
  private var byteCount = 0

  /// Starts with no bytes.
  package init() { self.init(kernels: ck_sha256().pointee) }

  /// Starts with no bytes, which functions of the caller's choice will take.
  init(kernels: CKSHA256) { self.kernels = kernels }

  /// Takes in further bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var bytes = bytes
    byteCount += bytes.count
    if !rest.isEmpty {
      let missing = min(Self.blockByteCount - rest.count, bytes.count)
      rest += bytes.prefix(missing)
      bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(missing))
      guard rest.count == Self.blockByteCount else { return }
      take(rest)
      rest = []
    }
    takeBlocks(of: bytes)
    rest += bytes.suffix(bytes.count % Self.blockByteCount)
  }

  /// Lets each of two digests take in bytes of its own.
  package static func update(
    _ first: inout RunningDigest, _ firstBytes: UnsafeRawBufferPointer,
    _ second: inout RunningDigest, _ secondBytes: UnsafeRawBufferPointer
  ) {
    var common = 0
    if first.rest.isEmpty, second.rest.isEmpty {
      let blocks = min(firstBytes.count, secondBytes.count) / blockByteCount
      common = blocks * blockByteCount
      if blocks > 0 {
        first.kernels.two(&first.words, firstBytes.baseAddress!, &second.words, secondBytes.baseAddress!, blocks)
      }
      first.byteCount += common
      second.byteCount += common
    }
    first.update(UnsafeRawBufferPointer(rebasing: firstBytes.dropFirst(common)))
    second.update(UnsafeRawBufferPointer(rebasing: secondBytes.dropFirst(common)))
  }

  /// The digest of everything taken in so far.
  package var digest: Digest {
    var last = self
    // FIPS 180-4, section 5.1.1: a one, zeros up to a whole block, and the number of bits.
    var padded = rest + [0x80]
    padded += repeatElement(0, count: (2 * Self.blockByteCount - 8 - padded.count) % Self.blockByteCount)
    withUnsafeBytes(of: UInt64(byteCount * 8).bigEndian) { padded += $0 }
    last.take(padded)
    return Digest(words: last.words)
  }

  private mutating func take(_ bytes: [UInt8]) { bytes.withUnsafeBytes { takeBlocks(of: $0) } }

  /// Takes the whole blocks of some bytes.
  private mutating func takeBlocks(of bytes: UnsafeRawBufferPointer) {
    let blocks = bytes.count / Self.blockByteCount
    if blocks > 0 { kernels.one(&words, bytes.baseAddress!, blocks) }
  }

  /// FIPS 180-4, section 5.3.3.
  private static let initialWords: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
}
