/**
 * The smaller levels of a large image, as files beside the blobs: made by one pass over the pixels, each level from the one
 * before, and made again when they are gone.
 *
 * Levels follow from the pixels alone, so they are kept by the digest of the pixels and by nothing else; the pass that makes
 * them also hashes the pixels, so levels of damaged bytes are never kept. A folder appears when all its levels are there.
 */

import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type ArrayForm,
  axisLength,
  type BoundingBox,
  type ImageArray,
  imageArray,
  typedArray,
} from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { createRowHalver, levelForms } from "#formats/index.ts";
import { openHome } from "#platform/index.ts";
import { encodeHead } from "./array-bytes.ts";
import { type ArrayFileWriter, createArrayFile, openArrayFile } from "./array-file.ts";
import type { Store } from "./store.ts";
import { withArrayFile } from "./stored-image.ts";

/** Values read at once: other work of the process waits for so many at most, some 50 ms. */
const BAND_VALUES = 2 ** 22;

export interface ImageLevels {
  /** Full size first. */
  readonly levels: readonly ArrayForm[];
  /** A box of one plane of a level. Not verified. @throws FoundryError `blob.missing`, `blob.corrupt`. */
  readBox(level: number, plane: number, box: BoundingBox): Promise<ImageArray["data"]>;
}

type LevelStore = Pick<Store, "blobs" | "home" | "ids">;

/** One making of a process's levels at a time serves all who ask. */
const making = new Map<string, Promise<void>>();

/**
 * Levels of an image; made first when they are not there.
 *
 * @throws FoundryError `blob.missing`, `blob.corrupt`, `disk.full`, `disk.io`. Cost of making: reads the pixels once, some
 * 10 s per 10^9 values; a third of the image's bytes of disk; memory of a band.
 */
export async function openImageLevels(
  store: LevelStore,
  digest: string,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<ImageLevels> {
  const levels = await withArrayFile(store, digest, async ({ form }) => levelForms(form));
  const folder = folderOf(store, digest);
  if (levels.length > 1 && !(await exists(join(folder, "1")))) {
    const running =
      making.get(folder) ??
      makeLevels(store, digest, levels, onProgress).finally(() => making.delete(folder));
    making.set(folder, running);
    await running;
  }
  return {
    levels,
    async readBox(level, plane, box) {
      if (level === 0) return withArrayFile(store, digest, (file) => file.readBox(plane, box));
      const file = await openArrayFile(join(folder, String(level)));
      // Thrown away while the server runs: the next one to open the image makes them again.
      if (file === null) return (await openImageLevels(store, digest)).readBox(level, plane, box);
      return file.readBox(plane, box).finally(() => file.close());
    },
  };
}

/** A level small enough to be held plane by plane. */
export interface SmallLevel {
  readonly form: ArrayForm;
  /** Pixel (y, x) of it stands for the square of this side at (y * step, x * step) of the image. */
  readonly step: number;
  /** All channels of one frame and focal plane, axes cyx. */
  readonly read: (at: { readonly t: number; readonly z: number }) => Promise<ImageArray>;
}

/** The largest level with at most so many pixels a plane, else the smallest there is. @throws as `openImageLevels`. */
export async function openSmallLevel(
  store: LevelStore,
  digest: string,
  pixelsMax: number,
): Promise<SmallLevel> {
  const { levels, readBox } = await openImageLevels(store, digest);
  const found = levels.findIndex(({ shape }) => (shape.at(-2) ?? 1) * (shape.at(-1) ?? 1) <= pixelsMax);
  const level = found < 0 ? levels.length - 1 : found;
  const form = levels[level] as ArrayForm;
  const [channels, slices] = [axisLength(form, "c"), axisLength(form, "z")];
  const [height, width] = form.shape.slice(-2) as [number, number];
  return {
    form,
    step: 2 ** level,
    async read({ t, z }) {
      const data = typedArray(form.dtype, channels * height * width);
      for (let c = 0; c < channels; c++) {
        const plane = (t * channels + c) * slices + z;
        data.set((await readBox(level, plane, [0, 0, height, width])) as never, c * height * width);
      }
      return imageArray(form.dtype, "cyx", [channels, height, width], data as never);
    },
  };
}

const folderOf = (store: LevelStore, digest: string): string =>
  join(openHome(store.home).derived, digest.slice(0, 2), digest);

async function exists(path: string): Promise<boolean> {
  const file = await openArrayFile(path).catch(() => null);
  await file?.close();
  return file !== null;
}

async function makeLevels(
  store: LevelStore,
  digest: string,
  levels: readonly ArrayForm[],
  onProgress: (fraction: number) => void,
): Promise<void> {
  const folder = folderOf(store, digest);
  const temporary = join(openHome(store.home).derived, `.new-${store.ids.next()}`);
  await mkdir(temporary, { recursive: true });
  const writers: ArrayFileWriter[] = [];
  try {
    for (const [k, form] of levels.entries())
      if (k > 0) writers.push(await createArrayFile(join(temporary, String(k)), form));
    await fillLevels(store, digest, levels, writers, onProgress);
    for (const writer of writers) await writer.finish();
    await mkdir(join(folder, ".."), { recursive: true });
    // What lies there is not whole, or has just been made by another process with the same bytes.
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    for (const writer of writers) await writer.abandon();
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function fillLevels(
  store: LevelStore,
  digest: string,
  levels: readonly ArrayForm[],
  writers: readonly ArrayFileWriter[],
  onProgress: (fraction: number) => void,
): Promise<void> {
  const { dtype, shape } = levels[0] as ArrayForm;
  const [height, width] = shape.slice(-2) as [number, number];
  const planes = shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const step = Math.max(1, Math.floor(BAND_VALUES / width));
  const hash = createHash("sha256").update(encodeHead(levels[0] as ArrayForm));
  await withArrayFile(store, digest, async (file) => {
    for (let plane = 0; plane < planes; plane++) {
      const rows = createLevelRows(dtype, levels, plane, writers);
      for (let y0 = 0; y0 < height; y0 += step) {
        const y1 = Math.min(height, y0 + step);
        const band = await file.readBox(plane, [y0, 0, y1, width]);
        hash.update(new Uint8Array(band.buffer, band.byteOffset, band.byteLength));
        await rows.add(band);
        onProgress((plane + y1 / height) / planes);
      }
      await rows.end();
    }
  });
  if (hash.digest("hex") === digest) return;
  throw new FoundryError("blob.corrupt", {
    message: "Stored pixels of a large image do not match their digest.",
    hint: "Run `cellfoundry doctor --full` to see what uses them, and restore them from a backup.",
    details: { digest },
  });
}

/** Rows of one plane on their way down the levels. */
function createLevelRows(
  dtype: ArrayForm["dtype"],
  levels: readonly ArrayForm[],
  plane: number,
  writers: readonly ArrayFileWriter[],
): { add(rows: ImageArray["data"]): Promise<void>; end(): Promise<void> } {
  const widths = levels.map(({ shape }) => shape.at(-1) as number);
  const halvers = writers.map((_, k) => createRowHalver(dtype, widths[k] as number));
  const done = writers.map(() => 0);
  const pass = async (k: number, smaller: ImageArray["data"]): Promise<void> => {
    const y0 = done[k] as number;
    if (smaller.length === 0) return;
    done[k] = y0 + smaller.length / (widths[k + 1] as number);
    await writers[k]?.write({ plane, y0, data: smaller });
    const next = halvers[k + 1];
    if (next !== undefined) await pass(k + 1, next.add(smaller));
  };
  return {
    add: async (rows) => {
      if (halvers[0] !== undefined) await pass(0, halvers[0].add(rows));
    },
    async end() {
      for (const [k, halver] of halvers.entries()) await pass(k, halver.end());
    },
  };
}
