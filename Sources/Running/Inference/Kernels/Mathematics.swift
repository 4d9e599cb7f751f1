#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The functions of the system's mathematical library, so that one file alone knows the platform.
package enum Mathematics {
  package static func exp(_ x: Double) -> Double { systemExp(x) }
  package static func log(_ x: Double) -> Double { systemLog(x) }
  package static func log(_ x: Float) -> Float { systemLog(x) }
  package static func pow(_ x: Double, _ y: Double) -> Double { systemPow(x, y) }
  package static func sin(_ x: Double) -> Double { systemSin(x) }
  package static func cos(_ x: Double) -> Double { systemCos(x) }
  package static func tanh(_ x: Double) -> Double { systemTanh(x) }
  package static func erf(_ x: Double) -> Double { systemErf(x) }
}

// Inside the type above, a plain name would be its own.
private func systemExp(_ x: Double) -> Double { exp(x) }
private func systemLog(_ x: Double) -> Double { log(x) }
private func systemLog(_ x: Float) -> Float { log(x) }
private func systemPow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
private func systemSin(_ x: Double) -> Double { sin(x) }
private func systemCos(_ x: Double) -> Double { cos(x) }
private func systemTanh(_ x: Double) -> Double { tanh(x) }
private func systemErf(_ x: Double) -> Double { erf(x) }
