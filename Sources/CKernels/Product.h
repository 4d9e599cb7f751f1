// The product of weights with activations; see CKProduct. Included once per instruction set, after Vectors.h.

/// Depth that is summed in registers before it is added to the output: bounds the activations that one sweep
/// over the rows reads again and again, and the rounding error as well.
#define DEPTH_BLOCK 384
/// Columns that one sweep over the rows covers: DEPTH_BLOCK × COLUMN_BLOCK floats stay in the second-level cache.
#define COLUMN_BLOCK 256
/// Rows of a tile. TILE_ROWS × TILE_VECTORS accumulators, TILE_VECTORS inputs and one weight fit the registers.
#define TILE_ROWS 6

/// One tile of a product: `rows` rows by `vectors` vectors of columns, over `depth`.
typedef struct {
  const float *weights;
  ptrdiff_t rowStride;
  ptrdiff_t columnStride;
  const float *input;
  ptrdiff_t inputStride;
  float *output;
  ptrdiff_t outputStride;
  size_t depth;
  /// The weights that the following tiles will need, fetched meanwhile; null for none.
  const float *next;
  /// Columns to write; fewer than the tile has only at the right edge.
  size_t columns;
  float scale;
  /// Added to a first block; null for zeros.
  const float *bias;
  /// Whether to add to what the output holds.
  bool accumulate;
} Tile;

/// Computes a tile; called with constant sizes, so that the sums stay in registers.
///
/// Weights stream from memory once per call of `multiply`, and the processor does not foresee the jump to the next rows:
/// fetching them early makes products a fifth faster at 128 columns, and a half at 16.
INLINE void computeTile(const Tile *tile, const int rows, const int vectors) {
  Floats sums[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
    for (int vector = 0; vector < vectors; vector++) sums[row][vector] = (Floats){0};

  const float *weights = tile->weights, *input = tile->input;
  const ptrdiff_t rowStride = tile->rowStride, columnStride = tile->columnStride, inputStride = tile->inputStride;
  for (size_t k = 0; k < tile->depth; k++) {
    if (tile->next && k % 16 == 0) {
#pragma clang loop unroll(full)
      for (int row = 0; row < rows; row++) __builtin_prefetch(tile->next + row * rowStride + (ptrdiff_t)k, 0, 2);
    }
    Floats inputs[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int vector = 0; vector < vectors; vector++) inputs[vector] = load(input + vector * LANES);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      Floats weight = splat(weights[row * rowStride]);
#pragma clang loop unroll(full)
      for (int vector = 0; vector < vectors; vector++)
        sums[row][vector] = sums[row][vector] + weight * inputs[vector];
    }
    input += inputStride;
    weights += columnStride;
  }

#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    float *output = tile->output + row * tile->outputStride;
    const float bias = tile->bias ? tile->bias[row] : 0;
#pragma clang loop unroll(full)
    for (int vector = 0; vector < vectors; vector++) {
      const size_t first = (size_t)vector * LANES;
      if (tile->columns >= first + LANES) {
        Floats base = tile->accumulate ? load(output + first) : splat(bias);
        store(output + first, sums[row][vector] * tile->scale + base);
      } else if (tile->columns > first) {
        const size_t size = (tile->columns - first) * sizeof(float);
        float edge[LANES] = {0};
        if (tile->accumulate) memcpy(edge, output + first, size);
        Floats base = tile->accumulate ? load(edge) : splat(bias);
        store(edge, sums[row][vector] * tile->scale + base);
        memcpy(output + first, edge, size);
      }
    }
  }
}

// A function for each size of tile. Not inlined: only apart does each keep all its sums in registers.
#define TILE(rows, vectors) \
  static __attribute__((noinline)) void tile##rows##x##vectors(const Tile *tile) { computeTile(tile, rows, vectors); }
TILE(1, 1) TILE(2, 1) TILE(6, 1)
TILE(1, 2) TILE(2, 2) TILE(6, 2)
#if TILE_VECTORS == 4
TILE(1, 4) TILE(2, 4) TILE(6, 4)
#endif
#undef TILE

static void computeTileOf(size_t rows, size_t vectors, const Tile *tile) {
#define CASE(rows, vectors) \
  case 10 * rows + vectors: return tile##rows##x##vectors(tile);
  switch (10 * rows + vectors) {
    CASE(1, 1) CASE(2, 1) CASE(6, 1)
    CASE(1, 2) CASE(2, 2) CASE(6, 2)
#if TILE_VECTORS == 4
    CASE(1, 4) CASE(2, 4) CASE(6, 4)
#endif
  }
#undef CASE
}

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

/// Points a tile at its weights: where they lie, or widened into the buffer when they are no aligned float32.
INLINE void placeWeights(Tile *tile, const CKProduct *product, size_t row, size_t rows, size_t k, float *buffer) {
  const ptrdiff_t start = (ptrdiff_t)row * product->rowStride + (ptrdiff_t)k * product->columnStride;
  if (product->element == CKElementFloat32 && (uintptr_t)product->weights % sizeof(float) == 0) {
    tile->weights = (const float *)product->weights + start;
    tile->rowStride = product->rowStride;
    tile->columnStride = product->columnStride;
    const bool hasNext = product->columnStride == 1 && product->rows - row >= 2 * TILE_ROWS;
    tile->next = hasNext ? tile->weights + TILE_ROWS * tile->rowStride : NULL;
  } else {
    const size_t size = product->element == CKElementFloat32 ? 4 : 2;
    for (size_t r = 0; r < rows; r++) {
      const size_t element = (size_t)start + r * (size_t)product->rowStride;
      widen(product->element, (const uint8_t *)product->weights + element * size, buffer + r * tile->depth, tile->depth);
    }
    tile->weights = buffer;
    tile->rowStride = (ptrdiff_t)tile->depth;
    tile->columnStride = 1;
    tile->next = NULL;
  }
}

/// Adds the share of `depth` elements from k on to all rows of a block of columns.
static void multiplyBlock(const CKProduct *product, size_t k, size_t depth, size_t firstColumn, size_t lastColumn) {
  float buffer[TILE_ROWS * DEPTH_BLOCK];
  Tile tile = {
    .inputStride = product->inputStride, .outputStride = product->outputStride,
    .depth = depth, .scale = product->scale, .accumulate = k > 0,
  };
  for (size_t row = 0, rows; row < product->rows; row += rows) {
    const size_t left = product->rows - row;
    rows = left >= TILE_ROWS ? TILE_ROWS : least(left, 2);
    placeWeights(&tile, product, row, rows, k, buffer);
    tile.bias = product->bias ? product->bias + row : NULL;
    for (size_t column = firstColumn, vectors; column < lastColumn; column += vectors * LANES) {
      const size_t vectorsLeft = (lastColumn - column + LANES - 1) / LANES;
      vectors = vectorsLeft >= TILE_VECTORS ? TILE_VECTORS : least(vectorsLeft, 2);
      tile.input = product->input + (ptrdiff_t)k * product->inputStride + column;
      tile.output = product->output + (ptrdiff_t)row * product->outputStride + column;
      tile.columns = least(lastColumn - column, vectors * LANES);
      computeTileOf(rows, vectors, &tile);
      tile.next = NULL;  // one tile of the row fetches for all
    }
  }
}

static void multiply(const CKProduct *product) {
  for (size_t column = 0; column < product->columns; column += COLUMN_BLOCK) {
    const size_t lastColumn = least(product->columns, column + COLUMN_BLOCK);
    for (size_t k = 0; k < product->depth; k += DEPTH_BLOCK) {
      multiplyBlock(product, k, least(product->depth - k, DEPTH_BLOCK), column, lastColumn);
    }
  }
}
