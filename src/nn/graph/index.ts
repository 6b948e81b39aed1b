/** The graph language: values, operators, and writing ONNX from them. */
export {
  absolute,
  exponential,
  logarithm,
  relu,
  sigmoid,
  softplus,
  square,
  squareRoot,
} from "./activation.ts";
export {
  add,
  divide,
  isPositive,
  minimum,
  multiply,
  offset,
  scale,
  subtract,
} from "./arithmetic.ts";
export { broadcastTo, sum, sumTo } from "./broadcasting.ts";
export { convolution } from "./convolution.ts";
export type { ConvolutionGeometry } from "./convolution-geometry.ts";
export type { EmitOptions } from "./emit.ts";
export { emitModel } from "./emit.ts";
export { gatherColumns } from "./gather.ts";
export type { Attributes, Graph, Operator, Shape, Value } from "./graph.ts";
export {
  constantValue,
  createGraph,
  elementCount,
  inputValue,
  isConstant,
  isInput,
  scalar,
} from "./graph.ts";
export { matrixProduct } from "./matrix-product.ts";
export { averagePool, maxPool, upsampleNearest } from "./pooling.ts";
export { mean, meanOfAll, sumOfAll } from "./reduction.ts";
export { concatenate, pad, reshape, reverse, slice, transpose } from "./shape.ts";
