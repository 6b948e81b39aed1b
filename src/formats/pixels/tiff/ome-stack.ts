/**
 * An OME-TIFF's planes to one array, also when they lie in several files.
 *
 * Files of the set are opened one after another and let go again. Every page must have the size and type of the first.
 */
import { type Dtype, type TypedArrays, typedArray } from "#core/array/index.ts";
import { fault } from "../../fault.ts";
import { checkDecodedSize, checkFileBytes } from "../../limits.ts";
import { decodePage } from "./decode-page.ts";
import { loadTiffDecoders } from "./decompress.ts";
import { damaged, openTiff, type TiffFile, tagText, unsupported } from "./directory.ts";
import { locatePlanes, type OmePlanes, type OwnFile, otherFiles, type PlanePlace } from "./ome-planes.ts";
import { type OmeImage, parseOmeXml } from "./ome-xml.ts";
import { readPage, type TiffPage } from "./page.ts";
import { dtypeOfSamples } from "./samples.ts";
import { sameLayout } from "./select-pages.ts";
import type { TiffReadOptions, TiffStack } from "./stack.ts";

/** How a file is named in descriptions: the last part of its path, and the identity in its own description. */
export function ownFileOf(file: TiffFile): OwnFile {
  const uuid = parseOmeXml(tagText(file, file.directories[0]!, 270) ?? "")?.uuid ?? null;
  return { name: file.name.slice(file.name.lastIndexOf("/") + 1), uuid, pages: file.directories.length };
}

/**
 * @returns `null` when the planes cannot be located, or lie in other files and the caller cannot get those.
 * @throws FoundryError `format.tiff` when a file of the set is missing or a page does not fit; `limit.*`.
 */
export async function readOmeStack(
  file: TiffFile,
  image: OmeImage,
  options: TiffReadOptions,
): Promise<TiffStack | null> {
  const own = ownFileOf(file);
  const elsewhere = otherFiles(image, own);
  if (elsewhere.length > 0 && options.sibling === undefined) return null;
  const samples = samplesOfFirstPage(file, options);
  const planes = locatePlanes(image, own, samples);
  if (planes === null) return null;
  return readPlanes(planes, new Map([[null, file]]), file.name, options);
}

/** Reads a set of which no file is at hand, only its description. */
export async function readOmeSet(
  image: OmeImage,
  name: string,
  options: TiffReadOptions,
): Promise<TiffStack | null> {
  const first = image.tiffData.find(({ fileName }) => fileName !== null)?.fileName;
  if (first === undefined || first === null || options.sibling === undefined) return null;
  const file = await openSibling(first, name, options);
  const planes = locatePlanes(image, { name: null, uuid: null, pages: 0 }, samplesOfFirstPage(file, options));
  return planes === null ? null : readPlanes(planes, new Map([[first, file]]), name, options);
}

function samplesOfFirstPage(file: TiffFile, { limits }: TiffReadOptions): number {
  return readPage(file, file.directories[0]!, limits).samples;
}

async function readPlanes(
  planes: OmePlanes,
  opened: ReadonlyMap<string | null, TiffFile>,
  name: string,
  options: TiffReadOptions,
): Promise<TiffStack> {
  const { t, c, z, places, notes } = planes;
  const byFile = Map.groupBy(
    places.map((place, plane) => ({ ...place, plane })),
    ({ file }) => file,
  );
  let first: TiffPage | null = null;
  let data: TypedArrays[Dtype] | null = null;
  let pageSamples = 0;
  for (const [fileName, own] of byFile) {
    const file = opened.get(fileName) ?? (await openSibling(fileName!, name, options));
    const pages = own.map((place) => pageOf(file, place, options));
    if (first === null || data === null) {
      first = pages[0]!;
      pageSamples = first.samples * first.height * first.width;
      checkStack(name, first, t * c * z, options);
      data = typedArray(dtypeOfSamples(first.kind, first.bits), t * c * z * pageSamples);
    }
    const decoders = await loadTiffDecoders(pages, file.name);
    for (const [i, page] of pages.entries()) {
      if (!sameLayout(page, first)) {
        throw unsupported(
          file.name,
          `page ${page.index}`,
          "it has another size or type than the first page of its image",
          "Save the pages as separate files.",
        );
      }
      data.set(decodePage(file, page, decoders), own[i]!.plane * pageSamples);
    }
  }
  const files = [...byFile.keys()].filter((fileName) => fileName !== null);
  return {
    first: first!,
    dtype: dtypeOfSamples(first!.kind, first!.bits),
    shape: [t, c, z, first!.samples, first!.height, first!.width],
    data: data!,
    notes,
    pagesGuess: null,
    ...(files.length === 0 ? {} : { files }),
  };
}

function pageOf(file: TiffFile, place: PlanePlace, { limits }: TiffReadOptions): TiffPage {
  const directory = file.directories[place.page];
  if (directory === undefined) {
    throw damaged(file.name, `page ${place.page}`, `the file has only ${file.directories.length} pages`);
  }
  return readPage(file, directory, limits);
}

function checkStack(name: string, page: TiffPage, planes: number, { limits }: TiffReadOptions): void {
  const samples = planes * page.samples * page.height * page.width;
  const what = `${planes} planes of ${page.height} x ${page.width} pixels`;
  checkDecodedSize(name, { samples, bytes: samples * Math.ceil(page.bits / 8), what }, limits);
}

/** @throws FoundryError `format.tiff` when the set does not have the file, or its name leads out of the folder. */
async function openSibling(fileName: string, name: string, options: TiffReadOptions): Promise<TiffFile> {
  const bytes = isInside(fileName) ? await options.sibling?.(fileName) : null;
  if (bytes === null || bytes === undefined) {
    throw fault("format.tiff", {
      file: name,
      reason: `it is part of a set whose file ${fileName.slice(0, 200)} is missing`,
      remedy: "Import all files of the set together, with their names unchanged.",
    });
  }
  checkFileBytes(bytes, fileName, options.limits);
  return openTiff(bytes, fileName);
}

/** Names come from the file: they may lead into folders below, never out. */
export function isInside(fileName: string): boolean {
  return !/^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)/.test(fileName) && fileName !== "";
}
