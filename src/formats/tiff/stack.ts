/**
 * Pages of a TIFF to one image array.
 *
 * The description names the axes and their order from page to page; the array always comes out in the order tczyx.
 * Pages of another size or type (thumbnails, pyramid levels, a label on the slide) are left out with a note.
 */
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { checkDecodedSize, type ReadLimits } from "../limits.ts";
import { decodePage } from "./decode-page.ts";
import type { StackAxes, TiffDescription } from "./description.ts";
import { damaged, type TiffFile } from "./directory.ts";
import type { OmePixels } from "./ome-xml.ts";
import { readPage, type TiffPage } from "./page.ts";
import { dtypeOfSamples } from "./samples.ts";

export interface TiffStack {
  readonly first: TiffPage;
  readonly dtype: Dtype;
  /** Order tczyx plus, right before yx, the samples of a pixel: shape [t, c, z, samples, y, x]. */
  readonly shape: readonly [t: number, c: number, z: number, samples: number, y: number, x: number];
  readonly data: TypedArrays[Dtype];
  readonly notes: readonly string[];
}

/** Index of a plane in the array for each page; -1 for a page that has no place. */
interface Arrangement {
  readonly t: number;
  readonly c: number;
  readonly z: number;
  readonly planeOfPage: readonly number[];
  readonly notes: readonly string[];
}

/** @throws FoundryError `format.tiff`, `limit.pixels`, `limit.bytes`. */
export function readStack(file: TiffFile, description: TiffDescription, limits: ReadLimits): TiffStack {
  const { pages, notes } = selectPages(file, description, limits);
  const first = pages[0]!;
  const arrangement = arrange(file, description, pages, limits);
  const { t, c, z, planeOfPage } = arrangement;
  const pageSamples = first.samples * first.height * first.width;
  const dtype = dtypeOfSamples(first.kind, first.bits);
  const planes = t * c * z;
  checkDecodedSize(
    file.name,
    {
      samples: planes * pageSamples,
      bytes: planes * pageSamples * Math.ceil(first.bits / 8),
      what: `${planes} planes of ${first.height} x ${first.width} pixels`,
    },
    limits,
  );
  const shape = [t, c, z, first.samples, first.height, first.width] as const;
  const allNotes = [...notes, ...arrangement.notes];
  if (planes === 1) return { first, dtype, shape, data: decodePage(file, first), notes: allNotes };
  const data = typedArray(dtype, planes * pageSamples);
  pages.forEach((page, i) => {
    const plane = planeOfPage[i]!;
    if (plane >= 0) data.set(decodePage(file, page), plane * pageSamples);
  });
  return { first, dtype, shape, data, notes: allNotes };
}

function selectPages(file: TiffFile, description: TiffDescription, limits: ReadLimits) {
  const first = readPage(file, file.directories[0]!, limits);
  const rest = file.directories.slice(1).map((directory) => {
    const reduced = directory.tags.size > 0 && isReduced(file, directory.index);
    return reduced ? null : readPage(file, directory, limits);
  });
  const kept = rest.filter((page) => page !== null && sameLayout(page, first)) as TiffPage[];
  const left = rest.length - kept.length;
  const notes =
    left === 0
      ? []
      : [
          `${left} further ${left === 1 ? "page has" : "pages have"} another size or type and ${left === 1 ? "was" : "were"} left out.`,
        ];
  const pages = [first, ...kept];
  return { pages: pages.length === 1 ? contiguousPages(file, description, first) : pages, notes };
}

function isReduced(file: TiffFile, index: number): boolean {
  const tag = file.directories[index]!.tags.get(254);
  return (
    tag !== undefined &&
    tag.count === 1 &&
    tag.at + 4 <= file.bytes.length &&
    (file.view.getUint32(tag.at, file.littleEndian) & 1) === 1
  );
}

function sameLayout(a: TiffPage, b: TiffPage): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.samples === b.samples &&
    a.bits === b.bits &&
    a.kind === b.kind
  );
}

/** ImageJ and tifffile may write one directory for a whole stack whose planes follow each other uncompressed. */
function contiguousPages(file: TiffFile, description: TiffDescription, first: TiffPage): TiffPage[] {
  const oneDirectory = description.flavour === "imagej" || description.flavour === "tifffile";
  const planes = description.axes?.reduce((product, [, size]) => product * size, 1) ?? 1;
  if (!oneDirectory || planes === 1 || first.compression !== 1 || first.tiled || first.planar) return [first];
  const pageBytes = Math.ceil((first.width * first.samples * first.bits) / 8) * first.height;
  const inOneRun = first.offsets.every(
    (offset, i) => i === 0 || offset === first.offsets[i - 1]! + first.byteCounts[i - 1]!,
  );
  if (!inOneRun || first.offsets[0]! + planes * pageBytes > file.bytes.length) return [first];
  return Array.from({ length: planes }, (_, plane) => ({
    ...first,
    blockHeight: first.height,
    offsets: [first.offsets[0]! + plane * pageBytes],
    byteCounts: [pageBytes],
  }));
}

function arrange(
  file: TiffFile,
  description: TiffDescription,
  pages: readonly TiffPage[],
  limits: ReadLimits,
): Arrangement {
  const samples = pages[0]!.samples;
  const said =
    description.ome === null ? description.axes : omeAxes(description.ome, samples, description.axes!);
  const product = said?.reduce((value, [, size]) => value * size, 1) ?? 0;
  if (product > limits.samplesMax) throw damaged(file.name, "description", `it announces ${product} planes`);
  const elsewhere = description.ome?.tiffData.some((data) => data.elsewhere) ?? false;
  if (said !== null && product === pages.length && !elsewhere) {
    return description.ome === null ? arrangeInOrder(said, []) : arrangeOme(description.ome, said, pages);
  }
  const guess = arrangeInOrder([["z", pages.length]], []);
  if (pages.length === 1 && product <= 1) return guess;
  const reason =
    said === null
      ? `The file does not say what its ${pages.length} pages are; they were taken for focal planes (z).`
      : elsewhere || product > pages.length
        ? `The file is one part of a set: its description tells of ${product} planes, ${pages.length} are in it and were read${pages.length > 1 ? " as focal planes (z)" : ""}.`
        : `The file has ${pages.length} pages, its description tells of ${product}; they were taken for focal planes (z).`;
  return { ...guess, notes: [reason] };
}

/** In OME-XML, RGB samples count as channels although they share a page. */
function omeAxes(ome: OmePixels, samples: number, axes: StackAxes): StackAxes {
  const channels = samples > 1 && ome.sizeC % samples === 0 ? ome.sizeC / samples : ome.sizeC;
  return axes.map(([axis, size]) => (axis === "c" ? ([axis, channels] as const) : ([axis, size] as const)));
}

function sizeOf(axes: StackAxes, wanted: string): number {
  return axes.find(([axis]) => axis === wanted)?.[1] ?? 1;
}

function arrangeInOrder(axes: StackAxes, notes: readonly string[]): Arrangement {
  const [t, c, z] = [sizeOf(axes, "t"), sizeOf(axes, "c"), sizeOf(axes, "z")];
  const planeOfPage = Array.from({ length: t * c * z }, (_, page) => planeAt(axes, page));
  return { t, c, z, planeOfPage, notes };
}

/** Plane (order t, c, z) of the page-th place when axes are walked slowest first. */
function planeAt(axes: StackAxes, page: number): number {
  const at: Record<string, number> = { t: 0, c: 0, z: 0 };
  let rest = page;
  for (const [axis, size] of axes.toReversed()) {
    at[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  return (at["t"]! * sizeOf(axes, "c") + at["c"]!) * sizeOf(axes, "z") + at["z"]!;
}

/** Follows TiffData where it names pages; otherwise pages come in DimensionOrder. */
function arrangeOme(ome: OmePixels, axes: StackAxes, pages: readonly TiffPage[]): Arrangement {
  const inOrder = arrangeInOrder(axes, []);
  const explicit = ome.tiffData.filter((data) => data.ifd !== null && (data.planeCount ?? 1) === 1);
  if (explicit.length !== pages.length) return inOrder;
  const { t, c, z } = inOrder;
  const samples = pages[0]!.samples;
  const placeOfIfd = new Map<number, number>();
  for (const data of explicit) {
    const channel = samples > 1 ? Math.floor(data.firstC / samples) : data.firstC;
    if (data.firstT >= t || channel >= c || data.firstZ >= z) return inOrder;
    placeOfIfd.set(data.ifd!, (data.firstT * c + channel) * z + data.firstZ);
  }
  const planeOfPage = pages.map((page) => placeOfIfd.get(page.index) ?? -1);
  const complete = new Set(planeOfPage).size === pages.length && !planeOfPage.includes(-1);
  return complete ? { ...inOrder, planeOfPage } : inOrder;
}
