/// The generator behind `numpy.random.seed`: MT19937 (Matsumoto and Nishimura 1998), with the seeds and the doubles of NumPy.
///
/// A seed gives here what it gives there (NumPy 1.26.4, `mt19937.c`: `mt19937_seed`, `mt19937_gen`; `mt19937.h`: `mt19937_next_double`).
public struct MersenneTwister: Sendable {
  private static let (size, shift) = (624, 397)
  private var state: [UInt32]
  private var position = MersenneTwister.size

  /// Begins where `numpy.random.seed(seed)` begins.
  public init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(Self.size)
    for index in 1..<Self.size {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
  }

  /// Returns the next 32 random bits.
  public mutating func next() -> UInt32 {
    if position == Self.size { renew() }
    var bits = state[position]
    position += 1
    bits ^= bits >> 11
    bits ^= (bits << 7) & 0x9d2c_5680
    bits ^= (bits << 15) & 0xefc6_0000
    return bits ^ (bits >> 18)
  }

  /// Returns a number of at least 0 and below 1, a multiple of 2⁻⁵³: `numpy.random.random_sample()`.
  public mutating func uniform() -> Double {
    let (high, low) = (next() >> 5, next() >> 6)
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  private mutating func renew() {
    for index in 0..<Self.size {
      let joined = (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7fff_ffff)
      let mixed = (joined >> 1) ^ (joined & 1 == 0 ? 0 : 0x9908_b0df)
      state[index] = state[(index + Self.shift) % Self.size] ^ mixed
    }
    position = 0
  }
}
