// Work on every element alone: activations, and widening of stored weights. Included once per instruction set,
// after Vectors.h.

INLINE Floats applied(CKFunction function, Floats x) {
  switch (function) {
    case CKFunctionGELU: return 0.5f * x * (1.0f + errorFunction(x * 0.707106781f));
    case CKFunctionGELUTanh:
      return 0.5f * x * (1.0f + hyperbolicTangent(0.797884561f * (x + 0.044715f * (x * x * x))));
    case CKFunctionReLU: return select(x < (Floats){0}, (Floats){0}, x);
    case CKFunctionTanh: return hyperbolicTangent(x);
    case CKFunctionSwish: return x / (1.0f + exponential(-x));
    case CKFunctionExp: return exponential(x);
    case CKFunctionErf: return errorFunction(x);
    case CKFunctionSigmoid: return 1.0f / (1.0f + exponential(-x));
  }
  return x;
}

INLINE void applyAll(CKFunction function, float *values, size_t count) {
  size_t index = 0;
  for (; index + LANES <= count; index += LANES) {
    store(values + index, applied(function, load(values + index)));
  }
  if (index < count) {
    float edge[LANES] = {0};
    memcpy(edge, values + index, (count - index) * sizeof(float));
    store(edge, applied(function, load(edge)));
    memcpy(values + index, edge, (count - index) * sizeof(float));
  }
}

static void apply(CKFunction function, float *values, size_t count) {
  // A constant argument per case lets the compiler make one tight loop of each.
  switch (function) {
    case CKFunctionGELU: return applyAll(CKFunctionGELU, values, count);
    case CKFunctionGELUTanh: return applyAll(CKFunctionGELUTanh, values, count);
    case CKFunctionReLU: return applyAll(CKFunctionReLU, values, count);
    case CKFunctionTanh: return applyAll(CKFunctionTanh, values, count);
    case CKFunctionSwish: return applyAll(CKFunctionSwish, values, count);
    case CKFunctionExp: return applyAll(CKFunctionExp, values, count);
    case CKFunctionErf: return applyAll(CKFunctionErf, values, count);
    case CKFunctionSigmoid: return applyAll(CKFunctionSigmoid, values, count);
  }
}

/// Widens binary16 numbers: the bits are moved to their place in a binary32 and the exponent's bias is corrected by a
/// multiplication, which is exact also for subnormal numbers; infinity and NaN get the full exponent.
INLINE Floats widenFloat16(Integers bits) {
  Integers moved = (bits & 0x7fff) << 13;
  Integers finite = (Integers)((Floats)moved * 0x1p112f);
  Integers special = moved >= (0x7c00 << 13);
  return (Floats)(finite | (special & 0x7f800000) | ((bits & 0x8000) << 16));
}

INLINE Floats widenHalves(CKElement element, Halves halves) {
  Integers bits = __builtin_convertvector(halves, Integers);
  return element == CKElementFloat16 ? widenFloat16(bits) : (Floats)(bits << 16);
}

INLINE void widenAll(CKElement element, const uint8_t *source, float *destination, size_t count) {
  size_t index = 0;
  for (; index + LANES <= count; index += LANES) {
    Halves halves;
    memcpy(&halves, source + 2 * index, sizeof halves);
    store(destination + index, widenHalves(element, halves));
  }
  if (index < count) {
    Halves halves = {0};
    float edge[LANES];
    memcpy(&halves, source + 2 * index, 2 * (count - index));
    store(edge, widenHalves(element, halves));
    memcpy(destination + index, edge, (count - index) * sizeof(float));
  }
}

static void widen(CKElement element, const void *source, float *destination, size_t count) {
  switch (element) {
    case CKElementFloat32: memcpy(destination, source, count * sizeof(float)); return;
    case CKElementFloat16: return widenAll(CKElementFloat16, source, destination, count);
    case CKElementBFloat16: return widenAll(CKElementBFloat16, source, destination, count);
  }
}
