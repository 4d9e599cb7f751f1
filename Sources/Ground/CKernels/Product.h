// The product of weights with activations; see CKProduct. Included once per instruction set, after Elements.h.

/// Depth that is summed in registers before it is added to the output: bounds the activations that one sweep
/// over the rows reads again and again, and the rounding error as well. All instruction sets share it: it is part of the result.
#define DEPTH_BLOCK 384
/// Columns that one sweep over the rows covers: DEPTH_BLOCK × COLUMN_BLOCK floats stay in the second-level cache.
#define COLUMN_BLOCK 256
/// Columns whose remainder FewColumns.h computes where it is not above FEW_COLUMNS.
#define COLUMN_GROUP 16

#include "Tile.h"
#include "Panels.h"
#include "FewColumns.h"

/// Points a tile at its weights: where they lie, or widened into the buffer when they are no aligned float32.
INLINE void placeWeights(Tile *tile, const CKProduct *product, size_t row, size_t rows, size_t k, float *buffer) {
  const ptrdiff_t start = (ptrdiff_t)row * product->rowStride + (ptrdiff_t)k * product->columnStride;
  const ptrdiff_t size = (ptrdiff_t)byteCount(product->element);
  const uint8_t *weights = (const uint8_t *)product->weights + start * size;
  if (product->element == CKElementFloat32 && (uintptr_t)product->weights % sizeof(float) == 0) {
    tile->weights = (const float *)product->weights + start;
    tile->rowStride = product->rowStride;
    tile->columnStride = product->columnStride;
  } else {
    for (size_t r = 0; r < rows; r++) {
      widen(product->element, weights + (ptrdiff_t)r * product->rowStride * size, buffer + r * tile->depth, tile->depth);
    }
    tile->weights = buffer;
    tile->rowStride = (ptrdiff_t)tile->depth;
    tile->columnStride = 1;
  }
  const bool hasNext = product->columnStride == 1 && product->rows - row >= 2 * TILE_ROWS;
  tile->next = hasNext ? weights + TILE_ROWS * product->rowStride * size : NULL;
  tile->nextRowStride = product->rowStride * size;
  tile->nextStep = STEPS_PER_FETCH * size;
}

/// Adds the share of `depth` elements from k on to all rows of a block of columns.
///
/// - Parameter panels: Their activations as panels, or null for them as they lie.
static void multiplyBlock(const CKProduct *product, size_t k, size_t depth, size_t firstColumn, size_t lastColumn,
                          const float *panels) {
  float buffer[TILE_ROWS * DEPTH_BLOCK];
  Tile tile = {.outputStride = product->outputStride, .depth = depth, .scale = product->scale, .accumulate = k > 0};
  for (size_t row = 0, rows; row < product->rows; row += rows) {
    rows = rowsOfTile(product->rows - row);
    placeWeights(&tile, product, row, rows, k, buffer);
    tile.bias = product->bias ? product->bias + row : NULL;
    const float *panel = panels;
    for (size_t column = firstColumn, vectors; column < lastColumn; column += vectors * LANES) {
      vectors = vectorsOfTile(lastColumn - column);
      tile.input = panels ? panel : product->input + (ptrdiff_t)k * product->inputStride + column;
      tile.inputStride = panels ? (ptrdiff_t)(vectors * LANES) : product->inputStride;
      tile.output = product->output + (ptrdiff_t)row * product->outputStride + column;
      tile.columns = least(lastColumn - column, vectors * LANES);
      computeTileOf(rows, vectors, &tile);
      tile.next = NULL;  // one tile of the row fetches for all
      if (panels) panel += depth * vectors * LANES;
    }
  }
}

/// Computes the columns before `columns` by tiles in which lanes are columns.
static void multiplyColumns(const CKProduct *product, size_t firstColumn, size_t columns) {
  for (size_t first = firstColumn; first < columns; first += COLUMN_BLOCK) {
    const size_t last = least(columns, first + COLUMN_BLOCK);
    const bool isWide = last - first > TILE_VECTORS * LANES && product->rows >= ROWS_FOR_PANELS;
    float *panels = isWide ? ck_scratch(PANEL_FLOATS) : NULL;
    for (size_t k = 0; k < product->depth; k += DEPTH_BLOCK) {
      const size_t depth = least(product->depth - k, DEPTH_BLOCK);
      if (panels) copyPanels(product, k, depth, first, last, panels);
      multiplyBlock(product, k, depth, first, last, panels);
    }
  }
}

static void multiply(const CKProduct *product) {
  const size_t remainder = product->columns % COLUMN_GROUP;
  const size_t few = product->columnStride == 1 && remainder <= FEW_COLUMNS ? remainder : 0;
  const size_t many = product->columns - few;
  multiplyColumns(product, 0, many);
  if (few == 0) return;
  const size_t rows = product->rows / LANES * LANES;
  for (size_t row = 0; row < rows; row += LANES) rowsBy[few](product, row, many);
  if (rows == product->rows) return;
  // Rows that fill no vector.
  CKProduct rest = *product;
  rest.weights = (const uint8_t *)product->weights + (ptrdiff_t)rows * product->rowStride * (ptrdiff_t)byteCount(product->element);
  rest.output = product->output + (ptrdiff_t)rows * product->outputStride;
  rest.bias = product->bias ? product->bias + rows : NULL;
  rest.rows = product->rows - rows;
  multiplyColumns(&rest, many, product->columns);
}
