/**
 * Label images as TIFF that every tool of the field opens.
 *
 * One page, little-endian, Deflate strips, 16 bits when the highest label fits and 32 bits otherwise; labels are never
 * renumbered or cut to 8 bits. The description is OME-XML and carries what made the labels. The same input gives the
 * same bytes.
 */
import { zlibSync } from "fflate";
import type { LabelImage } from "#core/array/index.ts";
import { assert } from "#core/errors.ts";
import type { Mpp } from "../../read-image-types.ts";
import { openTiff, tagText } from "./directory.ts";
import { labelDescription, labelOmeXml } from "./label-ome-xml.ts";

export interface LabelTiffOptions {
  /** Key and value pairs to travel with the labels, e.g. `{ "model": "nuclei@1.2.0" }`. Values up to 2,000 characters. */
  readonly description?: Readonly<Record<string, string>>;
  readonly mpp?: Mpp | null;
}

// Readers decode whole strips; TIFF 6.0 advises small ones, 64 KiB keeps the table short as well.
const STRIP_BYTES = 64 * 1024;

/** @param labels  int32, 0 = background, none negative. Cost: linear; about twice the pixel bytes of memory. */
export function writeLabelTiff(labels: LabelImage, options: LabelTiffOptions = {}): Uint8Array {
  const { height, width, data } = labels;
  assert(height > 0 && width > 0 && data.length === height * width, "a label image has pixels");
  let highest = 0;
  for (let i = 0; i < data.length; i++) {
    assert(data[i]! >= 0, "labels are not negative");
    if (data[i]! > highest) highest = data[i]!;
  }
  const type = highest <= 0xffff ? "uint16" : "uint32";
  const bytesPerPixel = type === "uint16" ? 2 : 4;
  const rowsPerStrip = Math.max(1, Math.floor(STRIP_BYTES / (width * bytesPerPixel)));
  const strips: Uint8Array[] = [];
  for (let y = 0; y < height; y += rowsPerStrip) {
    const rows = data.subarray(y * width, Math.min(y + rowsPerStrip, height) * width);
    strips.push(zlibSync(littleEndianBytes(rows, bytesPerPixel), { level: 6 }));
  }
  const xml = labelOmeXml({ height, width, type, ...options });
  return assemble(
    strips,
    labelTags({ height, width, bytesPerPixel, rowsPerStrip, xml, mpp: options.mpp ?? null }),
  );
}

/** What made the labels of a TIFF that `writeLabelTiff` wrote; empty for files of other programs. */
export function readLabelTiffDescription(bytes: Uint8Array, name: string): Record<string, string> {
  const file = openTiff(bytes, name);
  return labelDescription(tagText(file, file.directories[0]!, 270) ?? "");
}

function littleEndianBytes(values: Int32Array, bytesPerPixel: number): Uint8Array {
  const bytes = new Uint8Array(values.length * bytesPerPixel);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (bytesPerPixel === 2) view.setUint16(2 * i, values[i]!, true);
    else view.setUint32(4 * i, values[i]!, true);
  }
  return bytes;
}

/** Types: 2 text, 3 uint16, 4 uint32, 5 rational. Strip tags are filled in by `assemble`. */
interface OutTag {
  readonly id: number;
  readonly type: 2 | 3 | 4 | 5;
  readonly values: readonly number[] | string;
}

interface TagFacts {
  readonly height: number;
  readonly width: number;
  readonly bytesPerPixel: number;
  readonly rowsPerStrip: number;
  readonly xml: string;
  readonly mpp: Mpp | null;
}

function labelTags({ height, width, bytesPerPixel, rowsPerStrip, xml, mpp }: TagFacts): OutTag[] {
  const tags: OutTag[] = [
    { id: 256, type: 4, values: [width] },
    { id: 257, type: 4, values: [height] },
    { id: 258, type: 3, values: [8 * bytesPerPixel] },
    { id: 259, type: 3, values: [8] },
    { id: 262, type: 3, values: [1] },
    { id: 270, type: 2, values: xml },
    { id: 277, type: 3, values: [1] },
    { id: 278, type: 4, values: [rowsPerStrip] },
    { id: 305, type: 2, values: "Cell Foundry" },
    { id: 339, type: 3, values: [1] },
  ];
  if (mpp === null) return tags;
  // Pixels per centimetre as a fraction.
  return [
    ...tags,
    { id: 282, type: 5, values: perCentimetre(mpp.x) },
    { id: 283, type: 5, values: perCentimetre(mpp.y) },
    { id: 296, type: 3, values: [3] },
  ];
}

function perCentimetre(mpp: number): [number, number] {
  const perCm = 10_000 / mpp;
  const denominator = Math.max(1, Math.min(1_000_000, Math.floor(0xffffffff / perCm)));
  return [Math.min(0xffffffff, Math.round(perCm * denominator)), denominator];
}

function assemble(strips: readonly Uint8Array[], tags: readonly OutTag[]): Uint8Array {
  const offsets: number[] = [];
  let at = 8;
  for (const strip of strips) {
    offsets.push(at);
    at += strip.length + (strip.length % 2);
  }
  const stripTags: OutTag[] = [
    { id: 273, type: 4, values: offsets },
    { id: 279, type: 4, values: strips.map((strip) => strip.length) },
  ];
  const sorted = [...tags, ...stripTags].toSorted((a, b) => a.id - b.id);
  const directoryAt = at;
  let valuesAt = directoryAt + 2 + 12 * sorted.length + 4;
  const encoded = sorted.map((tag) => {
    const bytes = encodeValues(tag);
    const valueAt = bytes.length > 4 ? valuesAt : null;
    if (valueAt !== null) valuesAt += bytes.length + (bytes.length % 2);
    return { tag, bytes, valueAt };
  });
  const out = new Uint8Array(valuesAt);
  const view = new DataView(out.buffer);
  out.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directoryAt, true);
  for (const [i, strip] of strips.entries()) out.set(strip, offsets[i]!);
  view.setUint16(directoryAt, sorted.length, true);
  encoded.forEach(({ tag, bytes, valueAt }, i) => {
    const entry = directoryAt + 2 + 12 * i;
    view.setUint16(entry, tag.id, true);
    view.setUint16(entry + 2, tag.type, true);
    view.setUint32(
      entry + 4,
      tag.type === 2 ? bytes.length : tag.values.length / (tag.type === 5 ? 2 : 1),
      true,
    );
    if (valueAt === null) out.set(bytes, entry + 8);
    else {
      view.setUint32(entry + 8, valueAt, true);
      out.set(bytes, valueAt);
    }
  });
  return out;
}

function encodeValues({ type, values }: OutTag): Uint8Array {
  if (typeof values === "string") return new TextEncoder().encode(`${values}\0`);
  const size = type === 3 ? 2 : 4;
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) {
    if (size === 2) view.setUint16(2 * i, value, true);
    else view.setUint32(4 * i, value, true);
  }
  return bytes;
}
