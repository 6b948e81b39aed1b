/**
 * Plain tensors to and from those of ONNX Runtime's JavaScript packages, which look alike in Node and in the browser.
 */
import type { Tensor as OrtTensor, TensorConstructor } from "onnxruntime-node";
import { FoundryError } from "#core/errors.ts";
import type { Tensor } from "./engine.ts";

/** @throws FoundryError `array.shapeMismatch` when shape and number of values differ. Shares the memory of `tensor`. */
export function toOrt(Constructor: TensorConstructor, name: string, tensor: Tensor): OrtTensor {
  const count = tensor.shape.reduce((a, b) => a * b, 1);
  if (count !== tensor.data.length) {
    throw new FoundryError("array.shapeMismatch", {
      message: `Input "${name}" has shape [${tensor.shape.join(", ")}] but ${tensor.data.length} values.`,
    });
  }
  return tensor.data instanceof Float32Array
    ? new Constructor("float32", tensor.data, tensor.shape)
    : new Constructor("int64", tensor.data, tensor.shape);
}

/** @throws FoundryError `model.invalid` for other elements than float32 and int64. Shares the memory of `value`. */
export function fromOrt(name: string, value: OrtTensor): Tensor {
  if (value.data instanceof Float32Array || value.data instanceof BigInt64Array) {
    return { shape: value.dims, data: value.data };
  }
  throw new FoundryError("model.invalid", {
    message: `Output "${name}" of the model has element type ${value.type}; float32 or int64 is expected.`,
  });
}
