/**
 * Where each plane of an OME-TIFF lies: which file of the set, which page.
 *
 * TiffData elements name a first plane and a number of planes that follow in DimensionOrder; without any, the pages of
 * the file itself follow each other. A set whose last frames were never written gives the frames that are complete.
 */
import type { OmeDocument, OmeImage, TiffData } from "./ome-xml.ts";

/** One plane: position in the array (t, c, z in this order of axes) and its page. */
export interface PlanePlace {
  readonly t: number;
  readonly c: number;
  readonly z: number;
  /** File of the set as the description names it; `null` for the file at hand. */
  readonly file: string | null;
  readonly page: number;
}

export interface OmePlanes {
  readonly t: number;
  readonly c: number;
  readonly z: number;
  /** One for each plane of the first `t` frames. */
  readonly places: readonly PlanePlace[];
  readonly notes: readonly string[];
}

/** The file at hand, as a description may name it. */
export interface OwnFile {
  readonly name: string | null;
  readonly uuid: string | null;
  readonly pages: number;
}

// As many pages as a TIFF may have here.
const PLANES_MAX = 65_536 * 16;

/**
 * @param samples  samples of a pixel of the pages: colours share a page, but count as channels in the description.
 * @returns `null` when not even the first frame is complete.
 */
export function locatePlanes(image: OmeImage, own: OwnFile, samples: number): OmePlanes | null {
  const t = image.sizeT;
  const z = image.sizeZ;
  const c = samples > 1 && image.sizeC % samples === 0 ? image.sizeC / samples : image.sizeC;
  if (!(t >= 1 && z >= 1 && c >= 1) || t * z * c > PLANES_MAX) return null;
  const found = new Map<number, PlanePlace>();
  const elements = image.tiffData.length === 0 ? [ALL_PAGES] : image.tiffData;
  for (const data of elements) {
    const file = isOwn(data, own) ? null : data.fileName;
    const onePlane = data.ifd !== null || file !== null;
    const count = Math.min(data.planeCount ?? (onePlane ? 1 : own.pages), t * c * z);
    const firstC = data.firstC < c ? data.firstC : Math.floor(data.firstC / samples);
    let at = positionOf(image.order, { t, c, z }, { t: data.firstT, c: firstC, z: data.firstZ });
    for (let k = 0; k < count && at < t * c * z; k++, at++) {
      const place = placeAt(image.order, { t, c, z }, at);
      const page = (data.ifd ?? 0) + k;
      if (file === null && page >= own.pages) break;
      const key = (place.t * c + place.c) * z + place.z;
      if (!found.has(key)) found.set(key, { ...place, file, page });
    }
  }
  return completeFrames(found, { t, c, z });
}

const ALL_PAGES: TiffData = {
  ifd: null,
  firstC: 0,
  firstZ: 0,
  firstT: 0,
  planeCount: null,
  fileName: null,
  uuid: null,
};

function isOwn({ fileName, uuid }: TiffData, own: OwnFile): boolean {
  if (fileName === null || own.name === null) return fileName === null;
  // A renamed file is still the one that its identity says.
  return (uuid !== null && uuid === own.uuid) || fileName === own.name;
}

/** Files of the image that are not the one at hand, in the order of their planes. */
export function otherFiles(image: OmeImage, own: OwnFile): string[] {
  const names = image.tiffData.filter((data) => !isOwn(data, own)).flatMap(({ fileName }) => fileName ?? []);
  return [...new Set(names)];
}

/** The image of a document to which the file at hand belongs. */
export function imageOfFile(document: OmeDocument, own: OwnFile): number {
  const at = document.images.findIndex(({ tiffData }) =>
    tiffData.some((data) => data.fileName !== null && isOwn(data, own)),
  );
  return Math.max(0, at);
}

type Sizes = Readonly<Record<"t" | "c" | "z", number>>;

/** Axes from the one that varies fastest. */
function axesOf(order: string): ("t" | "c" | "z")[] {
  const legal = /^XY(CZT|CTZ|ZCT|ZTC|TCZ|TZC)$/.test(order) ? order.slice(2) : "CZT";
  return [...legal.toLowerCase()] as ("t" | "c" | "z")[];
}

function positionOf(order: string, sizes: Sizes, first: Sizes): number {
  let [at, step] = [0, 1];
  for (const axis of axesOf(order)) {
    if (first[axis] >= sizes[axis]) return Number.POSITIVE_INFINITY;
    at += first[axis] * step;
    step *= sizes[axis];
  }
  return at;
}

function placeAt(order: string, sizes: Sizes, position: number): Sizes {
  const place = { t: 0, c: 0, z: 0 };
  for (const axis of axesOf(order)) {
    place[axis] = position % sizes[axis];
    position = Math.floor(position / sizes[axis]);
  }
  return place;
}

function completeFrames(found: ReadonlyMap<number, PlanePlace>, { t, c, z }: Sizes): OmePlanes | null {
  const places: PlanePlace[] = [];
  for (let key = 0; key < t * c * z; key++) {
    const place = found.get(key);
    if (place === undefined) break;
    places.push(place);
  }
  const frames = Math.floor(places.length / (c * z));
  if (frames === 0) return null;
  const notes = frames === t ? [] : [`Of ${t} time points ${frames} are complete; the others were left out.`];
  return { t: frames, c, z, places: places.slice(0, frames * c * z), notes };
}
