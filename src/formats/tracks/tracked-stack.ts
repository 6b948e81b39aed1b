/**
 * A file of tracks with its image and label images beside it: what TrackMate files and tables of tracks are in a folder.
 *
 * `movie.xml` or `movie_tracks.csv` belongs to the image `movie.tif` (or the one the file names), whose cells are in
 * `movie_labels.tif`. With labels the outlines are exact; without them cells are the polygons or discs of the file.
 */
import { axisLength, type ImageArray } from "#core/array/index.ts";
import type { ErrorCode } from "#core/errors.ts";
import type { LineageFinding, PlacedLineage } from "#core/lineage/index.ts";
import type { ImportFiles, LayoutItem, ReadItem, ReadLayer, ReadLink, ReadObject } from "../import/layout.ts";
import { fileOf, folderOf, isImageFile, joinPath } from "../import/paths.ts";
import type { FileEntry, IgnoredFile } from "../import/plan.ts";
import { objectsOfStack } from "../objects-of-stack.ts";
import { readImage } from "../read-image.ts";
import type { ReadImage } from "../read-image-types.ts";
import { stemOf } from "../sheet/join-sheet.ts";
import { attachLineage } from "./attach-lineage.ts";
import { lineageError, lineageFault } from "./lineage-fault.ts";
import { readLabelStack } from "./read-label-stack.ts";
import { type Spot, spotShapes } from "./spot-shapes.ts";

export interface StackLocator {
  readonly tracks: string;
  readonly image: string;
  readonly labels: string | null;
}

/** Ending of the label images that belong to an image. */
const labelsSuffix = "_labels";

/**
 * The image of a file of tracks and its labels.
 *
 * @param stems  names the image may have, without ending, best first.
 * @returns `null` when there is no such image in the folder.
 */
export function locateStack(
  entries: readonly FileEntry[],
  tracks: string,
  stems: readonly string[],
): StackLocator | null {
  const folder = folderOf(tracks);
  const images = new Map(
    entries
      .filter(({ path }) => folderOf(path) === folder && isImageFile(path))
      .map(({ path }) => [stemOf(fileOf(path)), path]),
  );
  for (const stem of stems) {
    const image = images.get(stem);
    if (image !== undefined) return { tracks, image, labels: images.get(`${stem}${labelsSuffix}`) ?? null };
  }
  return null;
}

/** One item of a plan. */
export function stackItem(locator: StackLocator): LayoutItem {
  const name = joinPath(folderOf(locator.image), stemOf(fileOf(locator.image)));
  return {
    name,
    imagePath: locator.image,
    locator: { ...locator },
    layers: ["nuclear"],
    metadata: {},
    // Frames of one movie show the same cells.
    group: { key: name, level: "movie" },
    mpp: null,
  };
}

/** Files that are no part of any item. */
export function outsideStacks(
  entries: readonly FileEntry[],
  locators: readonly StackLocator[],
  also: ReadonlySet<string> = new Set(),
): IgnoredFile[] {
  const used = new Set(locators.flatMap(({ tracks, image, labels }) => [tracks, image, labels]));
  return entries
    .filter(({ path }) => !used.has(path) && !also.has(path))
    .map(({ path }) => ({ path, reason: "it is not part of a tracked movie" }));
}

export interface StackLineage extends PlacedLineage {
  /** Outlines of the file, where it has any. */
  readonly detections: readonly (PlacedLineage["detections"][number] & { readonly ring?: Spot["ring"] })[];
  readonly labelled: boolean;
  readonly mpp?: { readonly y: number; readonly x: number } | null;
  readonly frameIntervalS?: number | null;
  readonly notes: readonly string[];
}

/**
 * Reads image and labels and joins the lineage to them.
 *
 * @throws FoundryError with `code` for a lineage that does not fit (frame beyond the movie, cell without pixels), with rule, id and
 *         frame; what `readImage` throws; `format.pair`.
 */
export async function readTrackedStack(
  files: ImportFiles,
  { tracks, image: path, labels }: StackLocator,
  lineage: StackLineage,
  code: ErrorCode,
): Promise<ReadItem> {
  const read = await readImage(await files.read(path), { name: path, pagesAre: "t" });
  const image = withSizes(read, lineage);
  const at = { code, file: tracks, remedy: "Write tracks and labels again from the same movie." };
  const beyond = beyondMovie(lineage, image.image);
  if (beyond !== null) throw lineageFault(at, [beyond]);
  if (labels !== null) {
    const stack = await readLabelStack(await files.read(labels), image.image, { labels, image: path });
    const objects = objectsOfStack(stack);
    const attached = attachLineage(objects, lineage, { ...at, labelled: lineage.labelled });
    return {
      image,
      layers: [layerOf(objects, attached.links, "gold")],
      notes: [...lineage.notes, ...attached.notes],
    };
  }
  const drawn = drawnObjects(lineage, image.image);
  if (drawn.objects.length === 0 && lineage.detections.length > 0)
    throw lineageFault(
      {
        ...at,
        remedy: `Put label images beside it (${stemOf(fileOf(path))}${labelsSuffix}.tif), or give each cell a size.`,
      },
      [
        lineageError(
          "frameMissing",
          { label: null, frame: lineage.detections[0]!.t },
          "its cells have no size and there are no label images",
        ),
      ],
    );
  return {
    image,
    layers: [layerOf(drawn.objects, drawn.links, "silver")],
    notes: [...lineage.notes, ...drawn.notes],
  };
}

function layerOf(
  objects: readonly ReadObject[],
  links: readonly ReadLink[],
  truth: "gold" | "silver",
): ReadLayer {
  return { compartment: "nuclear", name: "", truth, coverage: "exhaustive", objects, links };
}

/** Sizes that only the file of tracks states. */
function withSizes(image: ReadImage, { mpp = null, frameIntervalS = null }: StackLineage): ReadImage {
  return {
    ...image,
    ...(image.mpp === null && mpp !== null ? { mpp, mppSource: "imagej" as const } : {}),
    ...(frameIntervalS === null || image.metadata?.["frameIntervalS"] !== undefined
      ? {}
      : { metadata: { ...image.metadata, frameIntervalS: String(frameIntervalS) } }),
  };
}

function beyondMovie({ detections }: StackLineage, image: ImageArray): LineageFinding | null {
  const frames = axisLength(image, "t");
  const lost = detections.find(({ t }) => t >= frames);
  if (lost === undefined) return null;
  const label = lost.label > 0 ? lost.label : null;
  const message = `a cell is in frame ${lost.t}, the movie has ${frames} frames`;
  return lineageError("frameMissing", { label, frame: lost.t }, message);
}

function drawnObjects(
  { detections, links }: StackLineage,
  image: ImageArray,
): { objects: ReadObject[]; links: ReadLink[]; notes: readonly string[] } {
  const spots = detections.map((detection): Spot => ({ ...detection, ring: detection.ring ?? null }));
  const size = { height: axisLength(image, "y"), width: axisLength(image, "x") };
  const { shapes, notes } = spotShapes(spots, size);
  const place = new Map<number, number>();
  const objects: ReadObject[] = [];
  for (const [i, shape] of shapes.entries()) {
    if (shape === null || shape.z >= axisLength(image, "z")) continue;
    place.set(i, objects.length);
    objects.push({ label: spots[i]!.label > 0 ? spots[i]!.label : i + 1, shape });
  }
  return {
    objects,
    links: links.flatMap(({ from, to, kind }) => {
      const [a, b] = [place.get(from), place.get(to)];
      return a === undefined || b === undefined ? [] : [{ from: a, to: b, kind }];
    }),
    notes,
  };
}
