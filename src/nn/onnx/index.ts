/** ONNX model files: plain data, writer and reader. */
export { decodeModel } from "./decode-model.ts";
export { encodeModel } from "./encode-model.ts";
export type { OnnxAttribute, OnnxDtype, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from "./model.ts";
