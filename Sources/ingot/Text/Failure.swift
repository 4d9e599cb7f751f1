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
  }
}

private func fail(with lines: [Substring]) throws -> Never {
  for line in lines { writeToStandardError("ingot: \(line)\n") }
  throw ExitCode(2)
}
