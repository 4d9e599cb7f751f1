// The kernels for what every processor of the architecture has: 4 lanes; 16 registers on x86-64, 32 on arm64.

#include "CKernels.h"
#include "Levels.h"
#include "Scratch.h"

#define KERNELS baseline_kernels
#define LANES 4
#define FEW_COLUMNS 8
#if defined(__aarch64__)
#define TILE_VECTORS 4
#define CONVERTS_HALVES 1
#else
#define TILE_VECTORS 2
#define CONVERTS_HALVES 0
#endif
#include "Kernels.h"
