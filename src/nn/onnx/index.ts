/** ONNX model files: plain data, writer and reader. */
export type { ModelFacts, ModelLimits, PortFacts } from "./check-model.ts";
export { checkModel, defaultModelLimits } from "./check-model.ts";
export { decodeModel } from "./decode-model.ts";
export { encodeModel } from "./encode-model.ts";
export type { OnnxAttribute, OnnxDtype, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
