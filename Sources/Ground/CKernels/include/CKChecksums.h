#ifndef CKCHECKSUMS_H
#define CKCHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

// Checksums, by instructions of the processor where it has them.

/// SHA-256 (FIPS 180-4): takes whole blocks of 64 bytes into states of eight words.
typedef struct {
  /// Takes blocks into one state.
  void (*one)(uint32_t *state, const void *bytes, size_t blocks);
  /// Takes as many blocks into each of two states, in little more time than into one.
  void (*two)(uint32_t *first, const void *firstBytes, uint32_t *second, const void *secondBytes, size_t blocks);
} CKSHA256;

/// Returns the fastest functions of this processor.
const CKSHA256 *ck_sha256(void);

/// Returns the functions in portable C, which run on every processor.
const CKSHA256 *ck_sha256_portable(void);

/// CRC-32C (RFC 3720, appendix B.4): returns the checksum of what `checksum` is of, followed by `count` bytes.
typedef uint32_t (*CKCRC32C)(uint32_t checksum, const void *bytes, size_t count);

/// Returns the function of this processor, or null where it (or this build) has no instruction for it.
CKCRC32C ck_crc32c(void);

#endif
