// The kernels for AVX2 with FMA: 8 lanes, 16 registers.

#include "CKernels.h"
#include "Levels.h"
#include "Scratch.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define KERNELS avx2_kernels
#define LANES 8
#define TILE_VECTORS 2
#define FEW_COLUMNS 8
#define CONVERTS_HALVES 1
#include "Kernels.h"
#pragma clang attribute pop
#endif
