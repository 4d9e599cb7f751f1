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
} LEVEL(Tile);

INLINE void LEVEL(computeTile)(const LEVEL(Tile) * tile, const int rows, const int vectors) {
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

#define TILE(rows, vectors) \
  static void LEVEL(tile##rows##x##vectors)(const LEVEL(Tile) * tile) { LEVEL(computeTile)(tile, rows, vectors); }
TILE(6, 1) TILE(2, 1) TILE(1, 1)
TILE(6, 2) TILE(2, 2) TILE(1, 2)
#if TILE_VECTORS == 4
TILE(6, 4) TILE(2, 4) TILE(1, 4)
#endif
#undef TILE

typedef void (*LEVEL(TileFunction))(const LEVEL(Tile) *);

INLINE LEVEL(TileFunction) LEVEL(tileFunction)(size_t rows, size_t vectors) {
#define PICK(vectors) \
  (rows == 6 ? LEVEL(tile6x##vectors) : rows == 2 ? LEVEL(tile2x##vectors) : LEVEL(tile1x##vectors))
#if TILE_VECTORS == 4
  if (vectors == 4) return PICK(4);
#endif
  return vectors == 2 ? PICK(2) : PICK(1);
#undef PICK
}

INLINE size_t LEVEL(least)(size_t a, size_t b) { return a < b ? a : b; }

static void LEVEL(widen)(CKElement element, const void *source, float *destination, size_t count);

static void LEVEL(multiply)(const CKProduct *product) {
  float widened[TILE_ROWS * DEPTH_BLOCK];
  const size_t elementSize = product->element == CKElementFloat32 ? 4 : 2;
  const bool inPlace = product->element == CKElementFloat32 && (uintptr_t)product->weights % sizeof(float) == 0;
  for (size_t column0 = 0; column0 < product->columns; column0 += COLUMN_BLOCK) {
    const size_t columnEnd = LEVEL(least)(product->columns, column0 + COLUMN_BLOCK);
    for (size_t k = 0; k < product->depth || k == 0; k += DEPTH_BLOCK) {
      LEVEL(Tile) tile = {
        .inputStride = product->inputStride, .outputStride = product->outputStride, .scale = product->scale,
        .depth = LEVEL(least)(product->depth - k, DEPTH_BLOCK), .accumulate = k > 0,
      };
      size_t rows = 0;
      for (size_t row = 0; row < product->rows; row += rows) {
        const size_t left = product->rows - row;
        rows = left >= TILE_ROWS ? TILE_ROWS : left >= 2 ? 2 : 1;
        const ptrdiff_t offset = (ptrdiff_t)row * product->rowStride + (ptrdiff_t)k * product->columnStride;
        if (inPlace) {
          tile.weights = (const float *)product->weights + offset;
          tile.rowStride = product->rowStride;
          tile.columnStride = product->columnStride;
        } else {
          for (size_t r = 0; r < rows; r++) {
            const ptrdiff_t start = offset + (ptrdiff_t)r * product->rowStride;
            LEVEL(widen)(product->element, (const uint8_t *)product->weights + start * (ptrdiff_t)elementSize,
                         widened + r * tile.depth, tile.depth);
          }
          tile.weights = widened;
          tile.rowStride = (ptrdiff_t)tile.depth;
          tile.columnStride = 1;
        }
        tile.next = inPlace && tile.columnStride == 1 && left >= 2 * TILE_ROWS ? tile.weights + TILE_ROWS * tile.rowStride : NULL;
        tile.bias = product->bias ? product->bias + row : NULL;
        for (size_t column = column0; column < columnEnd;) {
          const size_t vectorsLeft = (columnEnd - column + LANES - 1) / LANES;
          const size_t vectors = vectorsLeft >= TILE_VECTORS ? TILE_VECTORS : vectorsLeft >= 2 ? 2 : 1;
          tile.input = product->input + (ptrdiff_t)k * product->inputStride + column;
          tile.output = product->output + (ptrdiff_t)row * product->outputStride + column;
          tile.columns = LEVEL(least)(columnEnd - column, vectors * LANES);
          LEVEL(tileFunction)(rows, vectors)(&tile);
          column += vectors * LANES;
          tile.next = NULL;
        }
      }
    }
  }
}
