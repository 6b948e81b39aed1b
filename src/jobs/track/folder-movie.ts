/** A movie as one image file per frame: any folder of frames, and sequences of the Cell Tracking Challenge. */
import { axisLength, type ImageArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { type ReadImage, readImage } from "#formats/index.ts";
import type { ImportSource } from "../ingest/source.ts";
import "../wasm-decoders.ts";
import { assertFrames, type FrameFiles, noteMissing } from "./frame-files.ts";
import { assertFrameSize, assertMovie, intervalOf, type Movie } from "./movie.ts";

/**
 * Only the first frame is read on opening; what the others are is checked as they are read.
 *
 * @param sequence  number of the challenge's sequence, else `null`.
 * @throws FoundryError `import.empty`, `array.axes` for one frame alone or frames that are stacks, of the reader.
 */
export async function openFolderMovie(
  source: ImportSource,
  frames: FrameFiles,
  { name, sequence }: { readonly name: string; readonly sequence: string | null },
): Promise<Movie> {
  assertFrames(frames, name);
  const { files } = frames;
  const firstName = files[0]!.path;
  const first = await readOne(source, firstName);
  assertMovie(name, { t: files.length, z: 1 });
  const [height, width] = [axisLength(first.image, "y"), axisLength(first.image, "x")];
  const expected = { height, width, channels: axisLength(first.image, "c") };
  return {
    name,
    frameCount: files.length,
    height,
    width,
    dtype: first.image.dtype,
    channels: first.channels,
    mpp: first.mpp,
    frameIntervalS: intervalOf(first.metadata),
    modality: first.metadata?.["modality"],
    sequence,
    numbers: files.map(({ number }) => number),
    notes: [...first.notes, ...noteMissing(frames)],
    frameName: (t) => files[t]?.path ?? `frame ${t}`,
    async readFrame(t) {
      const { path } = files[t]!;
      const { image } = await readOne(source, path);
      assertFrameSize(image, expected, { frame: path, first: firstName });
      if (image.dtype !== first.image.dtype) throw otherNumbers(path, image, firstName, first.image);
      return image;
    },
  };
}

async function readOne(source: ImportSource, path: string): Promise<ReadImage> {
  const read = await readImage(await source.read(path), { name: path, pagesAre: "z" });
  const { image } = read;
  if (axisLength(image, "t") === 1 && axisLength(image, "z") === 1) return read;
  throw new FoundryError("array.axes", {
    message: `"${path}" has axes ${image.axes} (${image.shape.join(" x ")}); a frame of a folder is one plane.`,
    hint: "Give a stack that is a movie by its own path, or save each frame as one image.",
    details: { file: path, axes: image.axes },
  });
}

function otherNumbers(path: string, image: ImageArray, firstPath: string, first: ImageArray): FoundryError {
  return new FoundryError("array.shapeMismatch", {
    message: `${path} holds ${image.dtype}, ${firstPath} holds ${first.dtype}.`,
    hint: "All frames of a movie have one kind of number.",
    details: { frame: path, first: firstPath },
  });
}
