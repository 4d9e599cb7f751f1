// The choice of an instruction set at run time.

#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "CKernels.h"
#include "Levels.h"

const CKKernels *ck_kernels(CKLevel level) {
  switch (level) {
    case CKLevelBaseline: return &baseline_kernels;
#if defined(__x86_64__)
    case CKLevelAVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
                 ? &avx2_kernels
                 : NULL;
    case CKLevelAVX512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")
                 ? &avx512_kernels
                 : NULL;
#else
    case CKLevelAVX2:
    case CKLevelAVX512: return NULL;
#endif
  }
  return NULL;
}

CKLevel ck_best_level(void) {
  const char *wanted = getenv("INGOT_KERNELS");
  if (wanted && strcmp(wanted, "baseline") == 0) return CKLevelBaseline;
  if (wanted && strcmp(wanted, "avx2") == 0 && ck_kernels(CKLevelAVX2)) return CKLevelAVX2;
  if (ck_kernels(CKLevelAVX512)) return CKLevelAVX512;
  if (ck_kernels(CKLevelAVX2)) return CKLevelAVX2;
  return CKLevelBaseline;
}

int ck_processor_count(void) {
#if defined(__linux__)
  cpu_set_t processors;
  if (sched_getaffinity(0, sizeof processors, &processors) == 0) return CPU_COUNT(&processors);
#endif
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int)count : 1;
}
