// The kernels for what every processor of the architecture has: 4 lanes; 16 registers on x86-64, 32 on arm64.

#include "CKernels.h"
#include "Levels.h"

#define KERNELS baseline_kernels
#define LANES 4
#if defined(__aarch64__)
#define TILE_VECTORS 4
#else
#define TILE_VECTORS 2
#endif
#include "Kernels.h"
