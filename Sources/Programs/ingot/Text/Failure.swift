import Architectures
import ArgumentParser
import Bytes

/// Runs a command's body and turns what it throws about files into the message and exit code that `ingot --help` documents.
func reporting(_ body: () throws -> Void) throws {
  MappedFiles.exitWhenCutShort(reportingAs: "ingot")
  do {
    try body()
  } catch let problem as Problem {
    try fail(with: ["\(problem)"])
  } catch let problems as Problems {
    try fail(with: problems.description.split(separator: "\n"))
  } catch let refusal as Refusal {
    try fail(with: refusal.lines, advice: refusal.advice)
  }
}

private func fail(with lines: [Substring], advice: [String] = []) throws -> Never {
  for line in lines { writeToStandardError("ingot: \(line)\n") }
  for line in advice { writeToStandardError("\(printable(line))\n") }
  throw ExitCode(2)
}
