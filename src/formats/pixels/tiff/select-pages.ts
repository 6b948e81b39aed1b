/**
 * Which pages of a TIFF belong to its image.
 *
 * Pages of another size, type or palette (thumbnails, pyramid levels, a label on the slide) are left out with a note.
 */
import { checkDecodedSize, type ReadLimits } from "../../limits.ts";
import type { TiffDescription } from "./description.ts";
import type { TiffDirectory, TiffFile } from "./directory.ts";
import { Photometric, readPage, type TiffPage } from "./page.ts";

export interface SelectedPages {
  readonly pages: readonly TiffPage[];
  readonly notes: readonly string[];
}

/** Pages like the first one; the total is held against the limits while they are found. */
export function selectPages(file: TiffFile, description: TiffDescription, limits: ReadLimits): SelectedPages {
  const first = readPage(file, file.directories[0]!, limits);
  const pageSamples = first.width * first.height * first.samples;
  const pages = [first];
  let left = 0;
  for (const directory of file.directories.slice(1)) {
    const page = isReduced(file, directory) ? null : readPage(file, directory, limits);
    if (page === null || !sameLayout(page, first)) left++;
    else pages.push(page);
    const samples = pages.length * pageSamples;
    checkDecodedSize(
      file.name,
      {
        samples,
        bytes: samples * Math.ceil(first.bits / 8),
        what: `${pages.length} or more pages of ${first.height} x ${first.width} pixels`,
      },
      limits,
    );
  }
  const notes =
    left === 0
      ? []
      : [
          `${left} further ${left === 1 ? "page has" : "pages have"} another size, type or palette and ${left === 1 ? "was" : "were"} left out.`,
        ];
  if (pages.length === 1) return { pages: contiguousPages(file, description, first), notes };
  return { pages, notes };
}

function isReduced(file: TiffFile, directory: TiffDirectory): boolean {
  const tag = directory.tags.get(254);
  if (tag === undefined || tag.count !== 1 || tag.at + 4 > file.bytes.length) return false;
  return (file.view.getUint32(tag.at, file.littleEndian) & 1) === 1;
}

/** Whether two pages can be planes of one array. */
export function sameLayout(a: TiffPage, b: TiffPage): boolean {
  const keys = ["width", "height", "samples", "bits", "kind", "photometric"] as const;
  const samePalette = a.photometric !== Photometric.palette || String(a.colourMap) === String(b.colourMap);
  return keys.every((key) => a[key] === b[key]) && samePalette;
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
  if (!inOneRun || first.offsets[0]! + planes * pageBytes > file.size) return [first];
  return Array.from({ length: planes }, (_, plane) => ({
    ...first,
    blockHeight: first.height,
    offsets: [first.offsets[0]! + plane * pageBytes],
    byteCounts: [pageBytes],
  }));
}
