// ingot-hdf5 FILE [DATASET]: reads one dataset of an HDF5 file with libhdf5, or lists the file, for HDF5Isolation.
//
// libhdf5 is not safe on hostile files, so this is a process of its own: it limits itself first, opens nothing but the
// one file, and says everything through its standard output in the form that `Answer` describes.

import Bytes
import HDF5Isolation
import HDF5Library
import JSON
import Tensors

let arguments = CommandLine.arguments.dropFirst()
guard let file = arguments.first, arguments.count <= 2 else {
  endWithUsage()
}
limitThisProcess()
AnswerOutput.greet(libraryVersion: HDF5LibraryReader.libraryVersion)
do {
  let reader = try HDF5LibraryReader(opening: file)
  if arguments.count == 2, let object = arguments.last {
    try AnswerOutput.send(reader.dataset(object))
  } else {
    AnswerOutput.send(["objects": .array(try reader.objects().map(listing(of:)))])
  }
} catch let problem as Problem {
  AnswerOutput.send(Answer.json(for: problem))
}
