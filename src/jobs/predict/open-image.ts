/**
 * Opens an image file for prediction: in memory while it is small, by rows when it is not.
 */
import { stat } from "node:fs/promises";
import { axisLength, channelPlane, type ImageArray, type Plane } from "#core/array/index.ts";
import { FoundryError } from "#core/errors.ts";
import { channelNamed, openTiffImages, type ReadImage, readImage } from "#formats/index.ts";
import {
  channelsForModel,
  finite,
  type InputContract,
  type PixelSize,
  type RowSource,
  rowsOfPlanes,
} from "#nn/index.ts";
import { readFileRange, readWhole } from "../ingest/read-range.ts";
import { type InputChannels, inputChannels } from "./input-channels.ts";
import { rowsOfTiff, sourceOfPath } from "./rows.ts";

interface ImageFacts {
  readonly height: number;
  readonly width: number;
  readonly mpp: PixelSize | null;
  readonly modality: string | undefined;
  /** What the reader assumed or dropped. */
  readonly notes: readonly string[];
}

export type PredictableImage = ImageFacts &
  (
    | {
        readonly kind: "whole";
        readonly image: ImageArray;
        readonly indices: readonly (number | null)[] | undefined;
      }
    | { readonly kind: "rows"; readonly rows: RowSource }
  );

// Up to 4,096 squared an image is predicted in memory, at some 60 bytes per pixel; its maps are then kept for sliders.
const WHOLE_PIXELS_MAX = 2 ** 24;
// Files that can only be read in whole.
const WHOLE_BYTES_MAX = 512 * 2 ** 20;

/**
 * @param path of the file on this machine. @param name for messages, and for the format of formats without a mark.
 * @throws FoundryError of the reader, `array.shapeMismatch` for channels that do not fit, `array.axes`, `array.nan`.
 */
export async function openForPrediction(
  path: string,
  name: string,
  contract: InputContract,
  chosen: readonly (number | null)[] | undefined,
): Promise<PredictableImage> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw new FoundryError("disk.io", {
      message: `"${name}" cannot be opened.`,
      hint: "Check that it exists and may be read.",
      cause: error,
    });
  });
  const rows = await openLargeTiff(path, size, name, contract, chosen);
  if (rows !== null) return rows;
  if (size > WHOLE_BYTES_MAX) {
    throw new FoundryError("limit.bytes", {
      message: `"${name}" has ${Math.round(size / 2 ** 20)} MiB; only TIFF may be larger than ${WHOLE_BYTES_MAX / 2 ** 20} MiB.`,
      hint: "Save it as tiled TIFF.",
    });
  }
  return fromRead(await readImage(readWhole(path), { name }), contract, chosen, name);
}

async function openLargeTiff(
  path: string,
  size: number,
  name: string,
  contract: InputContract,
  chosen: readonly (number | null)[] | undefined,
): Promise<PredictableImage | null> {
  const head = await readFileRange(path, 0, Math.min(4, size), name);
  const mark = String.fromCharCode(...head.subarray(0, 2));
  const version = (head[2] ?? 0) + (head[3] ?? 0);
  if (!((mark === "II" || mark === "MM") && (version === 42 || version === 43))) return null;
  const tiff = await openTiffImages(sourceOfPath(path, size, name));
  const [info] = tiff.images;
  const [level] = info?.levels ?? [];
  if (info === undefined || level === undefined || level.height * level.width <= WHOLE_PIXELS_MAX)
    return null;
  const channels = inputChannels(
    Array.from({ length: Math.max(info.c, info.samples) }, (_, c) =>
      channelNamed(info.channelNames[c] ?? ""),
    ),
    contract,
    chosen,
  );
  return {
    kind: "rows",
    rows: rowsOfTiff(tiff, info, channels, name),
    height: level.height,
    width: level.width,
    mpp: info.mpp,
    modality: info.metadata["modality"],
    notes: [],
  };
}

function fromRead(
  read: ReadImage,
  contract: InputContract,
  chosen: readonly (number | null)[] | undefined,
  name: string,
): PredictableImage {
  const { image, mpp, notes, metadata } = read;
  const [height, width] = [axisLength(image, "y"), axisLength(image, "x")];
  const facts = { height, width, mpp, notes, modality: metadata?.["modality"] };
  // Refuses frames and focal planes before channels are looked at.
  const channels: InputChannels =
    axisLength(image, "t") > 1 || axisLength(image, "z") > 1
      ? "luminance"
      : inputChannels(read.channels, contract, chosen);
  const indices = channels === "luminance" ? undefined : channels.indices;
  if (height * width <= WHOLE_PIXELS_MAX) return { kind: "whole", image, indices, ...facts };
  const fitting = indices === undefined ? channelsForModel(image, contract) : image;
  const planes = (indices ?? contract.channels.map((_, c) => c)).map((c): Plane | null =>
    c === null ? null : finite(channelPlane(fitting, { c }), name),
  );
  return { kind: "rows", rows: rowsOfPlanes(planes), ...facts };
}
