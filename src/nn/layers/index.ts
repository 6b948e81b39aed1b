/** Layers: graph functions that bring their own parameters. */
export type { ConvolutionSettings } from "./convolution-layer.ts";
export {
  layerNormalisation,
  plainConvolution,
  standardisedConvolution,
  standardiseWeights,
} from "./convolution-layer.ts";
export type { NamedTensor, ParameterLayout, ParameterSource, ParameterSpec } from "./parameters.ts";
export {
  decayMask,
  foldingSource,
  initialParameters,
  layoutOf,
  parametersOfTensors,
  parametersOfVector,
} from "./parameters.ts";
