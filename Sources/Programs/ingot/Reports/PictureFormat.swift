import Drawing

/// The formats that pictures are written in, by the ends of files' names.
enum PictureFormat: String {
  case svg
  case png

  /// The format of a file's name; nil when it is none of these.
  init?(of path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }

  /// The picture of a scene.
  func bytes(of scene: Scene) throws -> [UInt8] {
    switch self {
    case .svg: try scene.svg()
    case .png: try scene.png()
    }
  }
}
