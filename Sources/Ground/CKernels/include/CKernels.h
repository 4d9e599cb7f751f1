#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "CKChecksums.h"
#include "CKTransposition.h"

// Float32 kernels for inference, compiled once per instruction set and chosen at run time.
//
// Activations are feature-major: a matrix of F features and M columns (tokens) has row f at `base + f * stride`,
// so that one vector register holds one feature of several tokens. Weights stay as they lie in their file,
// [out, in] row-major, and are never copied as a whole: a product broadcasts single weights against vectors of tokens,
// or for a few tokens transposes blocks of weights in registers. Column operations (normalisation, softmax) need no
// horizontal sums.
//
// Contract for every activation matrix: rows may be read (and, except by `multiply`, written) up to the next
// multiple of CK_COLUMN_MULTIPLE columns, and the memory ends at least that many floats after the last row.

/// Columns of activations are padded to a multiple of this.
#define CK_COLUMN_MULTIPLE 16

/// The instruction sets that kernels exist for, from slowest to fastest.
typedef enum {
  /// What every machine of the architecture has: SSE2 on x86-64, NEON on arm64.
  CKLevelBaseline = 0,
  /// AVX2 with FMA (x86-64 only).
  CKLevelAVX2 = 1,
  /// AVX-512 F, BW, DQ and VL (x86-64 only).
  CKLevelAVX512 = 2,
} CKLevel;

/// How the elements of a weight are stored; loads never assume alignment.
typedef enum {
  CKElementFloat32 = 0,
  CKElementFloat16 = 1,
  CKElementBFloat16 = 2,
} CKElement;

/// Functions applied to every element on its own.
typedef enum {
  /// x Φ(x) = x (1 + erf(x / √2)) / 2.
  CKFunctionGELU = 0,
  /// x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2.
  CKFunctionGELUTanh = 1,
  /// max(x, 0).
  CKFunctionReLU = 2,
  /// tanh x.
  CKFunctionTanh = 3,
  /// x / (1 + exp(−x)).
  CKFunctionSwish = 4,
  /// exp x, which softmax is made of.
  CKFunctionExp = 5,
  /// erf x, which GELU is made of.
  CKFunctionErf = 6,
  /// 1 / (1 + exp(−x)).
  CKFunctionSigmoid = 7,
} CKFunction;

/// One product y[n, m] = scale · Σₖ w[n, k] · x[k, m] + bias[n].
///
/// Every element is summed in one order: over the depth in blocks of 384, in each from zero by fused operations
/// s = w · x + s; the first block gives y = s · scale + bias, each further one y = s · scale + y, fused too. No sum crosses
/// lanes. So an element is the same to the last bit in every product that has its row of weights, its column of
/// activations and its bias: alone or in company, in whichever place, among however many columns, for float16 and bfloat16 weights as for
/// the same numbers in float32, and by every instruction set that has fused operations (AVX2, AVX-512, NEON). The baseline of
/// x86-64, which has none, rounds each product, in the same order.
typedef struct {
  /// The broadcast operand; element (n, k) is at `n * rowStride + k * columnStride`, in elements.
  const void *weights;
  CKElement element;
  ptrdiff_t rowStride;
  /// Must be 1 unless the elements are float32.
  ptrdiff_t columnStride;
  /// [depth, columns], feature-major.
  const float *input;
  ptrdiff_t inputStride;
  /// [rows, columns], feature-major; exactly these columns are written.
  float *output;
  ptrdiff_t outputStride;
  /// [rows], or null for none.
  const float *bias;
  float scale;
  size_t rows;
  size_t depth;
  size_t columns;
} CKProduct;

/// The kernels of one instruction set.
typedef struct {
  /// Computes a product.
  void (*multiply)(const CKProduct *product);
  /// Applies a function to `count` elements in place.
  void (*apply)(CKFunction function, float *values, size_t count);
  /// Replaces x by layer normalisation over features of x + residual (residual may be null):
  /// (x − mean) / √(variance + epsilon) · gamma + beta, with the population variance; not centered, mean is taken for 0,
  /// and what stands below the root is the mean of the squares.
  void (*normalize)(float *values, const float *residual, ptrdiff_t stride, size_t features, size_t columns,
                    bool centered, const float *gamma, const float *beta, float epsilon);
  /// Replaces every column of x[rows, columns] by its softmax, over the rows that it sees only.
  ///
  /// Column q sees row k when visible[k] is not 0 and rowOrder[k] ≤ columnOrder[q]; `visible` may be null and both orders
  /// may be null, which hides nothing. Every column must see a row. `columnOrder` is readable up to the padded columns.
  void (*softmax)(float *values, ptrdiff_t stride, size_t rows, size_t columns,
                  const uint8_t *visible, const int32_t *rowOrder, const int32_t *columnOrder);
  /// Widens `count` elements to float32, exactly.
  void (*widen)(CKElement element, const void *source, float *destination, size_t count);
} CKKernels;

/// Returns the kernels of an instruction set, or null where this processor (or this build) has it not.
const CKKernels *ck_kernels(CKLevel level);

/// Returns how many processors this process may use.
int ck_processor_count(void);

/// Returns the fastest instruction set of this processor that kernels exist for, or a slower one that the environment asks
/// for: INGOT_KERNELS=baseline or avx2, to measure and to compare them.
CKLevel ck_best_level(void);

#endif
