/**
 * Prints of planes: what tells that two images are one. Made at import, or at the first audit for images from before.
 *
 * They follow from the pixels alone, so they are kept by the digest of the pixels, once for all projects.
 */

import { type ArrayForm, axisLength, channelPlane, type ImageArray, type Plane } from "#core/array/index.ts";
import { appearanceOf, dihedralBytes, encodeAnchors, pixelAnchors } from "#core/image/index.ts";
import { sha256Bytes } from "#platform/index.ts";
import { openSmallLevel } from "./image-levels.ts";
import * as text from "./sql/leaks.ts";
import type { Store } from "./store.ts";
import { isLargeImage, readStoredArray, withArrayFile } from "./stored-image.ts";

export interface PlanePrint {
  readonly plane: number;
  readonly dihedral: Buffer | null;
  /** Signed 32-bit halves, as the database has them. */
  readonly hashHigh: number | null;
  readonly hashLow: number | null;
  readonly miniature: Uint8Array | null;
  readonly anchors: Uint8Array | null;
}

/** A long movie is looked at in this many planes, evenly spread: leaks of movies are found by their frames' names too. */
const planesMax = 64;

/** Pixels of a plane of the level from which prints of an image too large for memory are made. */
const levelPixelsMax = 2 ** 24;

/**
 * Prints of a stored image. Those of a large image are made from a smaller level: copies of it are found, turned ones where
 * its sides halve evenly; parts cut out of it are not, because anchors belong to single pixels.
 */
async function printsOf(store: Store, arrayDigest: string): Promise<PlanePrint[]> {
  const form = await withArrayFile(store, arrayDigest, async (file) => file.form);
  if (!isLargeImage(store, form)) return planePrints(await readStoredArray(store, arrayDigest));
  const level = await openSmallLevel(store, arrayDigest, levelPixelsMax);
  const prints: PlanePrint[] = [];
  for (const { plane, t, z, c } of planesToPrint(form)) {
    const print = printOf(plane, channelPlane(await level.read({ t, z }), { c }));
    prints.push({ ...print, anchors: null });
  }
  return prints;
}

/** Prints of the planes of an image, in order of t, z, c. Pure. Cost: about 40 ns per pixel. */
export function planePrints(image: ImageArray): PlanePrint[] {
  return planesToPrint(image).map(({ plane, ...position }) => printOf(plane, channelPlane(image, position)));
}

interface PlaneToPrint {
  readonly plane: number;
  readonly t: number;
  readonly z: number;
  readonly c: number;
}

function planesToPrint(form: ArrayForm): PlaneToPrint[] {
  const [times, slices, channels] = (["t", "z", "c"] as const).map((axis) => axisLength(form, axis)) as [
    number,
    number,
    number,
  ];
  const count = times * slices * channels;
  const shown = Math.min(count, planesMax);
  return Array.from({ length: shown }, (_, k) => {
    const plane = Math.floor((k * count) / shown);
    const t = Math.floor(plane / (slices * channels));
    return { plane, t, z: Math.floor(plane / channels) % slices, c: plane % channels };
  });
}

function printOf(index: number, plane: Plane): PlanePrint {
  const bytes = dihedralBytes(plane);
  const appearance = bytes === null ? null : appearanceOf(plane);
  return {
    plane: index,
    dihedral: bytes === null ? null : sha256Bytes(bytes),
    hashHigh: appearance === null ? null : appearance.hash.high | 0,
    hashLow: appearance === null ? null : appearance.hash.low | 0,
    miniature: appearance?.miniature ?? null,
    anchors: bytes === null ? null : encodeAnchors(pixelAnchors(plane)),
  };
}

/** Writes the prints of images given by the digest of their pixels; those that are there stay. */
async function insertPlanePrints(
  store: Store,
  images: readonly { readonly arrayDigest: string; readonly prints: readonly PlanePrint[] }[],
): Promise<void> {
  const rows = images.flatMap(({ arrayDigest, prints }) =>
    prints.map((print) => ({ arrayDigest, ...print })),
  );
  if (rows.length === 0) return;
  const column = <T>(read: (row: (typeof rows)[number]) => T): T[] => rows.map(read);
  const bytes = (value: Uint8Array | null): Buffer | null =>
    value === null ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  await store.sql.query(text.insertPrints, [
    column(({ arrayDigest }) => arrayDigest),
    column(({ plane }) => plane),
    column(({ dihedral }) => dihedral),
    column(({ hashHigh }) => hashHigh),
    column(({ hashLow }) => hashLow),
    column(({ miniature }) => bytes(miniature)),
    column(({ anchors }) => bytes(anchors)),
  ]);
}

/** Prints of what a model was trained on, for its card: hex, in order; none when it was not trained here. */
export async function trainingPrints(store: Store, modelVersionId: string): Promise<string[]> {
  const rows = await store.sql.query<{ dihedral: string }>(text.selectTrainingPrints, [modelVersionId]);
  return rows.map(({ dihedral }) => dihedral);
}

/** Keeps what the card of a model from outside says it was trained on. @param prints  hex. */
export async function insertModelPrints(
  store: Store,
  modelVersionId: string,
  prints: readonly string[],
): Promise<void> {
  await store.sql.query(text.insertModelPrints, [
    modelVersionId,
    prints.map((print) => Buffer.from(print, "hex")),
  ]);
}

/** Images whose prints are made together: their rows go in one statement. */
const imagesAtOnce = 50;

/**
 * Makes the prints of an import's images, some at a time, so that the first audit need not.
 *
 * Doing it again is quick: prints that are there stay. @param onMade  is told how many are done so far; what it throws ends
 * the work.
 */
export async function makePrintsOfImport(
  store: Store,
  importId: string,
  onMade: (made: number) => void = () => undefined,
): Promise<void> {
  let made = 0;
  for (let last = imagesAtOnce; last === imagesAtOnce; ) {
    const rows = await store.sql.query<{ arrayDigest: string }>(text.missingPrintsOfImport, [
      importId,
      imagesAtOnce,
    ]);
    await makePrints(store, rows);
    last = rows.length;
    made += last;
    onMade(made);
  }
}

async function makePrints(store: Store, rows: readonly { readonly arrayDigest: string }[]): Promise<void> {
  const images = [];
  for (const { arrayDigest } of rows) {
    images.push({ arrayDigest, prints: await printsOf(store, arrayDigest) });
  }
  await insertPlanePrints(store, images);
}

/**
 * Makes the prints that items lack, reading their pixels.
 *
 * @param items  table expression with the columns of `dataset_item`.
 * @param limit  of images; the rest is left. @returns how many were made and how many are left.
 * @throws FoundryError `blob.missing`, `blob.corrupt` naming what is damaged.
 */
export async function makeMissingPrints(
  store: Store,
  items: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<{ readonly made: number; readonly left: number }> {
  let made = 0;
  while (made < limit) {
    const rows = await store.sql.query<{ arrayDigest: string }>(text.missingPrints(items), [
      Math.min(imagesAtOnce, limit - made),
    ]);
    if (rows.length === 0) return { made, left: 0 };
    await makePrints(store, rows);
    made += rows.length;
  }
  const [row] = await store.sql.query<{ count: number }>(text.countMissingPrints(items));
  return { made, left: row?.count ?? 0 };
}
