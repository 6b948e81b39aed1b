/**
 * Operators that an imported model may use, and which of their inputs decide the size of their result.
 *
 * A list of what is allowed rather than of what is not: an operator the runtime learns tomorrow is not allowed until
 * somebody has looked at it. Left out are loops (time without bound), random numbers (a model answers the same question
 * the same way), text, sequences, and operators whose result size depends on pixel values.
 */

const arithmetic =
  "Abs Add Clip Ceil Div Equal Erf Exp Floor Greater GreaterOrEqual Identity IsInf IsNaN Less LessOrEqual Log Max Mean " +
  "Min Mod Mul Neg Not And Or Xor Pow Reciprocal Round Sign Sqrt Sub Sum Where Sin Cos Tan Asin Acos Atan Sinh Cosh " +
  "Cast CastLike Det BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot";
const activations =
  "Celu Elu Gelu HardSigmoid HardSwish Hardmax LeakyRelu LogSoftmax Mish PRelu Relu Selu Shrink Sigmoid Softmax Softplus " +
  "Softsign Swish Tanh ThresholdedRelu";
const layers =
  "Attention AveragePool BatchNormalization Conv ConvInteger ConvTranspose DeformConv DequantizeLinear Dropout " +
  "DynamicQuantizeLinear Einsum GRU Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample GroupNormalization " +
  "InstanceNormalization LRN LSTM LayerNormalization LpNormalization LpPool MatMul MatMulInteger MaxPool " +
  "MeanVarianceNormalization QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN Resize RotaryEmbedding " +
  "Upsample";
const reductions =
  "ArgMax ArgMin CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd " +
  "ReduceSum ReduceSumSquare TopK";
const shapes =
  "Concat Constant ConstantOfShape CenterCropPad DepthToSpace Expand EyeLike Flatten Gather GatherElements GatherND If " +
  "MaxUnpool OneHot Pad Range Reshape ReverseSequence ScatterElements ScatterND Shape Size Slice SpaceToDepth Split " +
  "Squeeze Tile Transpose Trilu Unsqueeze";

const words = (text: string): string[] => text.split(" ");

/** By domain; "" is the standard one, also written "ai.onnx". The runtime's own: fused forms of the above. */
export const allowedOperators: Readonly<Record<string, ReadonlySet<string>>> = {
  "": new Set([arithmetic, activations, layers, reductions, shapes].flatMap(words)),
  "com.microsoft": new Set(
    words("BiasGelu FastGelu FusedConv FusedGemm FusedMatMul Gelu QuickGelu LayerNormalization"),
  ),
};

/** Inputs, by position, whose values decide how large the result is. */
export const sizeInputs: Readonly<Record<string, readonly number[]>> = {
  CenterCropPad: [1],
  ConstantOfShape: [0],
  Expand: [1],
  If: [0],
  MaxUnpool: [2],
  OneHot: [1],
  Pad: [1, 3],
  Range: [0, 1, 2],
  Reshape: [1],
  Resize: [1, 2, 3],
  Slice: [1, 2, 3, 4],
  Split: [1],
  Squeeze: [1],
  Tile: [1],
  TopK: [1],
  Unsqueeze: [1],
  Upsample: [1],
};

/**
 * Versions of the operator sets that are read. 7 is the oldest the exchange format for bioimage models allows; the
 * newest is that of the runtime.
 */
export const opsetRange: Readonly<Record<string, readonly [lowest: number, highest: number]>> = {
  "": [7, 26],
  "ai.onnx": [7, 26],
  "com.microsoft": [1, 1],
};
