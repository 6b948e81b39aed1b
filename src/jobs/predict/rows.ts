/**
 * Rows of a TIFF of any size for a model, read by ranges of the file; and its labels written to a file as rows come.
 */
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { deflateSync } from "node:zlib";
import type { Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { joinLabelsInPlace } from "#core/labels/index.ts";
import {
  type ByteSource,
  createLabelRowsWriter,
  type LabelRowsOptions,
  type OpenTiff,
  openTiffImages,
  type TiffImageInfo,
} from "#formats/index.ts";
import { finite, luminance, type RowSource } from "#nn/index.ts";
import { readFileRange } from "../ingest/read-range.ts";
import type { InputChannels } from "./input-channels.ts";

// Rows of a read: decoded together, and small enough that sixteen of them are nothing beside the maps.
const READ_SAMPLES_MAX = 2 ** 26;

/** A file of this machine, read in parts. */
export function sourceOfPath(path: string, size: number, name: string): ByteSource {
  return { name, size, read: (from, to) => readFileRange(path, from, to, name) };
}

/**
 * Rows of one image of an opened TIFF, at full size.
 *
 * @throws FoundryError `array.axes` for several frames or focal planes.
 */
export function rowsOfTiff(
  tiff: OpenTiff,
  info: TiffImageInfo,
  channels: InputChannels,
  name: string,
): RowSource {
  if (info.t > 1 || info.z > 1) {
    throw new FoundryError("array.axes", {
      message: `${name} has ${info.t} frames and ${info.z} focal planes; a model for planes takes one of each.`,
      hint: "Save the frame and plane to be segmented as an image of its own.",
    });
  }
  const [{ height, width, blockHeight }] = info.levels as [TiffImageInfo["levels"][number]];
  const indices = channels === "luminance" ? [0] : channels.indices;
  const read = async (c: number, y0: number, rows: number): Promise<Plane> => {
    const region = await tiff.readRegion({ image: info.index, c, y0, x0: 0, height: rows, width });
    return { ...region, height: rows, width } as unknown as Plane;
  };
  /** Sample `s` of pixels that hold several. */
  const sample = async (s: number, y0: number, rows: number): Promise<Plane> => {
    const all = await read(0, y0, rows);
    const size = rows * width;
    return { ...all, data: all.data.subarray(s * size, (s + 1) * size) } as Plane;
  };
  const one = info.samples > 1 ? sample : read;
  return {
    height,
    width,
    present: indices.map((c) => c !== null),
    blockHeight,
    async readRows(c, y0, rows) {
      const step = Math.max(1, Math.floor(READ_SAMPLES_MAX / (width * info.samples)));
      if (rows > step) return joinRows(this, c, y0, rows, step);
      if (channels === "luminance") {
        const colours = [0, 1, 2].map((colour) => one(colour, y0, rows));
        return luminance(await Promise.all(colours));
      }
      return finite(await one(indices[c] ?? 0, y0, rows), name, [y0, 0]);
    },
  };
}

/** Rows read in several steps. */
async function joinRows(
  source: RowSource,
  c: number,
  y0: number,
  rows: number,
  step: number,
): Promise<Plane> {
  const first = await source.readRows(c, y0, step);
  const data = new (first.data.constructor as { new (length: number): Plane["data"] })(rows * source.width);
  data.set(first.data as never);
  for (let y = step; y < rows; y += step) {
    const part = await source.readRows(c, y0 + y, Math.min(step, rows - y));
    data.set(part.data as never, y * source.width);
  }
  return { ...first, height: rows, data } as Plane;
}

/** Label rows on their way into a file. */
export interface LabelFile {
  add(rows: { readonly y0: number; readonly labels: Plane<"int32"> }): Promise<void>;
  /** Ends the file and gives it its name. @param joins labels that turned out to be parts of others. */
  finish(joins: ReadonlyMap<number, number>): Promise<void>;
  /** Removes what was written; for a prediction that failed. */
  discard(): Promise<void>;
}

// Level 4 is twice as fast as 6 on labels and makes files a tenth larger.
const DEFLATE_LEVEL = 4;
// Rows read back at once when labels must be joined.
const REWRITE_ROWS = 512;

/**
 * Writes labels to `path`, which appears when they are complete.
 *
 * @throws FoundryError `disk.io` when the folder cannot be made or written to.
 */
export async function createLabelFile(path: string, options: LabelRowsOptions): Promise<LabelFile> {
  const temporary = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  let file = await open(temporary, "w");
  const writer = createLabelRowsWriter(
    sinkOf(() => file),
    { ...options, deflate },
  );
  return {
    add: ({ labels }) => writer.add(labels),
    async finish(joins) {
      const size = await writer.finish();
      if (joins.size > 0) file = await rewriteJoined(file, temporary, size, joins, options);
      await file.sync();
      await file.close();
      await rename(temporary, path);
    },
    async discard() {
      await file.close().catch(() => undefined);
      await rm(temporary, { force: true });
    },
  };
}

const deflate = (bytes: Uint8Array): Uint8Array => deflateSync(bytes, { level: DEFLATE_LEVEL });

const sinkOf = (file: () => FileHandle) => ({
  async write(at: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; )
      done += (await file().write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  },
});

/** Reads the labels back and writes them again with joined numbers. Rare: only for objects longer than a tile's halo. */
async function rewriteJoined(
  file: FileHandle,
  temporary: string,
  size: number,
  joins: ReadonlyMap<number, number>,
  options: LabelRowsOptions,
): Promise<FileHandle> {
  await file.close();
  const again = `${temporary}2`;
  const target = await open(again, "w");
  const writer = createLabelRowsWriter(
    sinkOf(() => target),
    { ...options, deflate },
  );
  const tiff = await openTiffImages(sourceOfPath(temporary, size, "labels"));
  for (let y0 = 0; y0 < options.height; y0 += REWRITE_ROWS) {
    const height = Math.min(REWRITE_ROWS, options.height - y0);
    const { data } = await tiff.readRegion({ y0, x0: 0, height, width: options.width });
    const labels = { dtype: "int32", height, width: options.width, data: Int32Array.from(data) } as const;
    joinLabelsInPlace(labels, joins);
    await writer.add(labels);
  }
  await writer.finish();
  await rename(again, temporary);
  return target;
}
