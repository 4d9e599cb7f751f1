// All kernels of one instruction set: included by a file that defines KERNELS, LANES and TILE_VECTORS.

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
