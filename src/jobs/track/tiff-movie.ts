/** A movie in one TIFF (OME, ImageJ or bare pages), read page by page: a file larger than memory is no matter. */
import { stat } from "node:fs/promises";
import { type Dtype, dtypeOf, type ImageArray, imageArray, typedArray } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { channelNamed, type OpenTiff, openTiffImages, type TiffImageInfo } from "#formats/index.ts";
import { readFileRange } from "../ingest/read-range.ts";
import { sourceOfPath } from "../predict/index.ts";
import { assertMovie, intervalOf, type Movie } from "./movie.ts";

export interface OpenStack {
  readonly tiff: OpenTiff;
  readonly info: TiffImageInfo;
  readonly height: number;
  readonly width: number;
}

/**
 * The first image of a TIFF, opened for reading in parts; bare pages are frames.
 *
 * @throws FoundryError `disk.io`, `array.axes` for other files, `format.tiff`.
 */
export async function openStack(path: string, name: string): Promise<OpenStack> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new FoundryError("disk.io", {
      message: `"${name}" cannot be opened.`,
      hint: "Check the path.",
      cause,
    });
  });
  const head = await readFileRange(path, 0, Math.min(4, size), name);
  const mark = String.fromCharCode(...head.subarray(0, 2));
  if (mark !== "II" && mark !== "MM")
    throw new FoundryError("array.axes", {
      message: `"${name}" is not a TIFF; a single picture has no time axis.`,
      hint: "Give a TIFF whose pages are time points, a folder with one image per frame, or an OME-Zarr with t.",
    });
  const tiff = await openTiffImages(sourceOfPath(path, size, name), { pagesAre: "t" });
  const [info] = tiff.images;
  const [level] = info?.levels ?? [];
  if (info === undefined || level === undefined)
    throw new FoundryError("format.tiff", { message: `"${name}" holds no image.`, hint: "Export it again." });
  return { tiff, info, height: level.height, width: level.width };
}

export async function openTiffMovie(path: string, name: string): Promise<Movie> {
  const { tiff, info, height, width } = await openStack(path, name);
  assertMovie(name, info);
  // The samples of a pixel (colours) are channels of a page; else channels are pages.
  const channelCount = Math.max(info.c, info.samples);
  const readFrame = async (t: number): Promise<ImageArray> => {
    if (info.c === 1) return tiff.readRegion({ t, y0: 0, x0: 0, height, width });
    const data = typedArray<Dtype>(info.dtype, info.c * height * width);
    for (let c = 0; c < info.c; c++) {
      const page = await tiff.readRegion({ t, c, y0: 0, x0: 0, height, width });
      data.set(page.data.subarray(0, height * width), c * height * width);
    }
    return imageArray(dtypeOf(data)!, "cyx", [info.c, height, width], data);
  };
  return {
    name,
    frameCount: info.t,
    height,
    width,
    dtype: info.dtype,
    channels: Array.from({ length: channelCount }, (_, c) => channelNamed(info.channelNames[c] ?? "")),
    mpp: info.mpp,
    frameIntervalS: intervalOf(info.metadata),
    modality: info.metadata["modality"],
    sequence: null,
    numbers: Array.from({ length: info.t }, (_, t) => t),
    notes: [],
    frameName: (t) => `frame ${t} of ${name}`,
    readFrame,
  };
}
