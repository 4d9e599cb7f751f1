import CKernels
import Testing

/// The instruction sets of this processor that kernels exist for; every kernel test runs on each.
let levels: [UInt32] = [CKLevelBaseline, CKLevelAVX2, CKLevelAVX512].map(\.rawValue).filter { level in
  ck_kernels(CKLevel(level)) != nil
}

/// The kernels of one instruction set.
func kernels(_ level: UInt32) -> CKKernels {
  ck_kernels(CKLevel(level))!.pointee
}

@Suite("Choice of an instruction set") struct KernelLevelTests {
  @Test func theBestLevelIsTheLastOneThatExists() {
    #expect(levels.first == CKLevelBaseline.rawValue)
    #expect(ck_best_level().rawValue == levels.last)
  }

  @Test func thereIsAtLeastOneProcessor() {
    #expect(ck_processor_count() >= 1)
  }
}
