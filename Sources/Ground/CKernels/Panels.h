// Activations in panels: what one tile reads, row after row, in consecutive memory. Included once per instruction set, after
// Tile.h.
//
// Rows of a matrix of many columns lie a page or more apart, and powers of two apart they fall into few sets of the cache: the same
// tile is up to a quarter slower on them. Copying costs what three rows of the product cost.

/// Floats that panels may take: they stay in the second-level cache.
#define PANEL_FLOATS (DEPTH_BLOCK * COLUMN_BLOCK)
/// Rows of weights from which on panels are worth copying.
#define ROWS_FOR_PANELS 32

/// Copies a block of columns, over `depth` from k on, into panels as wide as the tiles that read them.
static void copyPanels(const CKProduct *product, size_t k, size_t depth, size_t firstColumn, size_t lastColumn,
                       float *panels) {
  for (size_t column = firstColumn, vectors; column < lastColumn; column += vectors * LANES) {
    vectors = vectorsOfTile(lastColumn - column);
    const float *input = product->input + (ptrdiff_t)k * product->inputStride + column;
    for (size_t step = 0; step < depth; step++, input += product->inputStride) {
      for (size_t vector = 0; vector < vectors; vector++, panels += LANES) store(panels, load(input + vector * LANES));
    }
  }
}

/// The columns that panels for this many take: whole vectors.
INLINE size_t paddedColumns(size_t columns) { return (columns + LANES - 1) / LANES * LANES; }
