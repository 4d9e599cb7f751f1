// The table of kernels that each instruction set's file defines.

#include "CKernels.h"

extern const CKKernels baseline_kernels;
#if defined(__x86_64__)
extern const CKKernels avx2_kernels;
extern const CKKernels avx512_kernels;
#endif
