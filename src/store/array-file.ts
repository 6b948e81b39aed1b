/**
 * An array in a file, written in bands and read by boxes: what images larger than memory are made of.
 *
 * The form is that of `array-bytes.ts`, so the digest of the file is the digest of the pixels however it was written.
 * Boxes are not verified when they are read: a slide is hashed when it is stored and by `doctor --full`, not on each look
 * (docs/decisions/0056).
 */

import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import {
  type ArrayForm,
  type BoundingBox,
  type ImageArray,
  typedArray,
  valueBytes,
} from "#core/array/index.ts";
import { assert, FoundryError } from "#core/errors.ts";
import { openFileSlices } from "#platform/index.ts";
import { type ArrayHead, decodeHead, encodeHead, headBytesMax } from "./array-bytes.ts";

export interface ArrayFileWriter {
  /** Full rows of one plane, in any order; each row of each plane once. */
  write(band: {
    readonly plane: number;
    readonly y0: number;
    readonly data: ImageArray["data"];
  }): Promise<void>;
  /** SHA-256 of the file, which is complete and closed then. */
  finish(): Promise<string>;
  /** Closes the file as it is, after a failure. */
  abandon(): Promise<void>;
}

/** @param path  of a file that does not exist. Memory: none beside the bands. @throws FoundryError `disk.full`, `disk.io`. */
export async function createArrayFile(path: string, form: ArrayForm): Promise<ArrayFileWriter> {
  const head = encodeHead(form);
  const [height, width] = form.shape.slice(-2) as [number, number];
  const planes = form.shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const bytesEach = valueBytes(form.dtype);
  const end = head.length + planes * height * width * bytesEach;
  const file = await guarded(() => open(path, "wx", 0o600));
  // Bands in the order of the file are hashed on their way; else it is read again at the end.
  let hash: Hash | null = createHash("sha256");
  let [next, written] = [0, 0];
  const put = async (at: number, bytes: Uint8Array): Promise<void> => {
    if (at === next) hash?.update(bytes);
    else hash = null;
    next = at + bytes.length;
    written += bytes.length;
    await guarded(async () => {
      for (let done = 0; done < bytes.length; )
        done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
    });
  };
  await put(0, head);
  return {
    async write({ plane, y0, data }) {
      assert(
        plane >= 0 && plane < planes && y0 >= 0 && data.length % width === 0,
        "bands are rows of a plane",
      );
      assert(y0 + data.length / width <= height, "bands end with their plane");
      const at = head.length + (plane * height + y0) * width * bytesEach;
      await put(at, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    },
    async finish() {
      assert(written === end, "every row of every plane is written once");
      await guarded(() => file.close());
      if (hash !== null) return hash.digest("hex");
      const slices = await openFileSlices(path);
      assert(slices !== null, "the file was written");
      return slices.digest().finally(() => slices.close());
    },
    abandon: () => file.close().catch(() => undefined),
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = String((cause as { readonly code?: unknown }).code);
    const full = code === "ENOSPC" || code === "EDQUOT";
    throw new FoundryError(full ? "disk.full" : "disk.io", {
      message: full
        ? "The disk of the data folder is full; nothing was saved."
        : `Pixels could not be written to the data folder (${code}).`,
      hint: full ? "Free some space, then try again." : "Check the disk and the rights on the data folder.",
      cause,
    });
  }
}

export interface ArrayFile {
  readonly form: ArrayForm;
  /** @param plane  position among the planes, in the order of the axes before yx. A new copy each time. */
  readBox(plane: number, box: BoundingBox): Promise<ImageArray["data"]>;
  close(): Promise<void>;
}

/** A read of the whole width between a box's rows is cheaper than one for each row up to here. */
const SPAN_BYTES_MAX = 2 ** 20;

/** Reads under way at once: more only wait for the same four threads. */
const READS_AT_ONCE = 32;

/**
 * @returns `null` when there is no such file. @throws FoundryError `blob.corrupt` for one that is no array, or is cut off.
 * Cost: one small read.
 */
export async function openArrayFile(path: string): Promise<ArrayFile | null> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (error) {
    if ((error as { readonly code?: string }).code === "ENOENT") return null;
    throw error;
  }
  try {
    const head = await readHead(file);
    return {
      form: formOf(head),
      readBox: (plane, box) => readBox(file, head, plane, box),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHead(file: FileHandle): Promise<ArrayHead> {
  const bytes = new Uint8Array(headBytesMax);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  const head = decodeHead(bytes.subarray(0, bytesRead));
  const values = head.shape.reduce((product, side) => product * side, 1);
  const { size } = await file.stat();
  if (size !== head.start + values * valueBytes(head.dtype)) throw cutOff();
  return head;
}

const formOf = ({ dtype, axes, shape }: ArrayHead): ArrayForm => ({ dtype, axes, shape });

async function readBox(
  file: FileHandle,
  { dtype, shape, start }: ArrayHead,
  plane: number,
  [y0, x0, y1, x1]: BoundingBox,
): Promise<ImageArray["data"]> {
  const [height, width] = shape.slice(-2) as [number, number];
  assert(y0 >= 0 && x0 >= 0 && y0 < y1 && x0 < x1 && y1 <= height && x1 <= width, "a box lies in its plane");
  const bytesEach = valueBytes(dtype);
  const at = (y: number, x: number): number => start + ((plane * height + y) * width + x) * bytesEach;
  const [rows, columns] = [y1 - y0, x1 - x0];
  const out = typedArray(dtype, rows * columns);
  const bytes = new Uint8Array(out.buffer);
  const rowBytes = columns * bytesEach;
  if (columns === width) {
    await readInto(file, bytes, at(y0, 0));
  } else if (rows * width * bytesEach <= SPAN_BYTES_MAX) {
    const span = new Uint8Array(((rows - 1) * width + columns) * bytesEach);
    await readInto(file, span, at(y0, x0));
    for (let y = 0; y < rows; y++) {
      const from = y * width * bytesEach;
      bytes.set(span.subarray(from, from + rowBytes), y * rowBytes);
    }
  } else {
    let next = 0;
    const work = async (): Promise<void> => {
      for (let y = next++; y < rows; y = next++)
        await readInto(file, bytes.subarray(y * rowBytes, (y + 1) * rowBytes), at(y0 + y, x0));
    };
    await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, rows) }, work));
  }
  return out;
}

async function readInto(file: FileHandle, bytes: Uint8Array, from: number): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) throw cutOff();
    filled += bytesRead;
  }
}

function cutOff(): FoundryError {
  return new FoundryError("blob.corrupt", {
    message: "A stored array is shorter than it says.",
    hint: "Run `cellfoundry doctor --full` to see what uses it.",
  });
}
