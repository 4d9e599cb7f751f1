import Bytes
import Checkpoints
import Foundation
import Tensors
import TestSupport

/// The folder of the files that Keras and h5py wrote for these tests.
let keras = Fixtures.folder("Keras")

/// The files written by h5py that follow Keras' conventions in odd or broken ways.
func odd(_ name: String) -> String { keras.appending(path: "odd/\(name).h5").path }

/// The text of the problem that `body` throws, without the path it begins with; an empty one when it throws none.
func message(about path: String, of body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    let text = "\(error)"
    return text.hasPrefix("\(path): ") ? String(text.dropFirst(path.count + 2)) : text
  }
}

/// The text of the problem with which a file is not opened, without its path.
func message(opening path: String) -> String {
  message(about: path) { _ = try Checkpoint(opening: path) }
}

/// The whole contents of a source, which are read in uneven pieces.
func contents(of source: some TensorSource) throws -> [UInt8] {
  var bytes: [UInt8] = []
  try source.forEachTile(of: 48) { _, tile in bytes += tile }
  return bytes
}

/// The SHA-256 of bytes in hexadecimal.
func digest(_ bytes: [UInt8]) -> String {
  "\(Digest(of: bytes))"
}
