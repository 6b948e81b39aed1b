/**
 * A PNG file as an image.
 *
 * Decoded here because a PNG from outside may be a bomb: the pixels are inflated into a buffer whose size follows
 * from the header. Grey images of 1, 2 or 4 bits keep their stored values (label images use them as numbers).
 */
import { normaliseColours, type SampleStack } from "../../colours.ts";
import { inflateZlib } from "../../inflate.ts";
import { checkFileBytes, type ReadLimits } from "../../limits.ts";
import type { Mpp, ReadImage } from "../../read-image-types.ts";
import { damagedPng, openPng, type PngFile, type PngHeader } from "./chunks.ts";
import { scanlineBytes, unpackScanlines } from "./unfilter.ts";

export interface PngSamples {
  readonly file: PngFile;
  readonly header: PngHeader;
  /** Axes cyx, as stored; palette images hold indexes. */
  readonly data: Uint8Array | Uint16Array;
}

/** @throws FoundryError `format.png`, `limit.pixels`, `limit.bytes`. */
export function decodePng(bytes: Uint8Array, name: string, limits: ReadLimits): PngSamples {
  checkFileBytes(bytes, name, limits);
  const file = openPng(bytes, name, limits);
  const needed = scanlineBytes(file.header);
  const inflated = inflateZlib(file.compressed, needed);
  if (!inflated.ok) throw damagedPng(name, "pixel data", inflated.reason);
  if (inflated.bytes.length < needed) {
    throw damagedPng(
      name,
      "pixel data",
      `they hold ${inflated.bytes.length} of the ${needed} bytes they need`,
    );
  }
  return { file, header: file.header, data: unpackScanlines(inflated.bytes, file.header, name) };
}

/** @throws FoundryError `format.png`, `limit.pixels`, `limit.bytes`. */
export function readPng(bytes: Uint8Array, name: string, limits: ReadLimits): ReadImage {
  const samples = decodePng(bytes, name, limits);
  const { file, header } = samples;
  const coloured = normaliseColours(sampleStack(samples), []);
  const resolution = resolutionOf(file);
  const notes = [...coloured.notes, ...resolution.notes];
  if (file.animated) notes.push("The file is an animation; only its first picture was read.");
  if (file.transparency !== null && header.colourType !== 3)
    notes.push("One colour is marked as transparent; this was ignored.");
  return {
    image: coloured.image,
    channels: coloured.channels,
    notes,
    mpp: resolution.mpp,
    mppSource: resolution.mpp === null ? null : "png",
  };
}

function sampleStack({ file, header, data }: PngSamples): SampleStack {
  const { width, height, samples, colourType, depth } = header;
  const shape = (channels: number) => [1, 1, 1, channels, height, width] as const;
  if (colourType === 3) return paletteStack(file, data);
  return {
    dtype: depth === 16 ? "uint16" : "uint8",
    shape: shape(samples),
    data,
    sampleKind: colourType === 2 || colourType === 6 ? "rgb" : samples === 1 ? "grey" : "channels",
    alpha: colourType === 4 || colourType === 6,
  };
}

/** Colours (and alpha, when the palette has any) instead of indexes; an index beyond the palette is an error. */
function paletteStack(
  { name, header, palette, transparency }: PngFile,
  data: Uint8Array | Uint16Array,
): SampleStack {
  const { width, height } = header;
  const pixels = width * height;
  const colours = palette!;
  const samples = transparency === null ? 3 : 4;
  const out = new Uint8Array(samples * pixels);
  for (let i = 0; i < pixels; i++) {
    const index = data[i]!;
    if (index * 3 >= colours.length)
      throw damagedPng(name, `pixel ${i}`, `colour ${index} is not in the palette`);
    for (let c = 0; c < 3; c++) out[c * pixels + i] = colours[3 * index + c]!;
    if (transparency !== null) out[3 * pixels + i] = transparency[index] ?? 255;
  }
  return {
    dtype: "uint8",
    shape: [1, 1, 1, samples, height, width],
    data: out,
    sampleKind: "rgb",
    alpha: samples === 4,
  };
}

// A resolution coarser than this is that of a screen or a printer (96 dpi is 265 µm).
const MICROSCOPE_MPP_MAX = 20;

function resolutionOf({ perMetre }: PngFile): { mpp: Mpp | null; notes: string[] } {
  if (perMetre === null) return { mpp: null, notes: [] };
  const mpp = { y: 1e6 / perMetre.y, x: 1e6 / perMetre.x };
  // Nearly every PNG says 72 or 96 dots per inch; a note on each would teach people to ignore notes.
  return mpp.y <= MICROSCOPE_MPP_MAX && mpp.x <= MICROSCOPE_MPP_MAX
    ? { mpp, notes: [] }
    : { mpp: null, notes: [] };
}
