// Products with few columns, in which lanes are rows of weights. Included once per instruction set, after Tile.h.
//
// Blocks of weights are transposed in registers: one column then costs one column, and the weights are read at the speed of
// memory. Each element is summed in the same order as by the other tiles.

/// Four floats of a row.
typedef float Quad __attribute__((vector_size(16)));

#if LANES == 16
#define QUARTERS(a, b, c, d) \
  a, b, c, d, a + 4, b + 4, c + 4, d + 4, a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, c + 12, d + 12
#elif LANES == 8
#define QUARTERS(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4
#else
#define QUARTERS(a, b, c, d) a, b, c, d
#endif

/// Takes four consecutive elements.
INLINE Quad quad(const uint8_t *source, const CKElement element) {
  if (element == CKElementFloat32) {
    Quad values;
    memcpy(&values, source, sizeof values);
    return values;
  }
  typedef uint16_t QuadHalves __attribute__((vector_size(8)));
  typedef int32_t QuadIntegers __attribute__((vector_size(16)));
  QuadHalves halves;
  memcpy(&halves, source, sizeof halves);
#if CONVERTS_HALVES
  typedef _Float16 QuadFloat16 __attribute__((vector_size(8)));
  if (element == CKElementFloat16) return __builtin_convertvector((QuadFloat16)halves, Quad);
#endif
  QuadIntegers bits = __builtin_convertvector(halves, QuadIntegers);
  if (element == CKElementBFloat16) return (Quad)(bits << 16);
  QuadIntegers moved = (bits & 0x7fff) << 13;
  QuadIntegers special = moved >= (0x7c00 << 13);
  return (Quad)((QuadIntegers)((Quad)moved * 0x1p112f) | (special & 0x7f800000) | ((bits & 0x8000) << 16));
}

/// Takes four elements of every fourth row, side by side.
INLINE Floats quads(const uint8_t *source, ptrdiff_t stride, const CKElement element) {
  (void)stride;
#if LANES == 16
  typedef float Eight __attribute__((vector_size(32)));
  const Quad a = quad(source, element), b = quad(source + 4 * stride, element);
  const Quad c = quad(source + 8 * stride, element), d = quad(source + 12 * stride, element);
  const Eight first = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
  const Eight second = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif LANES == 8
  return __builtin_shufflevector(quad(source, element), quad(source + 4 * stride, element), 0, 1, 2, 3, 4, 5, 6, 7);
#else
  return quad(source, element);
#endif
}

/// Takes four columns of LANES rows of weights, one row in each lane.
INLINE void fourColumns(const uint8_t *source, ptrdiff_t stride, const CKElement element, Floats columns[4]) {
  const Floats a = quads(source, stride, element), b = quads(source + stride, stride, element);
  const Floats c = quads(source + 2 * stride, stride, element), d = quads(source + 3 * stride, stride, element);
  const Floats firstLower = __builtin_shufflevector(a, b, QUARTERS(0, LANES, 1, LANES + 1));
  const Floats firstUpper = __builtin_shufflevector(a, b, QUARTERS(2, LANES + 2, 3, LANES + 3));
  const Floats secondLower = __builtin_shufflevector(c, d, QUARTERS(0, LANES, 1, LANES + 1));
  const Floats secondUpper = __builtin_shufflevector(c, d, QUARTERS(2, LANES + 2, 3, LANES + 3));
  columns[0] = __builtin_shufflevector(firstLower, secondLower, QUARTERS(0, 1, LANES, LANES + 1));
  columns[1] = __builtin_shufflevector(firstLower, secondLower, QUARTERS(2, 3, LANES + 2, LANES + 3));
  columns[2] = __builtin_shufflevector(firstUpper, secondUpper, QUARTERS(0, 1, LANES, LANES + 1));
  columns[3] = __builtin_shufflevector(firstUpper, secondUpper, QUARTERS(2, 3, LANES + 2, LANES + 3));
}

/// Takes one column of LANES rows of weights, one row in each lane.
INLINE Floats oneColumn(const uint8_t *source, ptrdiff_t stride, const CKElement element) {
  float values[LANES];
  for (int row = 0; row < LANES; row++) widen(element, source + row * stride, values + row, 1);
  return load(values);
}

INLINE size_t byteCount(CKElement element) { return element == CKElementFloat32 ? 4 : 2; }

/// Computes LANES rows of some columns; called with constant numbers of columns, so that the sums stay in registers.
///
/// Meanwhile it fetches the rows of the next call, in the order in which they lie in memory: of all ways to fetch ahead that were
/// tried, this one alone comes near the speed of memory.
INLINE void computeRows(const CKProduct *product, size_t row, size_t column, const int columns, const CKElement element) {
  const ptrdiff_t size = (ptrdiff_t)byteCount(element), stride = product->rowStride * size;
  const uint8_t *rows = (const uint8_t *)product->weights + (ptrdiff_t)row * stride;
  const bool fetches = product->rowStride == (ptrdiff_t)product->depth && product->rows - row >= 2 * LANES;
  const uint8_t *next = fetches ? rows + LANES * stride : NULL;
  Floats outputs[FEW_COLUMNS];
  for (size_t first = 0; first < product->depth; first += DEPTH_BLOCK) {
    const size_t last = least(product->depth, first + DEPTH_BLOCK);
    const float *input = product->input + (ptrdiff_t)first * product->inputStride + column;
    Floats sums[FEW_COLUMNS];
#pragma clang loop unroll(full)
    for (int column = 0; column < columns; column++) sums[column] = (Floats){0};
    size_t k = first;
    for (; k + 4 <= last; k += 4, input += 4 * product->inputStride) {
      if (next) {
#pragma clang loop unroll(full)
        for (ptrdiff_t line = 0; line < LANES * size / 16; line++) __builtin_prefetch(next + 64 * line, 0, 2);
        next += 4 * LANES * size;
      }
      Floats weights[4];
      fourColumns(rows + (ptrdiff_t)k * size, stride, element, weights);
#pragma clang loop unroll(full)
      for (int step = 0; step < 4; step++)
#pragma clang loop unroll(full)
        for (int column = 0; column < columns; column++)
          sums[column] = sums[column] + weights[step] * input[step * product->inputStride + column];
    }
    for (; k < last; k++, input += product->inputStride) {
      const Floats weights = oneColumn(rows + (ptrdiff_t)k * size, stride, element);
#pragma clang loop unroll(full)
      for (int column = 0; column < columns; column++) sums[column] = sums[column] + weights * input[column];
    }
    const Floats bias = product->bias ? load(product->bias + row) : (Floats){0};
#pragma clang loop unroll(full)
    for (int column = 0; column < columns; column++)
      outputs[column] = sums[column] * product->scale + (first > 0 ? outputs[column] : bias);
  }
  for (int lane = 0; lane < LANES; lane++) {
    float *output = product->output + (ptrdiff_t)(row + (size_t)lane) * product->outputStride + column;
#pragma clang loop unroll(full)
    for (int column = 0; column < columns; column++) output[column] = outputs[column][lane];
  }
}

// A function for each number of columns, as with the other tiles.
#define ROWS(columns) \
  static __attribute__((noinline)) void rowsBy##columns(const CKProduct *product, size_t row, size_t column) { \
    switch (product->element) { \
      case CKElementFloat32: return computeRows(product, row, column, columns, CKElementFloat32); \
      case CKElementFloat16: return computeRows(product, row, column, columns, CKElementFloat16); \
      case CKElementBFloat16: return computeRows(product, row, column, columns, CKElementBFloat16); \
    } \
  }
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8)
#if FEW_COLUMNS == 12
ROWS(9) ROWS(10) ROWS(11) ROWS(12)
#endif
#undef ROWS

static void (*const rowsBy[FEW_COLUMNS + 1])(const CKProduct *, size_t, size_t) = {
  NULL, rowsBy1, rowsBy2, rowsBy3, rowsBy4, rowsBy5, rowsBy6, rowsBy7, rowsBy8,
#if FEW_COLUMNS == 12
  rowsBy9, rowsBy10, rowsBy11, rowsBy12,
#endif
};
