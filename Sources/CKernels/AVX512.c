// The kernels for AVX-512: 16 lanes, 32 registers.

#include "CKernels.h"
#include "Levels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)
#define LEVEL(name) avx512_##name
#define LANES 16
#define TILE_VECTORS 4
#include "Kernels.h"
#pragma clang attribute pop
#endif
