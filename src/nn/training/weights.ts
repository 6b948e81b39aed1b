/**
 * Between the flat parameter vector and named weights.
 */
import { FoundryError } from "#core/errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { NamedTensor, ParameterLayout } from "../layers/index.ts";
import type { SegmentationArchitecture } from "../models/index.ts";
import { segmentationFoldModel } from "../models/index.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

/** Canonical bytes of the weights: each parameter by name. */
export function encodeWeights(layout: ParameterLayout, theta: Float32Array): Uint8Array<ArrayBuffer> {
  const tensors = new Map<string, NamedTensor>();
  layout.specs.forEach((spec, i) => {
    const start = layout.offsets[i] as number;
    const end = layout.offsets[i + 1] ?? layout.total;
    tensors.set(spec.name, { shape: spec.shape, data: theta.slice(start, end) });
  });
  return encodeTensors({ tensors, metadata: { format: "cellfoundry-weights/1" } });
}

/**
 * The parameter vector from weights of a model with the same architecture.
 *
 * @throws FoundryError `model.invalid` for damaged bytes; `training.config` when a parameter is missing or has another shape.
 */
export function decodeWeights(layout: ParameterLayout, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const { tensors } = decodeTensors(bytes);
  const theta = new Float32Array(layout.total);
  layout.specs.forEach((spec, i) => {
    const tensor = tensors.get(spec.name);
    if (tensor === undefined || tensor.shape.join() !== spec.shape.join()) {
      throw new FoundryError("training.config", {
        message: `The weights to start from do not fit the network: parameter ${spec.name} should be [${spec.shape.join(", ")}].`,
        hint: "Choose a base model with the same architecture, or start from random weights.",
      });
    }
    theta.set(tensor.data, layout.offsets[i]);
  });
  return theta;
}

/** The tensors a released model stores: standardised weights instead of raw ones. */
export async function foldWeights(
  engine: Engine,
  architecture: SegmentationArchitecture,
  theta: Float32Array,
): Promise<Map<string, NamedTensor>> {
  const session = await engine.createSession(segmentationFoldModel(architecture));
  const outputs = await session.run({ theta: { shape: [theta.length], data: theta } });
  await session.release();
  const tensors = new Map<string, NamedTensor>();
  for (const name of session.outputNames) {
    const tensor = outputs[name];
    if (tensor?.data instanceof Float32Array) tensors.set(name, { shape: tensor.shape, data: tensor.data });
  }
  return tensors;
}

/**
 * Largest absolute difference between the weights of two files of one architecture; infinite when they do not have the
 * same parameters. @throws FoundryError `model.invalid` for damaged bytes.
 */
export function largestDifference(a: Uint8Array, b: Uint8Array): number {
  const [one, other] = [decodeTensors(a).tensors, decodeTensors(b).tensors];
  if (one.size !== other.size) return Infinity;
  let largest = 0;
  for (const [name, { data }] of one) {
    const against = other.get(name)?.data;
    if (against === undefined || against.length !== data.length) return Infinity;
    for (let i = 0; i < data.length; i++)
      largest = Math.max(largest, Math.abs((data[i] as number) - (against[i] as number)));
  }
  return largest;
}
