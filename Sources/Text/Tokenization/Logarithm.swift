#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The natural logarithm of a positive whole number, as Python's `math.log` rounds it.
func naturalLogarithm(_ number: Int) -> Double { log(Double(number)) }
