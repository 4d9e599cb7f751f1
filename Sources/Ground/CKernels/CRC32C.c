// CRC-32C by the instruction that SSE4.2 has for it, three streams at a time.
//
// The instruction takes eight bytes and needs its own last result three cycles later; three streams of their own keep it busy.
// They are joined by moving the checksums of the first two past the bytes that follow them: a product of polynomials.

#include "CKChecksums.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("sse4.2,pclmul"))), apply_to = function)

/// Bytes of one stream.
#define STREAM 1024
/// What a checksum is multiplied by to be moved past n zero bytes, for one stream and for two: x^(8n − 33) modulo the
/// polynomial, in reversed bits. The other 33 come from the instruction, which multiplies by x^32 while it reduces the product, and
/// from the product, which in reversed bits is one short.
static const uint32_t pastOne = 0x170076fa;
static const uint32_t pastTwo = 0xa51b6135;

static inline uint64_t word(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static inline uint64_t product(uint64_t checksum, uint32_t factor) {
  const __m128i both = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)checksum), _mm_cvtsi32_si128((int)factor), 0);
  return (uint64_t)_mm_cvtsi128_si64(both);
}

static uint32_t crc32c(uint32_t checksum, const void *memory, size_t count) {
  const uint8_t *bytes = memory;
  uint64_t first = (uint32_t)~checksum;
  for (; count >= 3 * STREAM; bytes += 3 * STREAM, count -= 3 * STREAM) {
    uint64_t second = 0, third = 0;
    for (size_t offset = 0; offset < STREAM; offset += 8) {
      first = _mm_crc32_u64(first, word(bytes + offset));
      second = _mm_crc32_u64(second, word(bytes + STREAM + offset));
      third = _mm_crc32_u64(third, word(bytes + 2 * STREAM + offset));
    }
    first = _mm_crc32_u64(0, product(first, pastTwo) ^ product(second, pastOne)) ^ third;
  }
  for (; count >= 8; bytes += 8, count -= 8) first = _mm_crc32_u64(first, word(bytes));
  for (; count > 0; bytes++, count--) first = _mm_crc32_u8((uint32_t)first, *bytes);
  return ~(uint32_t)first;
}

#pragma clang attribute pop

CKCRC32C ck_crc32c(void) {
  return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") ? crc32c : NULL;
}

#else

CKCRC32C ck_crc32c(void) { return NULL; }

#endif
