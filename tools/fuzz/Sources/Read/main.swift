import Foundation
import Subjects

// ingot-read: reads the files that standard input names, a line `SUBJECT PATH` each, and answers each with a line of JSON: the type, shape and
// digest of every tensor. tools/differential/compare holds these against what other readers say.

while let line = readLine() {
  let words = line.split(separator: " ", maxSplits: 1).map(String.init)
  guard words.count == 2, let subject = Subject(rawValue: words[0]), Subject.containers.contains(subject) else {
    print("usage: lines `SUBJECT PATH`, of " + Subject.containers.map(\.rawValue).joined(separator: " "))
    exit(64)
  }
  FileHandle.standardOutput.write(Data((try subject.values(at: words[1]) + "\n").utf8))
}
