#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Closes every file that the parent left open, and limits what this process may use, for good: 4 GiB of addresses, a
/// minute of computing, 16 open files, and no core dump nor a byte written to any file.
func limitThisProcess() {
  var files = rlimit()
  getrlimit(number(of: RLIMIT_NOFILE), &files)
  for descriptor in 3..<Int32(clamping: min(files.rlim_cur, 65_536)) { close(descriptor) }
  limit(number(of: RLIMIT_AS), to: 4 << 30)
  limit(number(of: RLIMIT_CPU), to: 60)
  limit(number(of: RLIMIT_NOFILE), to: 16)
  limit(number(of: RLIMIT_CORE), to: 0)
  limit(number(of: RLIMIT_FSIZE), to: 0)
}

/// Says how the program is called and ends it with the code for wrong usage.
func endWithUsage() -> Never {
  let usage = "usage: ingot-hdf5 FILE [DATASET]\nReads with libhdf5 for ingot; the output is not meant for people.\n"
  write(STDERR_FILENO, usage, usage.utf8.count)
  exit(64)
}

private func limit(_ resource: Int32, to value: rlim_t) {
  var limit = rlimit()
  getrlimit(resource, &limit)
  limit.rlim_max = min(limit.rlim_max, value)
  limit.rlim_cur = limit.rlim_max
  setrlimit(resource, &limit)
}

#if canImport(Glibc)
  // Glibc's constants have a type of their own, which its functions do not take.
  private func number(of resource: __rlimit_resource) -> Int32 { Int32(resource.rawValue) }
#else
  private func number(of resource: Int32) -> Int32 { resource }
#endif
