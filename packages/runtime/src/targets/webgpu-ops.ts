// Ops with a WebGPU kernel in ONNX Runtime; others run on the CPU, with copies between. Source: the kernel table of onnxruntime's webgpu_execution_provider.cc and its contrib kernels.
export const webgpuOps =
  'Abs Acos Acosh Add ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Clip Concat Constant Conv ConvTranspose Cos Cosh CumSum ' +
  'DepthToSpace DequantizeLinear Div Einsum Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements Gelu Gemm GlobalAveragePool GlobalMaxPool Greater ' +
  'GreaterOrEqual HardSigmoid Identity If InstanceNormalization LayerNormalization LeakyRelu Less LessOrEqual Log MatMul MaxPool Mul Neg Not Pad Pow Range ' +
  'Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize Shape ' +
  'Sigmoid Sin Sinh Slice Softmax Split Sqrt Squeeze Sub Tan Tanh ThresholdedRelu Tile Transpose Unsqueeze Where ' +
  'com.microsoft:BiasAdd com.microsoft:BiasGelu com.microsoft:BiasSplitGelu com.microsoft:FastGelu com.microsoft:FusedConv com.microsoft:GatherBlockQuantized ' +
  'com.microsoft:Gelu com.microsoft:GroupQueryAttention com.microsoft:LayerNormalization com.microsoft:MatMulNBits com.microsoft:MultiHeadAttention ' +
  'com.microsoft:QuickGelu com.microsoft:RotaryEmbedding com.microsoft:SimplifiedLayerNormalization com.microsoft:SkipLayerNormalization ' +
  'com.microsoft:SkipSimplifiedLayerNormalization';
