// Tiles of a product in which lanes are columns: weights are broadcast against vectors of activations. Included once per
// instruction set, after Vectors.h.

/// Rows of a tile. TILE_ROWS × TILE_VECTORS sums, TILE_VECTORS inputs and one weight fit the registers.
#define TILE_ROWS 6
/// Steps of the depth between two fetches of weights: what a cache line of float32 holds.
#define STEPS_PER_FETCH 16

/// One tile: `rows` rows by `vectors` vectors of columns, over `depth`.
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
  const uint8_t *next;
  /// Bytes between rows of them, and between what two fetches take.
  ptrdiff_t nextRowStride;
  ptrdiff_t nextStep;
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
  const uint8_t *next = tile->next;
  const ptrdiff_t rowStride = tile->rowStride, columnStride = tile->columnStride, inputStride = tile->inputStride;
  for (size_t k = 0; k < tile->depth; k++) {
    if (next && k % STEPS_PER_FETCH == 0) {
#pragma clang loop unroll(full)
      for (int row = 0; row < rows; row++) __builtin_prefetch(next + row * tile->nextRowStride, 0, 2);
      next += tile->nextStep;
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

/// The rows of the next tile, where `left` are left.
INLINE size_t rowsOfTile(size_t left) { return left >= TILE_ROWS ? TILE_ROWS : least(left, 2); }

/// The vectors of the next tile, where `left` columns are left.
INLINE size_t vectorsOfTile(size_t left) {
  const size_t vectors = (left + LANES - 1) / LANES;
  return vectors >= TILE_VECTORS ? TILE_VECTORS : least(vectors, 2);
}
