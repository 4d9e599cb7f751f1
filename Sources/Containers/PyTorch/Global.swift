/// A name of Python that a pickle may speak of, and what Ingot takes it for; nothing is ever called.
///
/// This is the whole list. It is that of PyTorch's own safe loader (`torch/_weights_only_unpickler.py`) as far as state dictionaries
/// need it.
enum Global: Equatable {
  case orderedDictionary
  case tensor
  case tensorOfVersion2
  case tensorOfVersion3
  case parameter
  case parameterWithState
  case parameterClass
  case size
  case device
  case encode
  case storage(StorageType)
  case type(TorchType)

  /// Finds a name; nil when it is not on the list.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor"): self = .tensor
    case ("torch._utils", "_rebuild_tensor_v2"): self = .tensorOfVersion2
    case ("torch._utils", "_rebuild_tensor_v3"): self = .tensorOfVersion3
    case ("torch._utils", "_rebuild_parameter"): self = .parameter
    case ("torch._utils", "_rebuild_parameter_with_state"): self = .parameterWithState
    case ("torch.nn.parameter", "Parameter"): self = .parameterClass
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("_codecs", "encode"): self = .encode
    case ("torch.storage", "UntypedStorage"): self = .storage(.untyped)
    case ("torch", let name):
      if let storage = StorageType(className: name) {
        self = .storage(storage)
      } else if let type = TorchType(name: name) {
        self = .type(type)
      } else {
        return nil
      }
    default: return nil
    }
  }
}

extension Global {
  /// The name without its module.
  var name: String {
    switch self {
    case .orderedDictionary: "OrderedDict"
    case .tensor: "_rebuild_tensor"
    case .tensorOfVersion2: "_rebuild_tensor_v2"
    case .tensorOfVersion3: "_rebuild_tensor_v3"
    case .parameter: "_rebuild_parameter"
    case .parameterWithState: "_rebuild_parameter_with_state"
    case .parameterClass: "Parameter"
    case .size: "Size"
    case .device: "device"
    case .encode: "encode"
    case .storage(let type): type.name
    case .type(let type): type.name
    }
  }

  /// What it takes, for messages.
  var arguments: String {
    switch self {
    case .orderedDictionary: "nothing, or a list of pairs"
    case .tensor: "storage, offset, size and stride"
    case .tensorOfVersion2: "storage, offset, size, stride, requires_grad and hooks"
    case .tensorOfVersion3: "storage, offset, size, stride, requires_grad, hooks and type"
    case .parameter: "a tensor, requires_grad and hooks"
    case .parameterWithState: "a tensor, requires_grad, hooks and state"
    case .size: "a tuple"
    case .device, .encode, .parameterClass, .storage, .type: "nothing that matters here"
    }
  }
}
