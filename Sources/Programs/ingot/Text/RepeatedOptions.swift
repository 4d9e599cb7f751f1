import ArgumentParser

extension ParsableCommand {
  /// Checks that no option was given twice of which one value counts: the parser takes the last and passes over the others in silence.
  ///
  /// - Parameter arguments: The command line without the program.
  /// - Throws: `ValidationError` with the option's name.
  func checkRepetitions(in arguments: [String]) throws {
    let given = arguments.prefix { $0 != "--" }.map { $0.prefix { $0 != "=" } }
    for name in Self.singleOptions(of: Mirror(reflecting: self)) {
      guard given.count(where: { $0 == name }) > 1 else { continue }
      throw ValidationError("\(name) is given twice, and takes one value.")
    }
  }

  /// The long names of the options that hold one value: of a command's properties, and of those of its option groups.
  private static func singleOptions(of properties: Mirror) -> [String] {
    properties.children.flatMap { property -> [String] in
      let wrapper = String(describing: type(of: property.value))
      if wrapper.hasPrefix("Option<"), let label = property.label {
        let name = label.drop { $0 == "_" }.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
        return wrapper.hasPrefix("Option<Array<") ? [] : ["--\(name)"]
      }
      let isGroup =
        wrapper.hasPrefix("OptionGroup<") || wrapper.hasPrefix("Parsed<") || property.value is any ParsableArguments
      return isGroup ? singleOptions(of: Mirror(reflecting: property.value)) : []
    }
  }
}
