/**
 * One movie of a tracking archive as image, objects and links.
 *
 * Movies of unequal length are padded with empty frames to the longest; frames at the end that are empty in image and
 * labels are cut off again.
 */
import {
  axisLength,
  dtypeOf,
  type ImageArray,
  imageArray,
  labelImage,
  typedArray,
} from "#core/array/index.ts";
import { objectShapesFromLabels } from "#core/labels/index.ts";
import { describeFindings, linksFromTracks, presenceOf } from "#core/lineage/index.ts";
import type { NumberArray, TextArray } from "../../containers/npy/decode-values.ts";
import type { NpyItems } from "../../containers/npy/read-npy.ts";
import { fault } from "../../fault.ts";
import type { ReadItem, ReadObject } from "../../import/layout.ts";
import { checkDecodedSize, readLimits } from "../../limits.ts";
import { checkMovieLineage, tracksOfLineage } from "./lineage-json.ts";
import type { TrkArchive } from "./open-trk.ts";

const LABEL_MAX = 2 ** 31 - 1;

/** @throws FoundryError `format.dataset` for values that are no labels; `format.*`, `limit.*`. */
export async function readTrkMovie(archive: TrkArchive, index: number, name: string): Promise<ReadItem> {
  const raw = await movieArray(archive.raw, archive.batched, index, name);
  const tracked = await movieArray(archive.tracked, archive.batched, index, name);
  const [frames, height, width] = raw.shape as [number, number, number, number];
  const used = archive.batched && archive.raw.shape[0]! > 1 ? usedFrames(raw, tracked) : frames;
  const objects = trackedObjects(tracked, used, height, width, name);
  const cells = archive.lineages[index]!;
  const detections = objects.map(({ label, shape }) => ({ label, t: shape.t }));
  const { findings, notes } = checkMovieLineage(cells, presenceOf(detections), used);
  const image = movieImage(raw, used);
  const padded =
    used < frames ? [`${frames - used} empty frames at the end are padding and were cut off.`] : [];
  return {
    image: {
      image,
      channels: Array.from({ length: axisLength(image, "c") }, () => ({ name: "" })),
      mpp: null,
      mppSource: null,
      notes: padded,
    },
    layers: [
      {
        compartment: "nuclear",
        name: "",
        truth: "gold",
        coverage: "exhaustive",
        objects,
        links: linksFromTracks(tracksOfLineage(cells), detections),
      },
    ],
    notes: [...describeFindings(findings), ...notes],
  };
}

/** Frames, y, x, channels of one movie. */
async function movieArray(
  items: NpyItems,
  batched: boolean,
  index: number,
  name: string,
): Promise<NumberArray> {
  if (batched) return asNumbers(await items.read(index), name);
  const [frames, ...rest] = items.shape as [number, ...number[]];
  const size = rest.reduce((product, side) => product * side, 1);
  checkDecodedSize(
    name,
    {
      samples: frames * size,
      bytes: frames * size * 8,
      what: `a movie of shape (${items.shape.join(", ")})`,
    },
    { ...readLimits({}), decodedBytesMax: 8 * readLimits({}).samplesMax },
  );
  const parts: NumberArray[] = [];
  for (let t = 0; t < frames; t++) parts.push(asNumbers(await items.read(t), name));
  // Frames of 64-bit integers are narrowed one by one; the widest of their kinds holds all.
  const dtype = parts.some((part) => part.dtype === "float64") ? "float64" : (parts[0]?.dtype ?? "uint8");
  const mixed = parts.some((part) => part.dtype !== dtype);
  const data = typedArray(mixed ? "float64" : dtype, frames * size);
  for (const [t, part] of parts.entries()) data.set(part.data, t * size);
  return { dtype: mixed ? "float64" : dtype, shape: items.shape, data };
}

function asNumbers(array: NumberArray | TextArray, name: string): NumberArray {
  if (array.dtype !== "text") return array;
  throw fault("format.dataset", {
    file: name,
    reason: "its pixels are text",
    remedy: "Write the archive again.",
  });
}

/** Frames up to the last one with a value other than 0 in image or labels; at least one. */
function usedFrames(raw: NumberArray, tracked: NumberArray): number {
  const frames = raw.shape[0]!;
  for (let t = frames - 1; t > 0; t--) if (hasValues(raw, t) || hasValues(tracked, t)) return t + 1;
  return 1;
}

function hasValues({ data, shape }: NumberArray, t: number): boolean {
  const size = data.length / shape[0]!;
  for (let i = t * size; i < (t + 1) * size; i++) if (data[i] !== 0) return true;
  return false;
}

function trackedObjects(
  { data }: NumberArray,
  frames: number,
  height: number,
  width: number,
  name: string,
): ReadObject[] {
  const objects: ReadObject[] = [];
  const pixels = height * width;
  for (let t = 0; t < frames; t++) {
    const plane = labelImage(height, width);
    for (let i = 0; i < pixels; i++) {
      const value = data[t * pixels + i]!;
      if (!(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX)) {
        throw fault("format.dataset", {
          file: name,
          place: `tracked.npy, frame ${t}, pixel y ${Math.floor(i / width)}, x ${i % width}`,
          reason: `its value is ${value}; labels are whole numbers from 0`,
          remedy: "Write the archive again.",
        });
      }
      plane.data[i] = value;
    }
    for (const [label, shape] of objectShapesFromLabels(plane, { t })) objects.push({ label, shape });
  }
  return objects;
}

/** Channels from last to their place: (t, y, x, c) to tyx or tcyx. */
function movieImage({ dtype, data, shape }: NumberArray, frames: number): ImageArray {
  const [, height, width, channels] = shape as [number, number, number, number];
  const pixels = height * width;
  if (channels === 1) {
    const part = data.slice(0, frames * pixels);
    return imageArray(dtypeOf(part)!, "tyx", [frames, height, width], part);
  }
  const out = typedArray(dtype, frames * channels * pixels);
  for (let t = 0; t < frames; t++)
    for (let c = 0; c < channels; c++) {
      const to = (t * channels + c) * pixels;
      for (let i = 0; i < pixels; i++) out[to + i] = data[(t * pixels + i) * channels + c]!;
    }
  return imageArray(dtypeOf(out)!, "tcyx", [frames, channels, height, width], out);
}
