// All kernels of one instruction set: included by a file that defines LEVEL(name), LANES and TILE_VECTORS.

#include "Vectors.h"
#include "Elements.h"
#include "Columns.h"
#include "Product.h"

const CKKernels LEVEL(kernels) = {
  .multiply = LEVEL(multiply),
  .apply = LEVEL(apply),
  .normalize = LEVEL(normalize),
  .softmax = LEVEL(softmax),
  .widen = LEVEL(widen),
};
