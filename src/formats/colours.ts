/**
 * From samples of a pixel to channels of an image.
 *
 * Biologists save grey fluorescence images as RGB all the time. When red, green and blue are equal everywhere, the
 * image is one grey plane and says so in a note; real colour stays three channels. Alpha is dropped: silently when it
 * is opaque, with a note when it is not.
 */
import { type Dtype, type ImageArray, type TypedArrays, typedArray } from "#core/array/index.ts";
import type { ReadChannel } from "./read-image-types.ts";

export interface SampleStack {
  readonly dtype: Dtype;
  readonly shape: readonly [t: number, c: number, z: number, samples: number, y: number, x: number];
  readonly data: TypedArrays[Dtype];
  /** `channels`: several samples that are not colours. */
  readonly sampleKind: "grey" | "rgb" | "channels";
  /** The last sample is alpha. */
  readonly alpha: boolean;
}

export interface ColouredImage {
  readonly image: ImageArray;
  readonly channels: readonly ReadChannel[];
  readonly notes: readonly string[];
}

/**
 * @param names  channel names the file gives, "" where it has none.
 * @returns image with axes a subset of tczyx. May share the memory of `stack.data`.
 */
export function normaliseColours(stack: SampleStack, names: readonly string[]): ColouredImage {
  const notes: string[] = [];
  const [t, c, z, samples, height, width] = stack.shape;
  const plane = height * width;
  const groups = t * c * z;
  let kept = samples;
  if (stack.alpha) {
    kept--;
    if (!isOpaque(stack, groups, plane)) notes.push("The transparency (alpha) of the image was dropped.");
  }
  const colours = stack.sampleKind === "rgb" ? 3 : kept;
  if (kept > colours) notes.push(`Samples beyond red, green and blue were dropped (${kept - colours}).`);
  kept = Math.min(kept, colours);
  if (stack.sampleKind === "rgb" && samplesEqual(stack, groups, plane)) {
    kept = 1;
    notes.push("Red, green and blue are equal everywhere; the image was read as one grey channel.");
  }
  const data = reorder(stack, kept);
  const channels = channelsOf(stack, kept, c, names);
  return { image: squeeze(stack.dtype, [t, c * kept, z, height, width], data), channels, notes };
}

function isOpaque({ data, dtype, shape }: SampleStack, groups: number, plane: number): boolean {
  const opaque = dtype === "uint8" ? 255 : dtype === "uint16" ? 65_535 : Number.NaN;
  const samples = shape[3];
  for (let group = 0; group < groups; group++) {
    const start = (group * samples + samples - 1) * plane;
    for (let i = start; i < start + plane; i++) if (data[i] !== opaque) return false;
  }
  return true;
}

function samplesEqual({ data, shape }: SampleStack, groups: number, plane: number): boolean {
  const samples = shape[3];
  for (let group = 0; group < groups; group++) {
    const red = group * samples * plane;
    for (let i = red; i < red + plane; i++) {
      if (data[i] !== data[i + plane] || data[i] !== data[i + 2 * plane]) return false;
    }
  }
  return true;
}

/** From [t, c, z, samples, y, x] to [t, c * kept, z, y, x]. */
function reorder({ data, dtype, shape }: SampleStack, kept: number): TypedArrays[Dtype] {
  const [t, c, z, samples, height, width] = shape;
  const plane = height * width;
  if (samples === 1 || (samples === kept && z === 1)) return data;
  const out = typedArray(dtype, t * c * kept * z * plane);
  for (let outer = 0; outer < t * c; outer++) {
    for (let zi = 0; zi < z; zi++) {
      for (let sample = 0; sample < kept; sample++) {
        const from = ((outer * z + zi) * samples + sample) * plane;
        out.set(data.subarray(from, from + plane), ((outer * kept + sample) * z + zi) * plane);
      }
    }
  }
  return out;
}

function channelsOf(stack: SampleStack, kept: number, c: number, names: readonly string[]): ReadChannel[] {
  if (stack.sampleKind === "rgb" && kept === 3 && c === 1)
    return ["red", "green", "blue"].map((name) => ({ name }));
  return Array.from({ length: c * kept }, (_, i) => channelNamed(names[i] ?? ""));
}

const NUCLEAR = /\b(dapi|hoechst\d*|dna|h2b\w*|draq\d*|nucle(?:ar|us|i)|sytox\w*)\b/i;
const PHASE = /\b(phase|phc)\b/i;
const BRIGHTFIELD = /\b(bright-?field|bf|dic|trans(?:mitted)?)\b/i;

/** A role only for names that leave no doubt; a person decides the others. */
export function channelNamed(name: string): ReadChannel {
  if (NUCLEAR.test(name)) return { name, role: "nuclear" };
  if (PHASE.test(name)) return { name, role: "phase" };
  if (BRIGHTFIELD.test(name)) return { name, role: "brightfield" };
  return { name };
}

/** Leaves out axes of size 1, except yx. */
function squeeze(
  dtype: Dtype,
  [t, c, z, y, x]: readonly [number, number, number, number, number],
  data: TypedArrays[Dtype],
): ImageArray {
  const sizes: [string, number][] = [
    ["t", t],
    ["c", c],
    ["z", z],
  ];
  const kept = sizes.filter(([, size]) => size > 1);
  return {
    dtype,
    axes: `${kept.map(([axis]) => axis).join("")}yx`,
    shape: [...kept.map(([, size]) => size), y, x],
    data,
  };
}
