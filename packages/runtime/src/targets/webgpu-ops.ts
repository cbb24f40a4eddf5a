// Ops with a WebGPU kernel in ONNX Runtime 1.30.0; others run on the CPU, with copies between. Measured: the provider that the trace names for every node case
// of onnx 1.23.2, at its own opset and at 21, and for one model of each com.microsoft op; DepthToSpace, Einsum, ReduceLogSum and ReduceLogSumExp from the kernel
// table in webgpu_execution_provider.cc.
export const webgpuOps =
  'Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Clip Concat Constant Conv ConvTranspose Cos ' +
  'Cosh CumSum DFT DepthToSpace DequantizeLinear Div Einsum Elu Equal Erf Exp Expand Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm ' +
  'GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual HardSigmoid HardSwish Identity If InstanceNormalization LSTM LayerNormalization LeakyRelu ' +
  'Less LessOrEqual Log LpNormalization MatMul Max MaxPool Min Mul Neg Not PRelu Pad Pow RMSNormalization Range Reciprocal ReduceL1 ReduceL2 ' +
  'ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize RotaryEmbedding ' +
  'ScatterElements ScatterND Shape Sigmoid Sin Sinh Slice Softmax Softplus Split Sqrt Squeeze Sub Tan Tanh ThresholdedRelu Tile TopK Transpose ' +
  'Unsqueeze Where com.microsoft:BiasAdd com.microsoft:BiasGelu com.microsoft:BiasSplitGelu com.microsoft:FastGelu com.microsoft:FusedConv ' +
  'com.microsoft:GatherBlockQuantized com.microsoft:Gelu com.microsoft:GroupQueryAttention com.microsoft:MatMulNBits ' +
  'com.microsoft:MultiHeadAttention com.microsoft:QuickGelu com.microsoft:RotaryEmbedding com.microsoft:SimplifiedLayerNormalization ' +
  'com.microsoft:SkipLayerNormalization com.microsoft:SkipSimplifiedLayerNormalization';

/** Ops whose kernels stop at opset 21: their version rose in 22, and there they run on the CPU. */
export const webgpuUntil21 =
  'Acos Acosh Asin Asinh Atan Atanh ConvTranspose Cosh Elu GRU GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish LSTM MaxPool Sin Sinh Tan ' +
  'ThresholdedRelu';
