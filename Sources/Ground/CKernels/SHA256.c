// SHA-256 in portable C, and by the SHA instructions of x86-64, one stream or two at a time.
//
// Every pair of rounds needs the result of the pair before it, so that one stream leaves most of the processor idle (four
// cycles of latency for each instruction of two rounds). A second stream of other data fills the gaps.

#include "CKChecksums.h"

/// FIPS 180-4, section 4.2.2.
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

/// One block, as FIPS 180-4, section 6.2.2, has it.
static void takeBlock(uint32_t *state, const uint8_t *bytes) {
  uint32_t schedule[64];
  for (int t = 0; t < 16; t++)
    schedule[t] = (uint32_t)bytes[4 * t] << 24 | (uint32_t)bytes[4 * t + 1] << 16 | (uint32_t)bytes[4 * t + 2] << 8 |
                  bytes[4 * t + 3];
  for (int t = 16; t < 64; t++) {
    const uint32_t early = schedule[t - 15], late = schedule[t - 2];
    schedule[t] = schedule[t - 16] + (rotated(early, 7) ^ rotated(early, 18) ^ early >> 3) + schedule[t - 7] +
                  (rotated(late, 17) ^ rotated(late, 19) ^ late >> 10);
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t++) {
    const uint32_t first =
        h + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) + ((e & f) ^ (~e & g)) + constants[t] + schedule[t];
    const uint32_t second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first;
    d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void portableOne(uint32_t *state, const void *bytes, size_t blocks) {
  for (size_t block = 0; block < blocks; block++) takeBlock(state, (const uint8_t *)bytes + 64 * block);
}

static void portableTwo(
    uint32_t *first, const void *firstBytes, uint32_t *second, const void *secondBytes, size_t blocks) {
  portableOne(first, firstBytes, blocks);
  portableOne(second, secondBytes, blocks);
}

static const CKSHA256 portable = {.one = portableOne, .two = portableTwo};

const CKSHA256 *ck_sha256_portable(void) { return &portable; }

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("sha,sse4.1"))), apply_to = function)

/// A state in the order that the instructions want: the words a b e f, and c d g h, each from the highest lane down.
typedef struct {
  __m128i abef;
  __m128i cdgh;
} State;

static inline State load(const uint32_t *words) {
  const __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)words), 0xB1);
  const __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(words + 4)), 0x1B);
  return (State){_mm_alignr_epi8(low, high, 8), _mm_blend_epi16(high, low, 0xF0)};
}

static inline void store(State state, uint32_t *words) {
  const __m128i low = _mm_shuffle_epi32(state.abef, 0x1B);
  const __m128i high = _mm_shuffle_epi32(state.cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)words, _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128((__m128i *)(words + 4), _mm_alignr_epi8(high, low, 8));
}

/// Four rounds of one stream; `schedule` holds the last sixteen words of the message schedule, four to an element.
static inline void fourRounds(State *state, __m128i schedule[4], int round) {
  const __m128i words = schedule[round & 3];
  const __m128i sum = _mm_add_epi32(words, _mm_loadu_si128((const __m128i *)(constants + 4 * round)));
  state->cdgh = _mm_sha256rnds2_epu32(state->cdgh, state->abef, sum);
  state->abef = _mm_sha256rnds2_epu32(state->abef, state->cdgh, _mm_shuffle_epi32(sum, 0x0E));
  if (round >= 12) return;
  const __m128i last = schedule[(round + 3) & 3];
  const __m128i middle = _mm_alignr_epi8(last, schedule[(round + 2) & 3], 4);
  const __m128i partial = _mm_add_epi32(_mm_sha256msg1_epu32(words, schedule[(round + 1) & 3]), middle);
  schedule[round & 3] = _mm_sha256msg2_epu32(partial, last);
}

/// Takes blocks into `streams` states; called with a constant, so that everything stays in registers.
static inline __attribute__((always_inline)) void take(
    uint32_t *const words[], const uint8_t *const bytes[], size_t blocks, const int streams) {
  const __m128i bigEndian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  State states[2];
#pragma clang loop unroll(full)
  for (int stream = 0; stream < streams; stream++) states[stream] = load(words[stream]);
  for (size_t block = 0; block < blocks; block++) {
    __m128i schedules[2][4];
    State before[2];
#pragma clang loop unroll(full)
    for (int stream = 0; stream < streams; stream++) {
      before[stream] = states[stream];
#pragma clang loop unroll(full)
      for (int four = 0; four < 4; four++) {
        const __m128i *input = (const __m128i *)(bytes[stream] + 64 * block) + four;
        schedules[stream][four] = _mm_shuffle_epi8(_mm_loadu_si128(input), bigEndian);
      }
    }
#pragma clang loop unroll(full)
    for (int round = 0; round < 16; round++)
#pragma clang loop unroll(full)
      for (int stream = 0; stream < streams; stream++) fourRounds(&states[stream], schedules[stream], round);
#pragma clang loop unroll(full)
    for (int stream = 0; stream < streams; stream++) {
      states[stream].abef = _mm_add_epi32(states[stream].abef, before[stream].abef);
      states[stream].cdgh = _mm_add_epi32(states[stream].cdgh, before[stream].cdgh);
    }
  }
#pragma clang loop unroll(full)
  for (int stream = 0; stream < streams; stream++) store(states[stream], words[stream]);
}

static void one(uint32_t *state, const void *bytes, size_t blocks) {
  take(&state, (const uint8_t *const[]){bytes}, blocks, 1);
}

static void two(uint32_t *first, const void *firstBytes, uint32_t *second, const void *secondBytes, size_t blocks) {
  take((uint32_t *const[]){first, second}, (const uint8_t *const[]){firstBytes, secondBytes}, blocks, 2);
}

#pragma clang attribute pop

static const CKSHA256 instructions = {.one = one, .two = two};

const CKSHA256 *ck_sha256(void) {
  return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1") ? &instructions : &portable;
}

#else

const CKSHA256 *ck_sha256(void) { return &portable; }

#endif
