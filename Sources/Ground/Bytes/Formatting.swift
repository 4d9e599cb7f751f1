#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension String {
  /// Writes a number as C's `printf` does, with the point of the C locale.
  ///
  /// - Parameter format: One conversion of a `double`, such as `%.2f`, and text around it.
  package init(_ number: Double, format: String) {
    let count = withVaList([number]) { vsnprintf(nil, 0, format, $0) }
    self.init(unsafeUninitializedCapacity: Int(count) + 1) { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text in
        Int(withVaList([number]) { vsnprintf(text.baseAddress, text.count, format, $0) })
      }
    }
  }
}
