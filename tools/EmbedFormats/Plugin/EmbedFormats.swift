import Foundation
import PackagePlugin

/// Puts every name table of `Formats/Architectures`, `Formats/Training.names` and `Formats/Evidence.txt` into the target's binary, as text.
///
/// Resources copied beside a binary are lost when it moves alone; a string in it is not. SwiftPM asks for the list of tables
/// again only when the manifest or this file has changed: `touch Package.swift` after adding a table.
@main
struct EmbedFormats: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Formats/Architectures")
    let tables = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "names" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
    let training = context.package.directoryURL.appending(path: "Formats/Training.names")
    let evidence = context.package.directoryURL.appending(path: "Formats/Evidence.txt")
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedTables.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(tables.count) name tables",
        executable: try context.tool(named: "embed-formats").url,
        arguments: [output.path, training.path, evidence.path] + tables.map(\.path),
        inputFiles: [training, evidence] + tables,
        outputFiles: [output])
    ]
  }
}
