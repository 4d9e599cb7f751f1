// The transposition of a matrix of four-byte words by AVX-512.
//
// Sixteen rows of sixteen words change places in registers, so that every cache line is read once and written once, whole. That
// is what counts: the lines of a column lie far apart, and in the output so far that few of them fit the cache side by side.

#include "CKTransposition.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SIDE 16

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)

/// Transposes a square: words, then pairs of them, then quarters of registers change places.
static inline __attribute__((always_inline)) void square(const uint8_t *input, size_t pitch, uint8_t *output,
                                                         size_t outputPitch) {
  __m512i rows[SIDE], words[SIDE], pairs[SIDE];
#pragma clang loop unroll(full)
  for (int row = 0; row < SIDE; row++) rows[row] = _mm512_loadu_si512(input + row * pitch);
#pragma clang loop unroll(full)
  for (int row = 0; row < SIDE; row += 2) {
    words[row] = _mm512_unpacklo_epi32(rows[row], rows[row + 1]);
    words[row + 1] = _mm512_unpackhi_epi32(rows[row], rows[row + 1]);
  }
  // Quarter q of pairs[4 g + c] is column 4 q + c of the rows 4 g … 4 g + 3.
#pragma clang loop unroll(full)
  for (int group = 0; group < SIDE; group += 4) {
    pairs[group] = _mm512_unpacklo_epi64(words[group], words[group + 2]);
    pairs[group + 1] = _mm512_unpackhi_epi64(words[group], words[group + 2]);
    pairs[group + 2] = _mm512_unpacklo_epi64(words[group + 1], words[group + 3]);
    pairs[group + 3] = _mm512_unpackhi_epi64(words[group + 1], words[group + 3]);
  }
#pragma clang loop unroll(full)
  for (int column = 0; column < 4; column++) {
    const __m512i evenUpper = _mm512_shuffle_i32x4(pairs[column], pairs[4 + column], 0x88);
    const __m512i evenLower = _mm512_shuffle_i32x4(pairs[8 + column], pairs[12 + column], 0x88);
    const __m512i oddUpper = _mm512_shuffle_i32x4(pairs[column], pairs[4 + column], 0xdd);
    const __m512i oddLower = _mm512_shuffle_i32x4(pairs[8 + column], pairs[12 + column], 0xdd);
    _mm512_storeu_si512(output + column * outputPitch, _mm512_shuffle_i32x4(evenUpper, evenLower, 0x88));
    _mm512_storeu_si512(output + (4 + column) * outputPitch, _mm512_shuffle_i32x4(oddUpper, oddLower, 0x88));
    _mm512_storeu_si512(output + (8 + column) * outputPitch, _mm512_shuffle_i32x4(evenUpper, evenLower, 0xdd));
    _mm512_storeu_si512(output + (12 + column) * outputPitch, _mm512_shuffle_i32x4(oddUpper, oddLower, 0xdd));
  }
}

static void transpose(const void *input, size_t pitch, size_t rows, size_t columns, void *output, size_t outputPitch) {
  for (size_t column = 0; column < columns; column += SIDE) {
    for (size_t row = 0; row < rows; row += SIDE) {
      square((const uint8_t *)input + row * pitch + column * sizeof(uint32_t), pitch,
             (uint8_t *)output + column * outputPitch + row * sizeof(uint32_t), outputPitch);
    }
  }
}

#pragma clang attribute pop

static const CKTransposition kernel = {.side = SIDE, .transpose = transpose};

const CKTransposition *ck_transposition(void) { return __builtin_cpu_supports("avx512f") ? &kernel : NULL; }

#else

const CKTransposition *ck_transposition(void) { return NULL; }

#endif
