/**
 * A TIFF of any size opened for reading in parts: which images and levels it holds, and one region at a time.
 *
 * Meant for slides that never fit memory. Only structure is fetched on opening; a region costs the strips or tiles it
 * touches. Images are those that OME-XML describes, or one stack of equal pages.
 */
import type { Dtype, ImageArray } from "#core/array/index.ts";
import { typedArray } from "#core/array/index.ts";
import type { ByteSource } from "../../byte-source.ts";
import { fault } from "../../fault.ts";
import { checkDecodedSize, type ReadLimits, readLimits } from "../../limits.ts";
import type { Mpp } from "../../read-image-types.ts";
import { arrange, type PageAxis } from "./arrangement.ts";
import { describeOme, describeTiff, type TiffDescription } from "./description.ts";
import type { TiffFile } from "./directory.ts";
import { findOmeDocument } from "./ome-document.ts";
import { locatePlanes, otherFiles } from "./ome-planes.ts";
import { ownFileOf } from "./ome-stack.ts";
import type { OmeDocument } from "./ome-xml.ts";
import { openRangedTiff, type RangedTiff } from "./open-ranges.ts";
import { readPage, type TiffPage } from "./page.ts";
import { readPageRegion } from "./page-region.ts";
import { dtypeOfSamples } from "./samples.ts";
import { selectPages } from "./select-pages.ts";
import type { TiffReadOptions } from "./stack.ts";
import { levelsOf } from "./tiff-levels.ts";

export interface TiffLevel {
  readonly height: number;
  readonly width: number;
  /** What is stored, and so read, together. */
  readonly blockHeight: number;
  readonly blockWidth: number;
}

export interface TiffImageInfo {
  readonly index: number;
  /** As the file names it; may be "". */
  readonly name: string;
  readonly t: number;
  readonly c: number;
  readonly z: number;
  /** Samples of a pixel: 3 for colours. A page holds them all. */
  readonly samples: number;
  readonly dtype: Dtype;
  readonly channelNames: readonly string[];
  readonly mpp: Mpp | null;
  /** Full size first. */
  readonly levels: readonly TiffLevel[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Other files of the set in which planes of this image lie. */
  readonly otherFiles: readonly string[];
}

export interface RegionRequest {
  readonly image?: number;
  readonly level?: number;
  readonly t?: number;
  readonly c?: number;
  readonly z?: number;
  readonly y0: number;
  readonly x0: number;
  readonly height: number;
  readonly width: number;
}

export interface OpenTiff {
  readonly images: readonly TiffImageInfo[];
  /**
   * One plane's rectangle, cut at the image's edge.
   *
   * @returns axes yx, or cyx with the samples of a colour pixel; stored values (indexes, where there is a palette).
   * @throws FoundryError `format.tiff`, `limit.pixels`, `limit.bytes`, `format.decoder`.
   */
  readRegion(request: RegionRequest): Promise<ImageArray>;
}

/** One image of the file with what its pages say, for readers that stream it. */
export interface LocatedImage {
  readonly info: TiffImageInfo;
  readonly description: TiffDescription;
  readonly first: TiffPage;
  /** What was assumed about the pages, or left out of them. */
  readonly notes: readonly string[];
  readonly pagesGuess: { readonly axis: PageAxis; readonly pages: number } | null;
}

export interface LocatedTiff extends OpenTiff {
  readonly file: TiffFile;
  readonly document: OmeDocument | null;
  readonly located: readonly LocatedImage[];
}

interface Located extends LocatedImage {
  /** Levels of the page of each plane, in the order t, c, z; made when first asked for. */
  levelsOfPlane(plane: number): readonly TiffPage[];
}

interface OpenOptions {
  readonly limits?: Partial<ReadLimits>;
  readonly sibling?: TiffReadOptions["sibling"];
  /** What pages are when the file does not say; default: focal planes. */
  readonly pagesAre?: PageAxis;
}

export async function openTiffImages(source: ByteSource, options: OpenOptions = {}): Promise<OpenTiff> {
  const { images, readRegion: read } = await locateTiffImages(source, options);
  return { images, readRegion: read };
}

/** As `openTiffImages`, with the pages behind each image. */
export async function locateTiffImages(source: ByteSource, options: OpenOptions = {}): Promise<LocatedTiff> {
  const limits = readLimits(options.limits);
  const ranged = await openRangedTiff(source);
  const { sibling } = options;
  const { document } = await findOmeDocument(ranged.file, sibling === undefined ? {} : { sibling });
  const images =
    document === null
      ? [locateStack(ranged, describeTiff(ranged.file), options.pagesAre)]
      : document.images.map((_, index) => locateOme(ranged, describeOme(document, index), index));
  return {
    file: ranged.file,
    document,
    located: images,
    images: images.map(({ info }) => info),
    readRegion: (request) => readRegion(source, ranged.file, images, request, limits),
  };
}

// Structure may be as large as it likes; only what a region needs is held against the limits.
const STRUCTURE_LIMITS: ReadLimits = {
  fileBytesMax: Number.POSITIVE_INFINITY,
  samplesMax: Number.POSITIVE_INFINITY,
  decodedBytesMax: Number.POSITIVE_INFINITY,
};

function locateStack(ranged: RangedTiff, description: TiffDescription, pagesAre?: PageAxis): Located {
  const { file } = ranged;
  const { pages, notes } = selectPages(file, description, STRUCTURE_LIMITS);
  const arrangement = arrange(file, description, pages, {
    limits: STRUCTURE_LIMITS,
    ...(pagesAre === undefined ? {} : { pagesAre }),
  });
  const { t, c, z, planeOfPage, guessed } = arrangement;
  const told = {
    notes: [...notes, ...arrangement.notes],
    pagesGuess: guessed === undefined ? null : { axis: guessed, pages: pages.length },
  };
  const pageOfPlane = new Map(planeOfPage.map((plane, page) => [plane, page]));
  const page = (plane: number) => pages[pageOfPlane.get(plane) ?? 0]!;
  return located(ranged, description, { index: 0, name: "", t, c, z, otherFiles: [] }, page, told);
}

type Places = Pick<TiffImageInfo, "index" | "name" | "t" | "c" | "z" | "otherFiles">;

function locateOme(ranged: RangedTiff, description: TiffDescription, index: number): Located {
  const { file } = ranged;
  const image = description.ome!;
  const own = ownFileOf(file);
  const first = readPage(file, file.directories[0]!, STRUCTURE_LIMITS);
  const planes = locatePlanes(image, own, first.samples);
  const elsewhere = otherFiles(image, own);
  const facts = { index, name: image.name, otherFiles: elsewhere };
  if (planes === null || elsewhere.length > 0) {
    const { t, c, z } = planes ?? { t: image.sizeT, c: image.sizeC, z: image.sizeZ };
    return located(ranged, description, { ...facts, t, c, z }, (plane) => {
      const place = planes?.places[plane];
      if (place !== undefined && place.file === null) return pageAt(file, place.page);
      throw fault("format.tiff", {
        file: file.name,
        reason: `plane ${plane} of image ${index} lies in another file or is missing`,
        remedy: "Open the file that holds it.",
      });
    });
  }
  const { t, c, z, places } = planes;
  return located(ranged, description, { ...facts, t, c, z }, (plane) => pageAt(file, places[plane]!.page), {
    notes: planes.notes,
    pagesGuess: null,
  });
}

function pageAt(file: TiffFile, page: number): TiffPage {
  return readPage(file, file.directories[page]!, STRUCTURE_LIMITS);
}

function located(
  ranged: RangedTiff,
  description: TiffDescription,
  places: Places,
  page: (plane: number) => TiffPage,
  told: Pick<LocatedImage, "notes" | "pagesGuess"> = { notes: [], pagesGuess: null },
): Located {
  const made = new Map<number, readonly TiffPage[]>();
  const levelsOfPlane = (plane: number): readonly TiffPage[] => {
    const known = made.get(plane) ?? levelsOf(ranged, page(plane), STRUCTURE_LIMITS);
    made.set(plane, known);
    return known;
  };
  const here = places.otherFiles.length === 0;
  const levels = here ? levelsOfPlane(0) : [pageAt(ranged.file, 0)];
  const first = levels[0]!;
  return {
    levelsOfPlane,
    description,
    first,
    ...told,
    info: {
      ...places,
      samples: first.samples,
      dtype: dtypeOfSamples(first.kind, first.bits),
      channelNames: description.channelNames,
      mpp: description.mpp,
      metadata: description.metadata,
      levels: levels.map(({ height, width, blockHeight, blockWidth }) => ({
        height,
        width,
        blockHeight,
        blockWidth,
      })),
    },
  };
}

async function readRegion(
  source: ByteSource,
  file: TiffFile,
  images: readonly Located[],
  request: RegionRequest,
  limits: ReadLimits,
): Promise<ImageArray> {
  const { image = 0, level = 0, t = 0, c = 0, z = 0 } = request;
  const chosen = images[image];
  const inside = (at: number, size: number): boolean => Number.isInteger(at) && at >= 0 && at < size;
  if (
    chosen === undefined ||
    !inside(t, chosen.info.t) ||
    !inside(c, chosen.info.c) ||
    !inside(z, chosen.info.z)
  )
    throw outside(file.name, `image ${image}, t ${t}, c ${c}, z ${z} does not exist`);
  const page = chosen.levelsOfPlane((t * chosen.info.c + c) * chosen.info.z + z)[level];
  if (page === undefined) throw outside(file.name, `image ${image} has no level ${level}`);
  const { y0, x0 } = request;
  if (!inside(y0, page.height) || !inside(x0, page.width) || !(request.height >= 1) || !(request.width >= 1))
    throw outside(
      file.name,
      `the region at y ${y0}, x ${x0} lies outside ${page.height} x ${page.width} pixels`,
    );
  const height = Math.min(Math.floor(request.height), page.height - y0);
  const width = Math.min(Math.floor(request.width), page.width - x0);
  const samples = height * width * page.samples;
  const what = `a region of ${height} x ${width} pixels`;
  checkDecodedSize(file.name, { samples, bytes: samples * Math.ceil(page.bits / 8), what }, limits);
  const dtype = dtypeOfSamples(page.kind, page.bits);
  const data = typedArray(dtype, samples);
  await readPageRegion(source, file, page, { y0, x0, height, width }, data, limits);
  return page.samples === 1
    ? { dtype, axes: "yx", shape: [height, width], data }
    : { dtype, axes: "cyx", shape: [page.samples, height, width], data };
}

function outside(file: string, reason: string) {
  return fault("format.tiff", { file, reason, remedy: "Ask for a part that the file has." });
}
