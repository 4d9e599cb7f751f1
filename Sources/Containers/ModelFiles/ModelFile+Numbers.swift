import Tensors

extension ModelFile {
  /// Reads the model's own tensors, on all processors, and returns those that hold NaN or infinities, in the order of the file.
  ///
  /// - Throws: `Problem` of kind *unavailable* when the file cannot be read.
  public func tensorsOfNoNumbers() throws -> [(name: String, count: NonFiniteCount)] {
    try tensors.compactMap { declaration in
      let count = try NonFiniteCount(in: tensor(declaration.name)!)
      return count.isZero ? nil : (declaration.name, count)
    }
  }
}
