import CKernels
import Crypto

/// A SHA-256 digest in the making, of bytes that come in pieces.
///
/// Two digests may take their pieces together, which costs little more than one alone where the processor has SHA instructions
/// (`SHA256.c`). Where it has none, both are left to the Crypto library.
struct RunningDigest {
  private enum State {
    /// The eight words, and the bytes behind the last whole block.
    case words([UInt32], rest: [UInt8], byteCount: Int)
    case library(SHA256)
  }

  private static let blockByteCount = 64
  private static let instructions = ck_sha256()?.pointee

  private var state: State

  /// Starts with no bytes.
  ///
  /// - Parameter usesInstructions: False leaves the work to the library in any case.
  init(usesInstructions: Bool = true) {
    state =
      usesInstructions && Self.instructions != nil
      ? .words(Self.initialWords, rest: [], byteCount: 0) : .library(SHA256())
  }

  /// Takes in further bytes.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .library(var hash):
      state = .library(SHA256())  // Nobody else holds the hash, so that it need not be copied.
      hash.update(bufferPointer: bytes)
      state = .library(hash)
    case .words(var words, var rest, let byteCount):
      state = .words([], rest: [], byteCount: 0)
      var bytes = bytes
      let total = byteCount + bytes.count
      if !rest.isEmpty {
        let missing = min(Self.blockByteCount - rest.count, bytes.count)
        rest += bytes.prefix(missing)
        bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(missing))
        if rest.count == Self.blockByteCount {
          rest.withUnsafeBytes { Self.take($0, into: &words) }
          rest = []
        }
      }
      Self.take(bytes, into: &words)
      rest += bytes.suffix(bytes.count % Self.blockByteCount)
      state = .words(words, rest: rest, byteCount: total)
    }
  }

  /// Lets each of two digests take in bytes of its own.
  static func update(
    _ first: inout RunningDigest, _ firstBytes: UnsafeRawBufferPointer,
    _ second: inout RunningDigest, _ secondBytes: UnsafeRawBufferPointer
  ) {
    var common = 0
    if case .words(var firstWords, let firstRest, let firstCount) = first.state, firstRest.isEmpty,
      case .words(var secondWords, let secondRest, let secondCount) = second.state, secondRest.isEmpty
    {
      let blocks = min(firstBytes.count, secondBytes.count) / blockByteCount
      common = blocks * blockByteCount
      if blocks > 0 {
        instructions!.two(&firstWords, firstBytes.baseAddress!, &secondWords, secondBytes.baseAddress!, blocks)
      }
      first.state = .words(firstWords, rest: [], byteCount: firstCount + common)
      second.state = .words(secondWords, rest: [], byteCount: secondCount + common)
    }
    first.update(UnsafeRawBufferPointer(rebasing: firstBytes.dropFirst(common)))
    second.update(UnsafeRawBufferPointer(rebasing: secondBytes.dropFirst(common)))
  }

  /// The digest of everything taken in so far.
  var digest: Digest {
    switch state {
    case .library(let hash):
      return Digest(hash.finalize())
    case .words(var words, var rest, let byteCount):
      // FIPS 180-4, section 5.1.1: a one, zeros up to a whole block, and the number of bits.
      rest.append(0x80)
      rest += repeatElement(0, count: (2 * Self.blockByteCount - 8 - rest.count) % Self.blockByteCount)
      withUnsafeBytes(of: UInt64(byteCount * 8).bigEndian) { rest += $0 }
      rest.withUnsafeBytes { Self.take($0, into: &words) }
      return Digest(words: words)
    }
  }

  /// Takes the whole blocks of some bytes.
  private static func take(_ bytes: UnsafeRawBufferPointer, into words: inout [UInt32]) {
    let blocks = bytes.count / blockByteCount
    if blocks > 0 { instructions!.one(&words, bytes.baseAddress!, blocks) }
  }

  /// FIPS 180-4, section 5.3.3.
  private static let initialWords: [UInt32] = [
    0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19,
  ]
}
