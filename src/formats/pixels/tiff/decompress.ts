/**
 * The stored bytes of one strip or tile to exactly the bytes its pixels need.
 *
 * A block that decodes to fewer bytes than it should is an error; a silent run of zeros inside an image would become a
 * silent hole in a training set.
 */

import { type InflateOutcome, inflateZlib } from "../../inflate.ts";
import { JPEG_SCANS_MAX, joinJpeg, readJpegFrame } from "../codecs/jpeg-markers.ts";
import { loadDecoder, type PixelDecoder, type WasmCodec } from "../codecs/pixel-decoder.ts";
import { decompressZstd } from "../codecs/zstd.ts";
import { damaged, unsupported } from "./directory.ts";
import { decodeFax, type FaxCoding } from "./fax.ts";
import { decodeLzw } from "./lzw.ts";
import { decodePackBits } from "./packbits.ts";
import { Compression, faxCompressions, Photometric, type TiffPage } from "./page.ts";

/** Decoders that the pages at hand need, loaded before decoding starts. */
export type TiffDecoders = Partial<Record<WasmCodec, PixelDecoder>>;

/** @throws FoundryError `format.decoder` when one cannot be loaded. */
export async function loadTiffDecoders(pages: readonly TiffPage[], file: string): Promise<TiffDecoders> {
  const decoders: TiffDecoders = {};
  const uses = (compression: number): boolean => pages.some((page) => page.compression === compression);
  if (uses(Compression.jpeg)) decoders.jpeg = await loadDecoder("jpeg", file);
  if (uses(Compression.webp)) decoders.webp = await loadDecoder("webp", file);
  return decoders;
}

// Bit positions in a compressed block must stay below 2^32.
const BLOCK_BYTES_MAX = 2 ** 28;

export interface BlockBytes {
  /** Name of the file and place of the block, for messages. */
  readonly name: string;
  readonly place: string;
  /** As stored in the file; not changed. */
  readonly stored: Uint8Array;
  /** Rows whose pixels are wanted; the last strip may hold more. */
  readonly rows: number;
  readonly rowBytes: number;
}

/** @returns `rows * rowBytes` bytes in a buffer of their own. @throws FoundryError `format.tiff`. */
export function decompressBlock(page: TiffPage, block: BlockBytes, decoders: TiffDecoders): Uint8Array {
  const { name, place, rows, rowBytes } = block;
  const { compression } = page;
  const needed = rows * rowBytes;
  if (compression !== Compression.none && block.stored.length > BLOCK_BYTES_MAX) {
    throw unsupported(name, place, "it is larger than 256 MiB", "Save the image in smaller strips.");
  }
  const stored = page.reversedBits ? block.stored.map(reverseBits) : block.stored;
  if (compression === Compression.jpeg) return decodeLossy(page, { ...block, stored }, decoders.jpeg);
  if (compression === Compression.webp) return decodeLossy(page, { ...block, stored }, decoders.webp);
  const bytes =
    compression === Compression.none ? stored.slice(0, needed) : inflated(page, { ...block, stored });
  if (bytes.length < needed)
    throw damaged(name, place, `it holds ${bytes.length} of the ${needed} bytes it needs`);
  return bytes.subarray(0, needed);
}

function inflated(page: TiffPage, { name, place, stored, rows, rowBytes }: BlockBytes): Uint8Array {
  const needed = rows * rowBytes;
  // Some writers fill the last strip up to its full height.
  const whole = page.blockHeight * rowBytes;
  if (faxCompressions.includes(page.compression)) {
    const out = new Uint8Array(needed);
    return out.subarray(0, decodeFax(stored, out, page.blockWidth, faxCoding(page)));
  }
  if (page.compression === Compression.lzw || page.compression === Compression.packBits) {
    const out = new Uint8Array(needed);
    const written =
      page.compression === Compression.lzw ? decodeLzw(stored, out) : decodePackBits(stored, out);
    if (written < 0) throw damaged(name, place, "its LZW codes are damaged");
    return out.subarray(0, written);
  }
  const outcome: InflateOutcome =
    page.compression === Compression.zstandard ? decompressZstd(stored, whole) : inflateZlib(stored, whole);
  if (!outcome.ok) throw damaged(name, place, outcome.reason);
  return outcome.bytes;
}

function faxCoding({ compression, faxMixed }: TiffPage): FaxCoding {
  const kind =
    compression === Compression.fax4 ? "group4" : compression === Compression.fax3 ? "group3" : "rows";
  return { kind, mixed: faxMixed };
}

/** JPEG and WebP blocks are images of their own; they must have the block's size, colours and nothing else. */
function decodeLossy(page: TiffPage, block: BlockBytes, decoder: PixelDecoder | undefined): Uint8Array {
  const { name, place, rows } = block;
  const stream = page.compression === Compression.jpeg ? jpegStream(page, block) : block.stored;
  const outcome = decoder?.(stream) ?? { ok: false, reason: "its decoder was not loaded" };
  if (!outcome.ok) throw damaged(name, place, outcome.reason);
  const { width, height, rgba } = outcome.pixels;
  if (width < page.blockWidth || height < rows) {
    throw damaged(name, place, `it holds ${height} x ${width} pixels, not ${rows} x ${page.blockWidth}`);
  }
  const samples = page.planar ? 1 : page.samples;
  const out = new Uint8Array(rows * page.blockWidth * samples);
  let to = 0;
  for (let y = 0; y < rows; y++) {
    for (let from = y * width * 4, x = 0; x < page.blockWidth; x++, from += 4) {
      for (let sample = 0; sample < samples; sample++) out[to++] = rgba[from + sample]!;
    }
  }
  return out;
}

function jpegStream(page: TiffPage, { name, place, stored, rows }: BlockBytes): Uint8Array {
  const frame = readJpegFrame(stored);
  if (frame === null) throw damaged(name, place, "its JPEG data have no header");
  const samples = page.planar ? 1 : page.samples;
  if (frame.bits !== 8 || frame.coding !== "huffman" || frame.components !== samples) {
    const what = `${frame.components} components of ${frame.bits} bits${frame.coding === "other" ? " in a rare coding" : ""}`;
    throw unsupported(
      name,
      place,
      `its JPEG data have ${what}`,
      "Save it uncompressed or with LZW or Deflate.",
    );
  }
  // Checked here so that the decoder never takes memory for a lie.
  const fits = frame.width >= page.blockWidth && frame.width <= page.blockWidth + 15 && frame.height >= rows;
  if (!fits || frame.height > page.blockHeight + 15 || frame.scans > JPEG_SCANS_MAX) {
    throw damaged(name, place, `its JPEG data announce ${frame.height} x ${frame.width} pixels`);
  }
  return joinJpeg(page.jpegTables, stored, samples === 1 ? null : colourTransform(page, frame.jfif));
}

/**
 * YCbCr pages are converted to RGB, RGB pages are not. A page called RGB whose blocks carry a JFIF marker is YCbCr all
 * the same: slide scanners write such files, and the marker leaves no choice.
 */
function colourTransform(page: TiffPage, jfif: boolean): 0 | 1 {
  return page.photometric === Photometric.yCbCr || jfif ? 1 : 0;
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) reversed |= 128 >> bit;
  return reversed;
}
