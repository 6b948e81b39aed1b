/**
 * A BMP file as an image: 1, 4 or 8 bits with a palette, 16, 24 or 32 bits of colour; uncompressed.
 *
 * Some microscope cameras still write it. Rows come from the bottom unless the height is negative. Source: the
 * BITMAPINFOHEADER family of Windows.
 */
import { normaliseColours, type SampleStack } from "../../colours.ts";
import { fault } from "../../fault.ts";
import { checkDecodedSize, checkFileBytes, type ReadLimits, SIDE_MAX } from "../../limits.ts";
import type { ReadImage } from "../../read-image-types.ts";

interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Where the pixels start and how long a row is, bytes. */
  readonly pixelsAt: number;
  readonly rowBytes: number;
  readonly palette: { readonly at: number; readonly entries: number; readonly bytesEach: number } | null;
  /** Bits of red, green, blue for 16 and 32 bits per pixel. */
  readonly masks: readonly [number, number, number];
}

const NAMES: Readonly<Record<number, string>> = { 1: "RLE8", 2: "RLE4", 4: "JPEG", 5: "PNG" };

/** @throws FoundryError `format.bmp`, `limit.pixels`, `limit.bytes`. */
export function readBmp(bytes: Uint8Array, name: string, limits: ReadLimits): ReadImage {
  checkFileBytes(bytes, name, limits);
  const header = readHeader(bytes, name, limits);
  const { pixelsAt, rowBytes, height } = header;
  if (pixelsAt + rowBytes * height > bytes.length) {
    throw refused(
      name,
      `it holds ${Math.max(0, bytes.length - pixelsAt)} of the ${rowBytes * height} bytes it needs`,
    );
  }
  const stack = header.palette === null ? colourStack(bytes, header) : paletteStack(bytes, header, name);
  const { image, channels, notes } = normaliseColours(stack, []);
  return { image, channels, mpp: null, mppSource: null, notes };
}

function readHeader(bytes: Uint8Array, name: string, limits: ReadLimits): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 26) throw refused(name, "its header is cut short");
  const headerBytes = view.getUint32(14, true);
  const old = headerBytes === 12;
  if (!old && (headerBytes < 40 || 14 + headerBytes > bytes.length))
    throw refused(name, "its header is damaged");
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const signed = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const height = Math.abs(signed);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? 0 : view.getUint32(30, true);
  if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
    throw refused(name, `its size is ${signed} x ${width}`);
  const packed = compression === 3 && (bits === 16 || bits === 32);
  if (compression !== 0 && !packed)
    throw refused(
      name,
      `it is compressed with ${NAMES[compression] ?? `number ${compression}`}, which is not read here`,
    );
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw refused(name, `it has ${bits} bits per pixel`);
  const samples = width * height * 3;
  checkDecodedSize(name, { samples, bytes: samples, what: `${height} x ${width} pixels` }, limits);
  const masksAt = 54;
  if (packed && masksAt + 12 > bytes.length) throw refused(name, "its header is cut short");
  const mask = (i: number): number => view.getUint32(masksAt + 4 * i, true);
  const plain = bits === 16 ? ([0x7c00, 0x3e0, 0x1f] as const) : ([0xff0000, 0xff00, 0xff] as const);
  const used = old ? 0 : view.getUint32(46, true);
  return {
    width,
    height,
    topDown: signed < 0,
    bits,
    pixelsAt: view.getUint32(10, true),
    rowBytes: Math.ceil((width * bits) / 32) * 4,
    masks: packed ? [mask(0), mask(1), mask(2)] : plain,
    palette:
      bits > 8
        ? null
        : {
            at: 14 + headerBytes,
            entries: used === 0 ? 2 ** bits : Math.min(used, 2 ** bits),
            bytesEach: old ? 3 : 4,
          },
  };
}

/** First byte of each row, from the top of the picture. */
function rowStarts({ height, topDown, pixelsAt, rowBytes }: BmpHeader): number[] {
  return Array.from({ length: height }, (_, y) => pixelsAt + (topDown ? y : height - 1 - y) * rowBytes);
}

function stackOf({ height, width }: BmpHeader, data: Uint8Array): SampleStack {
  return { dtype: "uint8", shape: [1, 1, 1, 3, height, width], data, sampleKind: "rgb", alpha: false };
}

function paletteStack(bytes: Uint8Array, header: BmpHeader, name: string): SampleStack {
  const { width, height, bits } = header;
  const { at, entries, bytesEach } = header.palette!;
  if (at + entries * bytesEach > bytes.length) throw refused(name, "its palette is cut short");
  const pixels = width * height;
  const out = new Uint8Array(3 * pixels);
  for (const [y, start] of rowStarts(header).entries()) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const index = (bytes[start + (bit >> 3)]! >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
      if (index >= entries)
        throw refused(name, `pixel y ${y}, x ${x} has colour ${index}, which is not in the palette`);
      // Blue comes first.
      for (let c = 0; c < 3; c++) out[c * pixels + y * width + x] = bytes[at + index * bytesEach + 2 - c]!;
    }
  }
  return stackOf(header, out);
}

function colourStack(bytes: Uint8Array, header: BmpHeader): SampleStack {
  const { width, height, bits, masks } = header;
  const pixels = width * height;
  const out = new Uint8Array(3 * pixels);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [y, start] of rowStarts(header).entries()) {
    for (let x = 0; x < width; x++) {
      const to = y * width + x;
      if (bits === 24) {
        for (let c = 0; c < 3; c++) out[c * pixels + to] = bytes[start + 3 * x + 2 - c]!;
        continue;
      }
      const word = bits === 16 ? view.getUint16(start + 2 * x, true) : view.getUint32(start + 4 * x, true);
      for (let c = 0; c < 3; c++) out[c * pixels + to] = masked(word, masks[c]!);
    }
  }
  return stackOf(header, out);
}

/** The bits under a mask, stretched to 0..255. */
function masked(word: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const highest = mask >>> shift;
  return Math.round((((word & mask) >>> shift) * 255) / highest);
}

function refused(name: string, reason: string) {
  return fault("format.bmp", {
    file: name,
    reason,
    remedy: "Save it as PNG or TIFF; if it is damaged, get it again.",
  });
}
