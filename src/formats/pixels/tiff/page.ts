/**
 * One TIFF page: how its pixels are laid out, checked before a single one is decoded.
 *
 * After `readPage` every number can be trusted: sides and counts are positive, every strip or tile lies inside the
 * file, and the pixels announced could really come out of the bytes present. That last test is what stops a file of
 * 100 bytes from asking for gigabytes.
 */
import { checkDecodedSize, type ReadLimits, SIDE_MAX } from "../../limits.ts";
import {
  damaged,
  type TiffDirectory,
  type TiffFile,
  tagBytes,
  tagNumbers,
  unsupported,
} from "./directory.ts";

type SampleKind = "uint" | "int" | "float";

export interface TiffPage {
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Samples per pixel: 1 for grey, 3 for RGB, 4 with alpha. */
  readonly samples: number;
  readonly bits: number;
  readonly kind: SampleKind;
  /** Samples lie in separate blocks instead of side by side. */
  readonly planar: boolean;
  readonly photometric: number;
  readonly compression: number;
  readonly predictor: number;
  /** Bits of each byte are stored lowest first. */
  readonly reversedBits: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly tiled: boolean;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
  /** A smaller version of another page, or a page that is not an image of its own. */
  readonly reduced: boolean;
  /** 3 x 2^bits values, all reds first; null when the page has no palette. */
  readonly colourMap: readonly number[] | null;
  /** Meaning of the samples beyond the colours: 0 unspecified, 1 and 2 alpha. */
  readonly extraSamples: readonly number[];
  /** Tables that all JPEG strips or tiles share. */
  readonly jpegTables: Uint8Array | null;
  /** Fax coding with two-dimensional rows between others. */
  readonly faxMixed: boolean;
}

export const Photometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  separated: 5,
  yCbCr: 6,
} as const;

export const Compression = {
  none: 1,
  faxRows: 2,
  fax3: 3,
  fax4: 4,
  lzw: 5,
  jpeg: 7,
  adobeDeflate: 8,
  deflate: 32946,
  packBits: 32773,
  zstandard: 50000,
  webp: 50001,
} as const;

export const faxCompressions: readonly number[] = [Compression.faxRows, Compression.fax3, Compression.fax4];

/** Lossy compressions: fit for pictures, never for labels. */
export const lossyCompressions: readonly number[] = [Compression.jpeg, Compression.webp];

const SAMPLES_MAX = 1_024; // hyperspectral pages have a few hundred
const TILE_SIDE_MAX = 65_536;
const TILE_AREA_MAX = 2 ** 24; // 4,096 squared; writers use at most 1,024 squared

// Most bytes that one stored byte can become. LZW: a 12-bit code stands for at most 4,096 bytes. JPEG: a bit for each
// block of 64, six blocks for 768 bytes. Zstandard: 4 bytes for a block of 128 KiB. WebP and fax: an even tile or row
// costs next to nothing; they stay below the limits on the decoded size.
const EXPANSION: Readonly<Record<number, number>> = {
  [Compression.none]: 1,
  [Compression.faxRows]: Number.POSITIVE_INFINITY,
  [Compression.fax3]: Number.POSITIVE_INFINITY,
  [Compression.fax4]: Number.POSITIVE_INFINITY,
  [Compression.lzw]: 4096,
  [Compression.jpeg]: 2048,
  [Compression.adobeDeflate]: 1032,
  [Compression.deflate]: 1032,
  [Compression.packBits]: 64,
  [Compression.zstandard]: 32_768,
  [Compression.webp]: Number.POSITIVE_INFINITY,
};

const SAVE_PLAIN = "Save it uncompressed or with LZW or Deflate (in Fiji: File, Save As, Tiff).";

const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  6: "old-style JPEG",
  34676: "SGI log",
  34677: "SGI log",
  34712: "JPEG 2000",
  33003: "JPEG 2000",
  33005: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  50002: "JPEG XL",
};

/** @throws FoundryError `format.tiff`, `limit.pixels`, `limit.bytes`. */
export function readPage(file: TiffFile, directory: TiffDirectory, limits: ReadLimits): TiffPage {
  const place = `page ${directory.index}`;
  const one = (id: number, otherwise: number): number => tagNumbers(file, directory, id)?.[0] ?? otherwise;
  const width = one(256, 0);
  const height = one(257, 0);
  if (!isCount(width, SIDE_MAX) || !isCount(height, SIDE_MAX)) {
    throw damaged(file.name, place, `its size is ${height} x ${width}`);
  }
  const samples = one(277, 1);
  if (!isCount(samples, SAMPLES_MAX)) throw damaged(file.name, place, `it has ${samples} samples per pixel`);
  const sample = readSampleType(file, directory, samples);
  checkDecodedSize(
    file.name,
    {
      samples: width * height * samples,
      bytes: width * height * samples * Math.ceil(sample.bits / 8),
      what: `${height} x ${width} pixels with ${samples} samples of ${sample.bits} bits on ${place}`,
    },
    limits,
  );
  const compression = one(259, 1);
  if (EXPANSION[compression] === undefined) throw unknownCompression(file.name, place, compression);
  const blocks = readBlockSize(file, directory, width, height);
  const page = {
    index: directory.index,
    width,
    height,
    samples,
    ...sample,
    planar: samples > 1 && one(284, 1) === 2,
    photometric: one(262, samples >= 3 ? Photometric.rgb : Photometric.blackIsZero),
    compression,
    predictor: one(317, 1),
    reversedBits: one(266, 1) === 2,
    ...blocks,
    reduced: (one(254, 0) & 1) === 1 || one(255, 1) === 2,
    colourMap: one(262, -1) === Photometric.palette ? tagNumbers(file, directory, 320) : null,
    extraSamples: tagNumbers(file, directory, 338) ?? [],
    jpegTables: compression === Compression.jpeg ? tagBytes(file, directory, 347) : null,
    faxMixed: compression === Compression.fax3 && (one(292, 0) & 1) === 1,
  };
  checkCoding(file.name, place, page);
  checkPhotometric(file.name, place, page, tagNumbers(file, directory, 530));
  checkPredictor(file.name, place, page);
  const located = { ...page, ...locateBlocks(file, directory, page) };
  checkExpansion(file.name, place, located);
  return located;
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

function readSampleType(
  file: TiffFile,
  directory: TiffDirectory,
  samples: number,
): { bits: number; kind: SampleKind } {
  const place = `page ${directory.index}`;
  const bitsList = tagNumbers(file, directory, 258) ?? [1];
  const formats = tagNumbers(file, directory, 339) ?? [1];
  const bits = bitsList[0] ?? 1;
  const format = formats[0] ?? 1;
  const mixed =
    bitsList.slice(0, samples).some((b) => b !== bits) || formats.slice(0, samples).some((f) => f !== format);
  if (mixed) {
    throw unsupported(
      file.name,
      place,
      "its samples have different types",
      "Save all channels with one pixel type.",
    );
  }
  const kind: SampleKind | null =
    format === 1 || format === 4 ? "uint" : format === 2 ? "int" : format === 3 ? "float" : null;
  const known =
    (kind === "uint" && ((bits >= 1 && bits <= 32) || bits === 64)) ||
    (kind === "int" && [8, 16, 32, 64].includes(bits)) ||
    (kind === "float" && [16, 32, 64].includes(bits));
  if (kind === null || !known || !Number.isInteger(bits)) {
    throw unsupported(
      file.name,
      place,
      `its pixels have ${bits} bits in sample format ${format}`,
      "Save it with 8, 16 or 32 bits per channel.",
    );
  }
  return { bits, kind };
}

function unknownCompression(name: string, place: string, compression: number) {
  const label = COMPRESSION_NAMES[compression] ?? `number ${compression}`;
  return unsupported(name, place, `it is compressed with ${label}, which is not read here`, SAVE_PLAIN);
}

function readBlockSize(file: TiffFile, directory: TiffDirectory, width: number, height: number) {
  const place = `page ${directory.index}`;
  const tileWidth = tagNumbers(file, directory, 322)?.[0];
  const tileHeight = tagNumbers(file, directory, 323)?.[0];
  if (tileWidth !== undefined && tileHeight !== undefined) {
    if (
      !isCount(tileWidth, TILE_SIDE_MAX) ||
      !isCount(tileHeight, TILE_SIDE_MAX) ||
      tileWidth * tileHeight > TILE_AREA_MAX
    ) {
      throw damaged(file.name, place, `its tiles are ${tileHeight} x ${tileWidth}`);
    }
    return { tiled: true, blockWidth: tileWidth, blockHeight: tileHeight };
  }
  const rows = tagNumbers(file, directory, 278)?.[0] ?? height;
  if (!(rows >= 1)) throw damaged(file.name, place, `its strips have ${rows} rows`);
  return { tiled: false, blockWidth: width, blockHeight: Math.min(rows, height) };
}

/** What the decoders can give back: one bit from fax, grey or RGB from JPEG, RGB or RGBA from WebP. */
function checkCoding(
  name: string,
  place: string,
  page: Omit<Layout, "tiled" | "blockWidth" | "blockHeight">,
): void {
  const { compression, samples, bits, kind, planar, photometric } = page;
  if (faxCompressions.includes(compression) && (bits !== 1 || (samples !== 1 && !planar))) {
    throw unsupported(name, place, `it is fax-coded with ${bits} bits and ${samples} samples`, SAVE_PLAIN);
  }
  if (!lossyCompressions.includes(compression)) return;
  const label = compression === Compression.jpeg ? "JPEG" : "WebP";
  const refuse = (what: string) =>
    unsupported(name, place, `it is compressed with ${label} ${what}, which is not read here`, SAVE_PLAIN);
  if (bits !== 8 || kind !== "uint") throw refuse(`with ${bits} bits per sample`);
  const counts = compression === Compression.jpeg ? [1, 3] : [3, 4];
  if (photometric === Photometric.separated) throw refuse("in the colours of print (CMYK)");
  if (!counts.includes(planar ? 1 : samples)) throw refuse(`with ${samples} samples per pixel`);
}

function checkPhotometric(
  name: string,
  place: string,
  { photometric, compression, samples }: { photometric: number; compression: number; samples: number },
  subsampling: readonly number[] | null,
): void {
  const known: readonly number[] = Object.values(Photometric).filter((value) => value !== Photometric.yCbCr);
  // The decoder turns these into RGB.
  if (compression === Compression.jpeg && photometric === Photometric.yCbCr && samples === 3) return;
  // Some programs write grey images with a photometric number of their own; colour models must not pass as grey.
  const colourModel = [4, 6, 8, 9, 10, 32844, 32845].includes(photometric) || subsampling !== null;
  if (known.includes(photometric) || !colourModel) return;
  throw unsupported(
    name,
    place,
    `its colour model (number ${photometric}) is not read here`,
    "Save it as grey or RGB.",
  );
}

function checkPredictor(
  name: string,
  place: string,
  page: { predictor: number; bits: number; kind: SampleKind },
): void {
  const fits =
    page.predictor === 1 ||
    (page.predictor === 2 && [8, 16, 32, 64].includes(page.bits)) ||
    (page.predictor === 3 && page.kind === "float");
  if (fits) return;
  throw unsupported(
    name,
    place,
    `predictor ${page.predictor} does not fit its ${page.bits} bits`,
    "Save it without a predictor.",
  );
}

type Layout = Omit<TiffPage, "offsets" | "byteCounts">;

function locateBlocks(file: TiffFile, directory: TiffDirectory, page: Layout) {
  const place = `page ${directory.index}`;
  const needed = blockCount(page);
  const offsets =
    tagNumbers(file, directory, page.tiled ? 324 : 273) ??
    tagNumbers(file, directory, page.tiled ? 273 : 324);
  const counts =
    tagNumbers(file, directory, page.tiled ? 325 : 279) ??
    tagNumbers(file, directory, page.tiled ? 279 : 325);
  if (offsets === null || offsets.length < needed) {
    throw damaged(
      file.name,
      place,
      `it has ${offsets?.length ?? 0} of the ${needed} strips or tiles it needs`,
    );
  }
  // Old writers leave the byte counts out when there is one strip: it then reaches to the end of the file.
  const byteCounts = counts ?? (needed === 1 ? [file.size - offsets[0]!] : []);
  if (byteCounts.length < needed)
    throw damaged(file.name, place, "the lengths of its strips or tiles are missing");
  for (let i = 0; i < needed; i++) {
    if (offsets[i]! > 0 && byteCounts[i]! > 0 && offsets[i]! + byteCounts[i]! <= file.size) continue;
    throw damaged(
      file.name,
      `${place}, ${page.tiled ? "tile" : "strip"} ${i}`,
      "its bytes lie outside the file",
    );
  }
  return { offsets: offsets.slice(0, needed), byteCounts: byteCounts.slice(0, needed) };
}

/** Number of strips or tiles of a page. */
function blockCount(page: Layout): number {
  const across = Math.ceil(page.width / page.blockWidth);
  const down = Math.ceil(page.height / page.blockHeight);
  return across * down * (page.planar ? page.samples : 1);
}

function checkExpansion(name: string, place: string, page: TiffPage): void {
  const stored = page.byteCounts.reduce((sum, count) => sum + count, 0);
  const decoded = Math.ceil((page.width * page.bits * page.samples) / 8) * page.height;
  if (decoded <= stored * EXPANSION[page.compression]!) return;
  throw damaged(name, place, `${stored} bytes cannot hold its ${page.height} x ${page.width} pixels`);
}
