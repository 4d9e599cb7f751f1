import HDF5Isolation
import HDF5Library
import JSON
import Tensors

/// One object of a listing, in the form that `isolatedListing` documents.
func listing(of object: HDF5LibraryObject) -> JSON {
  var members = [JSON.Member("path", .string(object.path))]
  switch object.kind {
  case .group: members.append(JSON.Member("kind", "group"))
  case .datatype: members.append(JSON.Member("kind", "datatype"))
  case .dataset(let elementType, let shape):
    members.append(JSON.Member("kind", "dataset"))
    members.append(JSON.Member("elementType", elementType.map { .string($0.rawValue) } ?? .null))
    members.append(JSON.Member("shape", shape.map { .array($0.dimensions.map(JSON.integer)) } ?? .null))
  case .refused(let problem):
    members.append(JSON.Member("kind", "refused"))
    members += Answer.json(for: problem).members ?? []
  }
  let attributes = object.attributes.map { JSON.Member($0.name, listing(of: $0.value)) }
  return .object(members + [JSON.Member("attributes", .object(attributes))])
}

private func listing(of value: HDF5LibraryAttribute.Value) -> JSON {
  switch value {
  case .strings(let strings): .array(strings.map { .string(String(decoding: $0, as: UTF8.self)) })
  case .integers(let numbers): .array(numbers.map { .number(String($0)) })
  case .unsignedIntegers(let numbers): .array(numbers.map { .number(String($0)) })
  case .floats(let numbers): .array(numbers.map(JSON.double))
  case .other: .null
  }
}
