/**
 * Label images of a movie that was segmented already: a folder with one per frame, or one TIFF stack.
 *
 * They are taken as they are. Files belong to frames by their numbers when both have the same ones, else by order when
 * there are as many; a frame without its file is named, because a silent empty frame would cut every track there.
 */
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type ImageArray, type LabelImage, labelImage } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { readLabels } from "#formats/index.ts";
import { openFolderSource } from "../ingest/folder-source.ts";
import { assertFrames, type FrameFile, type FrameFiles, orderFrames } from "./frame-files.ts";
import type { Movie } from "./movie.ts";
import { openStack } from "./tiff-movie.ts";

/** Labels of frame `t`. @throws FoundryError `array.shapeMismatch`, and of the reader. */
export type ReadLabelFrame = (t: number) => Promise<LabelImage>;

/** @throws FoundryError `format.pair` for frames without labels, `import.empty`, `format.tiff`. */
export async function openLabelFrames(path: string, movie: Movie): Promise<ReadLabelFrame> {
  const full = resolve(path);
  const isFile = await stat(full).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? labelsOfStack(full, movie) : labelsOfFolder(full, movie);
}

async function labelsOfStack(path: string, movie: Movie): Promise<ReadLabelFrame> {
  const name = basename(path);
  const { tiff, info, height, width } = await openStack(path, name);
  if (info.t !== movie.frameCount || info.c * info.z * info.samples > 1)
    throw notPaired(
      `${name} holds ${info.t} frames${info.z > 1 ? ` of ${info.z} focal planes` : ""}${Math.max(info.c, info.samples) > 1 ? " in several channels" : ""}, ${movie.name} has ${movie.frameCount}`,
    );
  assertSize(name, { height, width }, movie);
  return async (t) => {
    const page = await tiff.readRegion({ t, y0: 0, x0: 0, height, width });
    return toLabels(page, height, width, `frame ${t} of ${name}`);
  };
}

async function labelsOfFolder(path: string, movie: Movie): Promise<ReadLabelFrame> {
  const source = await openFolderSource(path);
  const name = basename(path);
  const below = (folder: string): string[] =>
    source.entries.flatMap((entry) =>
      entry.path.startsWith(folder) ? [entry.path.slice(folder.length)] : [],
    );
  // A folder of reference masks of the challenge holds its tracking masks one level down.
  const folder = ["", "TRA/"].find((prefix) => orderFrames(below(prefix)).files.length > 0) ?? "";
  const frames = orderFrames(below(folder));
  assertFrames(frames, name);
  const files = filesOfFrames(frames, movie, name);
  return async (t) => {
    const file = `${folder}${files[t]!.path}`;
    const labels = await readLabels(await source.read(file), { name: file });
    assertSize(file, labels, movie, movie.frameName(t));
    return labels;
  };
}

function filesOfFrames({ files, numbered }: FrameFiles, movie: Movie, folder: string): readonly FrameFile[] {
  const byNumber = new Map(files.map((file) => [file.number, file]));
  const found = movie.numbers.map((number) => byNumber.get(number));
  if (numbered && found.every((file) => file !== undefined)) return found;
  if (files.length === movie.frameCount) return files;
  const missing = found.indexOf(undefined);
  const one = missing === -1 ? null : movie.frameName(missing);
  throw notPaired(
    `${folder} holds ${files.length} label images, ${movie.name} has ${movie.frameCount} frames${one === null ? "" : `; ${one} has none`}`,
  );
}

function notPaired(reason: string): FoundryError {
  return new FoundryError("format.pair", {
    message: `${reason}.`,
    hint: "Give one label image per frame, numbered like the frames; an empty one where there is no cell.",
  });
}

function assertSize(
  file: string,
  { height, width }: { readonly height: number; readonly width: number },
  movie: Movie,
  frame = movie.name,
): void {
  if (height === movie.height && width === movie.width) return;
  throw new FoundryError("array.shapeMismatch", {
    message: `${file} has ${height} x ${width} pixels, ${frame} has ${movie.height} x ${movie.width}.`,
    hint: "Labels have the size of their frames.",
    details: { file, frame },
  });
}

const LABEL_MAX = 2 ** 31 - 1;

function toLabels({ data }: ImageArray, height: number, width: number, name: string): LabelImage {
  const wrong = data.findIndex(
    (value: number) => !(Number.isInteger(value) && value >= 0 && value <= LABEL_MAX),
  );
  if (wrong !== -1)
    throw new FoundryError("format.tiff", {
      message: `${name}, pixel y ${Math.floor(wrong / width)}, x ${wrong % width}: its value is ${data[wrong]}; labels are whole numbers from 0 to ${LABEL_MAX}.`,
      hint: "Save the labels as a TIFF of whole numbers.",
    });
  return labelImage(height, width, Int32Array.from(data));
}
