#ifndef CKTRANSPOSITION_H
#define CKTRANSPOSITION_H

#include <stddef.h>
#include <stdint.h>

/// The transposition of a matrix of four-byte words by instructions that only some processors have.
typedef struct {
  /// What the numbers of rows and columns are multiples of.
  size_t side;
  /// Transposes rows that lie `pitch` bytes apart; those of the output lie `outputPitch` bytes apart.
  void (*transpose)(const void *input, size_t pitch, size_t rows, size_t columns, void *output, size_t outputPitch);
} CKTransposition;

/// Returns the function of this processor, or null where it (or this build) has none.
const CKTransposition *ck_transposition(void);

#endif
