import Foundation
import Subjects

// ingot-fuzz SUBJECT CORPUS [OPTION …]: libFuzzer over one reader, begun with the repository's fixtures.
// Options are libFuzzer's (https://llvm.org/docs/LibFuzzer.html#options), and -seconds_of_computing=N, after which it ends: libFuzzer's own
// limit counts the time that passes, also while other programs keep the processors busy.

/// libFuzzer's own entry, for programs that have a `main`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ readInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

nonisolated(unsafe) var subject = Subject.json

guard CommandLine.arguments.count >= 3, let named = Subject(rawValue: CommandLine.arguments[1]) else {
  print(Subject.allCases.map(\.rawValue).joined(separator: "\n"))
  exit(CommandLine.arguments.count == 1 ? 0 : 64)
}
subject = named

// Above this size a fixture slows every step down more than it shows.
let seeds = try subject.fixtures().filter { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize! <= 50_000 }
let limit = "-seconds_of_computing="
let secondsInAll =
  CommandLine.arguments.last { $0.hasPrefix(limit) }.flatMap { Double($0.dropFirst(limit.count)) } ?? .infinity
let options =
  ["ingot-fuzz", "-seed_inputs=\(seeds.map(\.path).joined(separator: ","))"]
  + CommandLine.arguments.dropFirst(2).filter { !$0.hasPrefix(limit) }
var count = CInt(options.count)
let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: options.count + 1)
for (index, option) in options.enumerated() { list[index] = strdup(option) }
list[options.count] = nil
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = list
// Tables that are made once are not the time of the first input.
_ = try subject.isReadable([])
exit(
  runFuzzer(&count, &arguments) { start, count in
    do {
      let before = secondsOfComputing()
      _ = try subject.isReadable(Array(UnsafeBufferPointer(start: start, count: count)))
      let after = secondsOfComputing()
      precondition(after - before < 1, "a reading that computes for \(after - before) seconds")
      if after > secondsInAll {
        FileHandle.standardError.write(Data("computed for \(Int(after)) seconds\n".utf8))
        // On this signal libFuzzer prints its counts and ends.
        raise(SIGUSR1)
      }
    } catch {
      fatalError("\(error)")
    }
    return 0
  })

/// The processor time that this process has used.
func secondsOfComputing() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
