// The kernels for AVX2 with FMA: 8 lanes, 16 registers.

#include "CKernels.h"
#include "Levels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define KERNELS avx2_kernels
#define LANES 8
#define TILE_VECTORS 2
#include "Kernels.h"
#pragma clang attribute pop
#endif
