/**
 * Where a model that looks at windows gets pixels and limits from: an image in memory, or one of which windows are read.
 *
 * Limits are those of the whole plane for both, to the bit; of a large image they are counted in rows and remembered, since
 * a person asks about the same slide again and again.
 */

import {
  axisLength,
  type BoundingBox,
  channelPlane,
  type ImageArray,
  imageArray,
  type Plane,
} from "#core/array/index.ts";
import { createPercentileCounter } from "#core/image/index.ts";
import { channelsForModel, type InputContract, modelPlanes, normalisationLimits } from "#nn/index.ts";
import {
  type ImageDetail,
  isLargeImage,
  readImageArray,
  readImageRegion,
  type Store,
  withArrayFile,
} from "#store/index.ts";
import { rowsOfStored } from "../predict/index.ts";

export interface PlanePlace {
  readonly t: number;
  readonly z: number;
}

type Limits = ReturnType<typeof normalisationLimits>;

export interface PlaneSource {
  /** Number of frames and focal planes. */
  readonly frames: number;
  readonly slices: number;
  /** All channels of a window of a plane, axes cyx, as a copy of its own. */
  window(at: PlanePlace, window: BoundingBox): Promise<ImageArray>;
  /**
   * Intensities of the whole plane that become 0 and 1, for each input of a model.
   *
   * @param indices  channel of each input, null for none; undefined where the brightness of colours is the input.
   */
  limits(
    at: PlanePlace,
    contract: InputContract,
    indices: readonly (number | null)[] | undefined,
  ): Promise<Limits[]>;
}

/** @throws FoundryError `image.notFound`, `blob.missing`, `blob.corrupt`. */
export async function openPlaneSource(store: Store, image: ImageDetail): Promise<PlaneSource> {
  return isLargeImage(store, image)
    ? regionSource(store, image)
    : memorySource(await readImageArray(store, image.id));
}

function memorySource(array: ImageArray): PlaneSource {
  return {
    frames: axisLength(array, "t"),
    slices: axisLength(array, "z"),
    window: async (at, window) => planeArray(array, at, window),
    async limits(at, contract, indices) {
      const whole = planeArray(array, at, null);
      const fitting = indices === undefined ? channelsForModel(whole, contract) : whole;
      return modelPlanes(fitting, contract, { indices }).map((plane) => normalisationLimits(plane, contract));
    },
  };
}

/** Rows counted at once. */
const COUNTED_VALUES = 2 ** 22;

/** Limits of large planes by pixels, channel and percentiles; two numbers each. */
const counted = new Map<string, Limits>();
const COUNTED_MAX = 1_000;

function regionSource(store: Store, image: ImageDetail): PlaneSource {
  const form = { axes: image.axes, shape: image.shape, dtype: "uint8" as const };
  const { arrayDigest, name } = image;
  return {
    frames: axisLength(form, "t"),
    slices: axisLength(form, "z"),
    window: (at, window) => readImageRegion(store, image, at, window),
    limits: (at, contract, indices) =>
      withArrayFile(store, arrayDigest, async (file) => {
        const { low, high } = contract.normalisation;
        const rows = rowsOfStored(file, indices === undefined ? "luminance" : { indices }, name);
        const limits: Limits[] = [];
        for (const [input, present] of rows.present.entries()) {
          const key = [arrayDigest, at.t, at.z, indices?.[input] ?? "luminance", low, high].join(" ");
          const known = present ? counted.get(key) : { from: 0, to: 0 };
          const found = known ?? (await countLimits(rows, input, [low, high]));
          if (counted.size >= COUNTED_MAX) counted.clear();
          if (present) counted.set(key, found);
          limits.push(found);
        }
        return limits;
      }),
  };
}

async function countLimits(
  rows: ReturnType<typeof rowsOfStored>,
  input: number,
  percentiles: readonly [number, number],
): Promise<Limits> {
  const { height, width } = rows;
  const step = Math.max(1, Math.floor(COUNTED_VALUES / width));
  let counter: ReturnType<typeof createPercentileCounter> | undefined;
  for (let y0 = 0; y0 < height; y0 += step) {
    const band = await rows.readRows(input, y0, Math.min(step, height - y0));
    counter ??= createPercentileCounter(band.dtype, height * width);
    counter.add(band);
  }
  const [from, to] = (counter?.finish([...percentiles]) ?? [0, 0]) as [number, number];
  return { from, to };
}

/** All channels of a frame and slice, axes cyx, as a copy of its own. */
function planeArray(array: ImageArray, at: PlanePlace, window: BoundingBox | null): ImageArray {
  const count = axisLength(array, "c");
  const planes = Array.from({ length: count }, (_, c) => {
    const plane = channelPlane(array, { ...at, c });
    return window === null ? plane : cropped(plane, window);
  });
  const { height, width, data } = planes[0] as Plane;
  const joined = data.slice(0, 0).constructor as new (length: number) => typeof data;
  const all = new joined(count * height * width);
  planes.forEach((plane, c) => {
    (all as Float32Array).set(plane.data as Float32Array, c * height * width);
  });
  return imageArray(array.dtype, "cyx", [count, height, width], all);
}

function cropped(plane: Plane, [y0, x0, y1, x1]: BoundingBox): Plane {
  const [height, width] = [y1 - y0, x1 - x0];
  const data = plane.data.slice(0, 0).constructor as new (length: number) => typeof plane.data;
  const out = new data(height * width);
  for (let y = 0; y < height; y++) {
    const row = (y0 + y) * plane.width + x0;
    (out as Float32Array).set(plane.data.subarray(row, row + width) as Float32Array, y * width);
  }
  return { ...plane, height, width, data: out } as Plane;
}
