// Layer normalisation and softmax down the columns of feature-major matrices: each lane is a column, so no sum
// crosses lanes. Included once per instruction set, after Vectors.h.

/// Running sums that are kept apart: they hide the latency of additions and shorten the chains of rounding errors.
#define CHAINS 4

static void normalize(float *values, const float *residual, ptrdiff_t stride, size_t features, size_t columns,
                      bool centered, const float *gamma, const float *beta, float epsilon) {
  const float count = (float)features;
  for (size_t column = 0; column < columns; column += LANES) {
    float *x = values + column;
    Floats sums[CHAINS] = {{0}};
    for (size_t feature = 0; feature < features; feature++) {
      const ptrdiff_t place = (ptrdiff_t)feature * stride;
      Floats value = load(x + place);
      if (residual) {
        value += load(residual + place + column);
        store(x + place, value);
      }
      sums[feature % CHAINS] += value;
    }
    const Floats mean = centered ? ((sums[0] + sums[1]) + (sums[2] + sums[3])) / count : (Floats){0};
    Floats squares[CHAINS] = {{0}};
    for (size_t feature = 0; feature < features; feature++) {
      Floats deviation = load(x + (ptrdiff_t)feature * stride) - mean;
      squares[feature % CHAINS] = squares[feature % CHAINS] + deviation * deviation;
    }
    const Floats variance = ((squares[0] + squares[1]) + (squares[2] + squares[3])) / count + epsilon;
    Floats factor;
    for (int lane = 0; lane < LANES; lane++) factor[lane] = 1.0f / __builtin_sqrtf(variance[lane]);
    for (size_t feature = 0; feature < features; feature++) {
      float *place = x + (ptrdiff_t)feature * stride;
      store(place, (load(place) - mean) * (factor * gamma[feature]) + beta[feature]);
    }
  }
}

static void softmax(float *values, ptrdiff_t stride, size_t rows, size_t columns,
                           const uint8_t *visible, const int32_t *rowOrder, const int32_t *columnOrder) {
  const Floats hidden = splat(-__builtin_inff());
  for (size_t column = 0; column < columns; column += LANES) {
    float *x = values + column;
    Integers own = {0};
    if (rowOrder) memcpy(&own, columnOrder + column, sizeof own);
    Floats peak = hidden;
    for (size_t row = 0; row < rows; row++) {
      float *place = x + (ptrdiff_t)row * stride;
      Floats value = load(place);
      if (visible && !visible[row]) value = hidden;
      if (rowOrder) value = select(rowOrder[row] <= own, value, hidden);
      if (visible || rowOrder) store(place, value);
      peak = larger(value, peak);
    }
    Floats sums[CHAINS] = {{0}};
    for (size_t row = 0; row < rows; row++) {
      float *place = x + (ptrdiff_t)row * stride;
      Floats power = exponential(load(place) - peak);
      store(place, power);
      sums[row % CHAINS] += power;
    }
    const Floats share = 1.0f / ((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (size_t row = 0; row < rows; row++) {
      float *place = x + (ptrdiff_t)row * stride;
      store(place, load(place) * share);
    }
  }
}
