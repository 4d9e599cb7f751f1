// All kernels of one instruction set: included by a file that defines KERNELS, LANES (of a vector), TILE_VECTORS and
// FEW_COLUMNS (what the registers hold of sums) and CONVERTS_HALVES (whether an instruction widens float16).

#include "Vectors.h"
#include "Elements.h"
#include "Columns.h"
#include "Product.h"

const CKKernels KERNELS = {
  .multiply = multiply,
  .apply = apply,
  .normalize = normalize,
  .softmax = softmax,
  .widen = widen,
};
