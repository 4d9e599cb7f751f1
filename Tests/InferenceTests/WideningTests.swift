import Bytes
import CKernels
import Tensors
import Testing

@testable import Inference

@Suite("Widening of stored weights") struct WideningTests {
  /// What each of the 65536 bit patterns means, by the definition of the format.
  static func meaning(ofFloat16 bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let fraction = Double(bits & 0x3ff) / 1024
    let exponent = Int(bits >> 10 & 31)
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-14 }
    return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
  }

  static func meaning(ofBFloat16 bits: UInt16) -> Double {
    Double(Float(bitPattern: UInt32(bits) << 16))
  }

  static func same(_ a: Double, _ b: Double) -> Bool {
    a == b && a.sign == b.sign || a.isNaN && b.isNaN
  }

  static let patterns = Array(UInt16.min...UInt16.max)

  static func tensor(_ type: ElementType) -> Tensor {
    Tensor(type, [65536], bytes: ByteView(patterns.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }))!
  }

  @Test(arguments: levels) func everyFloat16IsExactInFloat32(level: UInt32) {
    let found = Float32Kernels(level: CKLevel(level))!.vector(Self.tensor(.float16))
    #expect(zip(Self.patterns, found).allSatisfy { Self.same(Double($1), Self.meaning(ofFloat16: $0)) })
  }

  @Test(arguments: levels) func everyBFloat16IsExactInFloat32(level: UInt32) {
    let found = Float32Kernels(level: CKLevel(level))!.vector(Self.tensor(.bfloat16))
    #expect(zip(Self.patterns, found).allSatisfy { Self.same(Double($1), Self.meaning(ofBFloat16: $0)) })
  }

  @Test func every16BitNumberIsExactInFloat64() {
    let halves = Float64Kernels().vector(Self.tensor(.float16))
    #expect(zip(Self.patterns, halves).allSatisfy { Self.same($1, Self.meaning(ofFloat16: $0)) })
    let brains = Float64Kernels().vector(Self.tensor(.bfloat16))
    #expect(zip(Self.patterns, brains).allSatisfy { Self.same($1, Self.meaning(ofBFloat16: $0)) })
  }
}
