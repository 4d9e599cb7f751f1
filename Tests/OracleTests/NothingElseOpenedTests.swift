#if os(Linux)
  import Bytes
  import Foundation
  import HDF5
  import HDF5Library
  import TestSupport
  import Testing

  /// Files that name other files, and what the two readers of HDF5 open on the way to saying so.
  @Suite("Nothing but the file is opened") struct NothingElseOpenedTests {
    /// A folder with a file that leads elsewhere, and the files that it leads to.
    private static func trap() throws -> TemporaryDirectory {
      let folder = try TemporaryDirectory()
      let file = Fixtures.folder("HDF5Library").appending(path: "elsewhere.h5")
      for name in ["elsewhere.h5", "elsewhere-2.h5"] {
        try FileManager.default.copyItem(at: file, to: folder.url.appending(path: name))
      }
      _ = try folder.write([UInt8](repeating: 0, count: 12), to: "elsewhere.raw")
      return folder
    }

    @Test("links, external storage and virtual data are refused without a look at where they lead")
    func ours() throws {
      let folder = try Self.trap()
      let opened = try filesOpened(in: folder.url.path) {
        let objects = try HDF5File(ByteView(mapping: folder.path("elsewhere.h5"))).objects()
        let refused = objects.compactMap { object -> String? in
          switch object {
          case .dataset(let dataset): dataset.unreadable?.found
          case .other(_, let problem): problem.found
          case .group: nil
          }
        }
        #expect(
          refused == [
            #"an external link to "elsewhere-2.h5:/here""#, "data in other files (external storage)",
            "a group that contains itself", #"a soft link to "/""#, #"a soft link to "/here""#,
            "data in other datasets (a virtual dataset)",
          ])
      }
      #expect(opened == ["elsewhere.h5"])
    }

    @Test("libhdf5 is kept from them, too")
    func library() throws {
      let folder = try Self.trap()
      let opened = try filesOpened(in: folder.url.path) {
        let reader = try HDF5LibraryReader(opening: folder.path("elsewhere.h5"))
        #expect(try reader.objects().count > 6)
        for name in ["soft", "external link", "external storage", "virtual", "group/soft/here"] {
          #expect(throws: Problem.self) { try reader.dataset(name) }
        }
      }
      #expect(opened == ["elsewhere.h5"])
    }

    @Test("libhdf5 looks for no plugin, whatever filter a file asks for")
    func plugins() async {
      // In a process of its own: libhdf5 takes the folder of plugins from the environment when it starts.
      await #expect(processExitsWith: .success) {
        let plugins = try TemporaryDirectory()
        _ = try plugins.write([0x7F, 0x45, 0x4C, 0x46], to: "libfilter.so")
        setenv("HDF5_PLUGIN_PATH", plugins.url.path, 1)
        let file = Fixtures.folder("HDF5Library").appending(path: "filters.h5").path
        let opened = try filesOpened(in: plugins.url.path) {
          let dataset = try HDF5LibraryReader(opening: file)
          guard (try? dataset.dataset("lzf")) == nil else { exit(3) }
        }
        // The folder itself would be among them if it were searched.
        guard opened.isEmpty else { exit(4) }
      }
    }
  }
#endif
