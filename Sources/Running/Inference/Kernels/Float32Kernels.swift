import CKernels
import Tensors

/// The fast kernels: C compiled for several instruction sets, the best of which is chosen at run time.
package struct Float32Kernels: Kernels {
  package static let precision = Precision.float32
  // The table of functions is constant.
  nonisolated(unsafe) private let kernels: UnsafePointer<CKKernels>

  /// Takes the fastest kernels of this processor.
  package init() {
    self.init(level: ck_best_level())!
  }

  /// Takes the kernels of one instruction set; nil when this processor has it not.
  init?(level: CKLevel) {
    guard let kernels = ck_kernels(level) else { return nil }
    self.kernels = kernels
  }

  package func widen(_ tensor: Tensor, from first: Int, count: Int, into destination: UnsafeMutablePointer<Float>) {
    tensor.bytes.withUnsafeBytes { bytes in
      let source = bytes.baseAddress! + first * tensor.elementType.byteCount
      kernels.pointee.widen(element(of: tensor), source, destination, count)
    }
  }

  package func multiply(
    _ weight: Tensor, rows: Range<Int>, bias: UnsafePointer<Float>?, by x: MatrixView<Float>, into y: MatrixView<Float>
  ) {
    let depth = weight.shape.dimensions[1]
    weight.bytes.withUnsafeBytes { bytes in
      multiply(
        bytes.baseAddress! + rows.lowerBound * depth * weight.elementType.byteCount, element(of: weight),
        strides: (depth, 1), bias: bias, by: x, scale: 1, into: y)
    }
  }

  package func multiply(
    transposed a: MatrixView<Float>, by x: MatrixView<Float>, scale: Float, into y: MatrixView<Float>
  ) {
    multiply(a.base, CKElementFloat32, strides: (1, a.stride), bias: nil, by: x, scale: scale, into: y)
  }

  package func multiply(_ a: MatrixView<Float>, by x: MatrixView<Float>, into y: MatrixView<Float>) {
    multiply(a.base, CKElementFloat32, strides: (a.stride, 1), bias: nil, by: x, scale: 1, into: y)
  }

  package func activate(_ x: MatrixView<Float>, by activation: Activation) {
    let function: CKFunction
    switch activation {
    case .geluErf: function = CKFunctionGELU
    case .geluTanh: function = CKFunctionGELUTanh
    case .linear: return
    case .relu: function = CKFunctionReLU
    case .sigmoid: function = CKFunctionSigmoid
    case .swish: function = CKFunctionSwish
    case .tanh: function = CKFunctionTanh
    }
    for feature in 0..<x.features { kernels.pointee.apply(function, x.row(feature), x.columns) }
  }

  package func normalize(
    _ x: MatrixView<Float>, adding residual: MatrixView<Float>?, centered: Bool, gamma: UnsafePointer<Float>,
    beta: UnsafePointer<Float>, epsilon: Double
  ) {
    precondition(residual.map { $0.stride == x.stride } ?? true)
    kernels.pointee.normalize(
      x.base, residual?.base, x.stride, x.features, x.columns, centered, gamma, beta, Float(epsilon))
  }

  package func softmax(_ x: MatrixView<Float>) {
    kernels.pointee.softmax(x.base, x.stride, x.features, x.columns, nil, nil, nil)
  }

  package func softmax(_ x: MatrixView<Float>, seeing visibility: Visibility, firstQuery: Int) {
    if visibility.paddingSight == .othersAndItself {
      hide(x, seeing: visibility, firstQuery: firstQuery)
      softmax(x)
    } else if let order = visibility.order {
      order.withUnsafeBufferPointer { order in
        kernels.pointee.softmax(
          x.base, x.stride, x.features, x.columns, visibility.keys, order.baseAddress!, order.baseAddress! + firstQuery)
      }
    } else {
      kernels.pointee.softmax(x.base, x.stride, x.features, x.columns, visibility.keys, nil, nil)
    }
    if visibility.paddingSight == .nothing { clear(x, seeing: visibility, firstQuery: firstQuery) }
  }

  private func multiply(
    _ weights: UnsafeRawPointer, _ element: CKElement, strides: (row: Int, column: Int), bias: UnsafePointer<Float>?,
    by x: MatrixView<Float>, scale: Float, into y: MatrixView<Float>
  ) {
    var product = CKProduct(
      weights: weights, element: element, rowStride: strides.row, columnStride: strides.column,
      input: x.base, inputStride: x.stride, output: y.base, outputStride: y.stride, bias: bias, scale: scale,
      rows: y.features, depth: x.features, columns: y.columns)
    kernels.pointee.multiply(&product)
  }

  private func element(of tensor: Tensor) -> CKElement {
    switch tensor.elementType {
    case .float16: CKElementFloat16
    case .bfloat16: CKElementBFloat16
    case .float32: CKElementFloat32
    default: preconditionFailure("weights of \(tensor.elementType) are refused when a model is made")
    }
  }
}
