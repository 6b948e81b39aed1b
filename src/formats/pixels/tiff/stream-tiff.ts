/**
 * An image of a TIFF in bands of rows: slides that never fit memory, on their way into the store.
 *
 * Gives the same pixels, channels and notes as `readTiff`, with two differences that would need a look at every pixel
 * first: equal red, green and blue stay three channels, and alpha is dropped without asking whether it is opaque.
 */
import type { ArrayForm, Dtype, TypedArrays } from "#core/array/index.ts";
import type { ByteSource } from "../../byte-source.ts";
import { channelNamed } from "../../colours.ts";
import { fault } from "../../fault.ts";
import type { ReadChannel } from "../../read-image-types.ts";
import { withoutLateStrays } from "../../strays.ts";
import { type Band, bandRows, type StreamedImage } from "../../streamed-image.ts";
import type { PageAxis } from "./arrangement.ts";
import { imageOfFile } from "./ome-planes.ts";
import { ownFileOf } from "./ome-stack.ts";
import { type LocatedImage, type LocatedTiff, locateTiffImages } from "./open-tiff-images.ts";
import { Compression, Photometric, type TiffPage } from "./page.ts";
import { isDisplayTable, paletteOf, samplesOf } from "./page-colours.ts";
import { applyPalette } from "./palette.ts";
import { displayTableNote, whiteIsZeroNote, withFacts } from "./read-tiff.ts";
import type { TiffReadOptions } from "./stack.ts";

/** Values of one strip or tile row across the image that are decoded together. */
const BLOCK_ROW_VALUES_MAX = 2 ** 27;

export interface StreamTiffOptions {
  readonly pagesAre?: PageAxis;
  readonly sibling?: TiffReadOptions["sibling"];
  /** Which image of a file that describes several; default as `readTiff`. */
  readonly imageIndex?: number;
}

/**
 * @throws FoundryError `format.tiff` for a damaged file, an image over several files, strips too large to decode.
 * Cost: reads the structure only; the pixels when bands are asked for.
 */
export async function streamTiff(
  source: ByteSource,
  options: StreamTiffOptions = {},
): Promise<StreamedImage> {
  return withoutLateStrays("format.tiff", source.name, async () => {
    const tiff = await locateTiffImages(source, options);
    const index =
      options.imageIndex ?? (tiff.document === null ? 0 : imageOfFile(tiff.document, ownFileOf(tiff.file)));
    const image = tiff.located[index];
    if (image === undefined) {
      throw fault("format.tiff", {
        file: source.name,
        reason: `it has ${tiff.located.length} images; image ${index} was asked for`,
        remedy: `Ask for an image from 0 to ${tiff.located.length - 1}.`,
      });
    }
    assertOneFile(image, source.name);
    return streamed(tiff, image, index, source.name, options);
  });
}

function assertOneFile({ info }: LocatedImage, file: string): void {
  if (info.otherFiles.length === 0) return;
  throw fault("format.tiff", {
    file,
    reason: `planes of it lie in ${info.otherFiles.length} other files, and it is too large to be put together`,
    remedy: "Save the image as one OME-TIFF or OME-Zarr.",
  });
}

/** How stored samples become channels. */
interface Samples {
  /** Channels that one page gives. */
  readonly kept: number;
  readonly dtype: Dtype;
  readonly palette: readonly number[] | null;
  readonly rgb: boolean;
  readonly notes: readonly string[];
}

function samplesFor({ first, info, description }: LocatedImage, file: string): Samples {
  const palette = paletteOf(first, description);
  if (palette !== null) {
    const data = new Uint8Array(1);
    const { dtype } = applyPalette({ first, shape: [1, 1, 1, 1, 1, 1], data }, palette, file);
    return { kept: 3, dtype, palette, rgb: true, notes: [] };
  }
  const { sampleKind, alpha } = samplesOf(first);
  const colours = first.samples - (alpha ? 1 : 0);
  const rgb = sampleKind === "rgb";
  const kept = rgb ? 3 : colours;
  const notes =
    colours > kept ? [`Samples beyond red, green and blue were dropped (${colours - kept}).`] : [];
  return { kept, dtype: info.dtype, palette: null, rgb, notes };
}

function streamed(
  tiff: LocatedTiff,
  image: LocatedImage,
  index: number,
  name: string,
  options: StreamTiffOptions,
): StreamedImage {
  const { info, description, first, pagesGuess } = image;
  const samples = samplesFor(image, name);
  const { t, z } = info;
  const c = info.c * samples.kept;
  const count = tiff.located.length;
  const several = count > 1 && options.imageIndex === undefined;
  const notes = [
    ...(several
      ? [
          `The file describes ${count} images; only ${index === 0 ? "the first" : `number ${index + 1}`} was read.`,
        ]
      : []),
    ...description.notes,
    ...image.notes,
    ...(first.photometric === Photometric.whiteIsZero ? [whiteIsZeroNote] : []),
    ...(isDisplayTable(first, description) ? [displayTableNote] : []),
    ...samples.notes,
  ];
  return {
    form: formOf(samples.dtype, { t, c, z, y: first.height, x: first.width }),
    channels: withFacts(channelsOf(image, samples, c), description),
    mpp: description.mpp,
    mppSource: description.mppSource,
    notes,
    ...(Object.keys(description.metadata).length === 0 ? {} : { metadata: description.metadata }),
    ...(count === 1 ? {} : { imageOfFile: { index, count, name: info.name } }),
    ...(pagesGuess === null ? {} : { pagesGuess }),
    bands: () => bandsOf(tiff, image, samples, name),
  };
}

function channelsOf({ info, description }: LocatedImage, { rgb, kept }: Samples, c: number): ReadChannel[] {
  if (rgb && kept === 3 && info.c === 1) return ["red", "green", "blue"].map((name) => ({ name }));
  return Array.from({ length: c }, (_, i) => channelNamed(description.channelNames[i] ?? ""));
}

/** Axes of size 1 are left out, except yx. */
function formOf(dtype: Dtype, sizes: Readonly<Record<"t" | "c" | "z" | "y" | "x", number>>): ArrayForm {
  const axes = (["t", "c", "z", "y", "x"] as const).filter(
    (axis) => axis === "y" || axis === "x" || sizes[axis] > 1,
  );
  return { dtype, axes: axes.join(""), shape: axes.map((axis) => sizes[axis]) };
}

async function* bandsOf(
  tiff: LocatedTiff,
  { info, first }: LocatedImage,
  samples: Samples,
  name: string,
): AsyncGenerator<Band> {
  const { height, width } = first;
  // Plain rows are read alone, whatever the strips are.
  const blockHeight = first.compression === Compression.none ? 1 : Math.min(first.blockHeight, height);
  assertBlocks(first, blockHeight, name);
  const step = bandRows(blockHeight, width * Math.max(first.samples, samples.kept));
  for (let t = 0; t < info.t; t++) {
    for (let c = 0; c < info.c; c++) {
      for (let z = 0; z < info.z; z++) {
        for (let y0 = 0; y0 < height; y0 += step) {
          const rows = Math.min(step, height - y0);
          const region = await tiff.readRegion({
            image: info.index,
            t,
            c,
            z,
            y0,
            x0: 0,
            height: rows,
            width,
          });
          const data = coloured(first, region.data, samples, { rows, width, name });
          for (let sample = 0; sample < samples.kept; sample++) {
            const plane = (t * info.c * samples.kept + c * samples.kept + sample) * info.z + z;
            yield {
              plane,
              y0,
              rows,
              data: data.subarray(sample * rows * width, (sample + 1) * rows * width),
            };
          }
        }
      }
    }
  }
}

function coloured(
  first: TiffPage,
  data: TypedArrays[Dtype],
  { palette }: Samples,
  { rows, width, name }: { readonly rows: number; readonly width: number; readonly name: string },
): TypedArrays[Dtype] {
  return palette === null
    ? data
    : applyPalette({ first, shape: [1, 1, 1, 1, rows, width], data }, palette, name).data;
}

function assertBlocks({ width, samples }: TiffPage, blockHeight: number, file: string): void {
  if (blockHeight * width * samples <= BLOCK_ROW_VALUES_MAX) return;
  throw fault("format.tiff", {
    file,
    reason: `its compressed strips or tiles have ${blockHeight} rows of ${width} pixels, which must be decoded together`,
    remedy: "Save it in tiles of 512 or 1,024 pixels, or in strips of fewer rows.",
  });
}
