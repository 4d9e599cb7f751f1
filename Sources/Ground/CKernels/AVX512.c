// The kernels for AVX-512: 16 lanes, 32 registers.

#include "CKernels.h"
#include "Levels.h"
#include "Scratch.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,f16c"))), apply_to = function)
#define KERNELS avx512_kernels
#define LANES 16
#define TILE_VECTORS 4
#define FEW_COLUMNS 12
#define CONVERTS_HALVES 1
#include "Kernels.h"
#pragma clang attribute pop
#endif
