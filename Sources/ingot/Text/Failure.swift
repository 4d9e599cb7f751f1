import Architectures
import ArgumentParser
import Bytes
import Foundation

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
  // What was printed before comes first, also where both streams go to one place.
  fflush(nil)
  for line in lines {
    FileHandle.standardError.write(Data("ingot: \(line)\n".utf8))
  }
  throw ExitCode(2)
}
