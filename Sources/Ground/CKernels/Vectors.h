// Vectors of LANES floats, and their elementary functions.
//
// Included once per instruction set by a file that defines LANES. The compiler's vector extensions
// keep the code the same for SSE2, AVX2, AVX-512 and NEON; `a + b * c` contracts to one fused operation where the
// instruction set has it.

#include <string.h>

#define INLINE static inline __attribute__((always_inline))

typedef float Floats __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));
typedef uint16_t Halves __attribute__((vector_size(2 * LANES)));

INLINE Floats load(const float *source) {
  Floats values;
  memcpy(&values, source, sizeof values);
  return values;
}

INLINE void store(float *destination, Floats values) { memcpy(destination, &values, sizeof values); }

INLINE Floats splat(float value) { return value - (Floats){0}; }

/// The values of `yes` where a lane of the mask is all ones, those of `no` where it is zero.
INLINE Floats select(Integers mask, Floats yes, Floats no) {
  return (Floats)((mask & (Integers)yes) | (~mask & (Integers)no));
}

INLINE Floats larger(Floats a, Floats b) { return select(a > b, a, b); }
INLINE Floats smaller(Floats a, Floats b) { return select(a < b, a, b); }
INLINE Floats magnitude(Floats x) { return (Floats)((Integers)x & 0x7fffffff); }
INLINE Floats withSign(Floats magnitude, Floats sign) {
  return (Floats)((Integers)magnitude | ((Integers)sign & (int32_t)0x80000000));
}

/// 2 to the power of integers from -126 to 127.
INLINE Floats powerOfTwo(Integers exponent) { return (Floats)((exponent + 127) << 23); }

/// e to the power of x, to about one unit in the last place, with infinity, zero and NaN as they should be.
///
/// x = n ln 2 + r with |r| ≤ ln 2 / 2, ln 2 in two parts; the polynomial is that of expf in the Cephes
/// library (S. Moshier). 2ⁿ is applied in two steps so that the ends of the range neither overflow nor vanish early.
INLINE Floats exponential(Floats x) {
  Floats bounded = larger(smaller(x, splat(130)), splat(-150));
  const float rounding = 12582912;  // 1.5 · 2²³: adding and subtracting it rounds to an integer
  Floats n = (bounded * 1.44269504f + rounding) - rounding;
  Floats r = bounded - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  Floats p = splat(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  Integers exponent = __builtin_convertvector(n, Integers);
  Integers half = exponent >> 1;
  return select(x != x, x, p * powerOfTwo(half) * powerOfTwo(exponent - half));
}

/// The error function, within 1e-7.
///
/// Below 13/16: x + x P(x²); from there to 4: 1 − exp(−Q(|x|)); beyond, erf rounds to ±1. P (degree 5) and Q (degree 6)
/// are minimax fits made for this file by Lawson's iteration on Chebyshev nodes, weighted by the error that each causes
/// in erf: 1.5e-9 and 2.3e-9. What remains is float32 rounding; a test sweeps it.
INLINE Floats errorFunction(Floats x) {
  Floats t = smaller(magnitude(x), splat(4));
  Floats s = t * t;
  Floats p = splat(-0.0006345750298351049f);
  p = p * s + 0.005052397958934307f;
  p = p * s + -0.026800241321325302f;
  p = p * s + 0.11282546818256378f;
  p = p * s + -0.37612536549568176f;
  p = p * s + 0.1283791065216064f;
  Floats inner = p * t + t;
  Floats q = splat(-0.00020626648620236665f);
  q = q * t + 0.003142518224194646f;
  q = q * t + -0.022614257410168648f;
  q = q * t + 0.10471662878990173f;
  q = q * t + 0.636309802532196f;
  q = q * t + 1.1281801462173462f;
  q = q * t + 7.695476233493537e-05f;
  Floats outer = 1.0f - exponential(-q);
  return select(x != x, x, withSign(select(t < splat(0.8125f), inner, outer), x));
}

/// The hyperbolic tangent, within 1e-7.
///
/// Below 0.625 the polynomial of tanhf in Cephes, above it 1 − 2 / (exp(2|x|) + 1).
INLINE Floats hyperbolicTangent(Floats x) {
  Floats t = magnitude(x);
  Floats s = t * t;
  Floats p = splat(-5.70498872745e-3f);
  p = p * s + 2.06390887954e-2f;
  p = p * s + -5.37397155531e-2f;
  p = p * s + 1.33314422036e-1f;
  p = p * s + -3.33332819422e-1f;
  Floats inner = p * s * t + t;
  Floats outer = 1.0f - 2.0f / (exponential(2.0f * t) + 1.0f);
  return select(x != x, x, withSign(select(t < splat(0.625f), inner, outer), x));
}
