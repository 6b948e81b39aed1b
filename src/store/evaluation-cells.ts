/**
 * Cells of an evaluation by error class, and cells that one of two evaluations gets and the other misses, page by page.
 *
 * A page reads only the images it takes cells from: the sums of an image say how many it has. A cursor is the place of an
 * image and the number of cells of it that were given.
 */

import { FoundryError } from "#core/errors.ts";
import { shapeArea } from "#core/labels/index.ts";
import { type ErrorClass, errorUnits } from "#core/metrics/index.ts";
import type { EvaluationDetail, EvaluationImage } from "./evaluation-types.ts";
import { evaluationImages, readOutcomes } from "./evaluations.ts";
import type { StoredOutcome } from "./outcome-file.ts";
import type { Store } from "./store.ts";

/** How outcomes are read; a server keeps those read last. */
export type ReadOutcomes = (digest: string) => Promise<readonly StoredOutcome[]>;

export interface EvaluationCell {
  readonly image: EvaluationImage;
  readonly outcome: StoredOutcome;
  readonly areaPx: number;
}

export interface CellPageRequest {
  readonly class: ErrorClass;
  readonly field?: string | undefined;
  readonly value?: string | undefined;
  readonly position?: number | undefined;
  /** `position:given`, from the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

const toCell = (image: EvaluationImage, outcome: StoredOutcome): EvaluationCell => ({
  image,
  outcome,
  areaPx: shapeArea(outcome.shape),
});

function readCursor(cursor: string | undefined): readonly [position: number, given: number] {
  const [position = 0, given = 0] = (cursor ?? "0:0").split(":").map(Number);
  return [position, given];
}

/** Cells of one class, in the order of images and labels. */
export async function evaluationCells(
  store: Store,
  evaluationId: string,
  request: CellPageRequest,
  read: ReadOutcomes = (digest) => readOutcomes(store, digest),
): Promise<{
  readonly items: readonly EvaluationCell[];
  readonly nextCursor: string | null;
  readonly total: number;
}> {
  const { field, value, position, limit } = request;
  const images = (await evaluationImages(store, evaluationId)).filter(
    (image) =>
      (field === undefined || image.facets[field] === value) &&
      (position === undefined || image.position === position),
  );
  const countOf = ({ tally }: EvaluationImage): number => tally.sums[request.class];
  const total = images.reduce((sum, image) => sum + countOf(image), 0);
  const page = await takePage(images, countOf, request.cursor, limit, async (image) =>
    errorUnits(await read(image.outcomeDigest), request.class).map((outcome) => toCell(image, outcome)),
  );
  return { ...page, total };
}

/** What became of every reference cell of one image. */
export interface JudgedImage {
  readonly layerId: string;
  readonly cells: readonly { readonly uid: string; readonly class: ErrorClass }[];
  /** Predictions where there is no cell. */
  readonly gained: number;
}

/**
 * @throws FoundryError `request.notFound` when the evaluation did not look at the image; `blob.missing`, `blob.corrupt`.
 * Cost: reads the objects of one image.
 */
export async function judgedImage(
  store: Store,
  evaluationId: string,
  imageId: string,
  read: ReadOutcomes = (digest) => readOutcomes(store, digest),
): Promise<JudgedImage> {
  const image = (await evaluationImages(store, evaluationId)).find((one) => one.imageId === imageId);
  if (image === undefined) {
    throw new FoundryError("request.notFound", {
      message: "This evaluation did not look at this image.",
      hint: "Open an image from the page of the evaluation.",
    });
  }
  const outcomes = await read(image.outcomeDigest);
  return {
    layerId: image.layerId,
    cells: outcomes.flatMap(({ uid, class: name }) => (uid === null ? [] : [{ uid, class: name }])),
    gained: errorUnits(outcomes, "gained").length,
  };
}

/** Collects cells image by image until the page is full. */
async function takePage<T>(
  images: readonly EvaluationImage[],
  countOf: (image: EvaluationImage) => number | null,
  cursor: string | undefined,
  limit: number,
  cellsOf: (image: EvaluationImage) => Promise<readonly T[]>,
): Promise<{ readonly items: readonly T[]; readonly nextCursor: string | null }> {
  const [from, given] = readCursor(cursor);
  const items: T[] = [];
  for (const image of images) {
    if (image.position < from || countOf(image) === 0) continue;
    const cells = await cellsOf(image);
    const start = image.position === from ? given : 0;
    const taken = cells.slice(start, start + limit - items.length);
    items.push(...taken);
    const reached = start + taken.length;
    if (items.length === limit) {
      const last = reached === cells.length && image === images.at(-1);
      return { items, nextCursor: last ? null : `${image.position}:${reached}` };
    }
  }
  return { items, nextCursor: null };
}

export interface ComparedCell extends EvaluationCell {
  /** Class of the same cell in the other evaluation, and place of the image there. */
  readonly otherClass: ErrorClass;
  readonly otherPosition: number;
}

/** An image that both evaluations have, with the same reference. */
export interface ComparedImage {
  readonly a: EvaluationImage;
  readonly b: EvaluationImage;
}

/**
 * Images of two evaluations in pairs.
 *
 * @throws FoundryError `request.invalid` when they are not on the same images, compartment and metric version.
 */
export async function pairEvaluations(
  store: Store,
  a: EvaluationDetail,
  b: EvaluationDetail,
): Promise<ComparedImage[]> {
  if (a.metricVersion !== b.metricVersion || a.compartment !== b.compartment) {
    throw new FoundryError("request.invalid", {
      message: `${a.model} and ${b.model} were measured differently: ${a.metricVersion}, ${a.compartment}, and ${b.metricVersion}, ${b.compartment}.`,
      hint: "Evaluate both again on the same dataset version.",
    });
  }
  const others = new Map((await evaluationImages(store, a.id)).map((image) => [keyOf(image), image]));
  const pairs = (await evaluationImages(store, b.id)).flatMap((image) => {
    const other = others.get(keyOf(image));
    return other === undefined ? [] : [{ a: other, b: image }];
  });
  if (pairs.length > 0) return pairs;
  throw new FoundryError("request.invalid", {
    message: `${a.model} on ${a.dataset} and ${b.model} on ${b.dataset} have no image with the same labels in common.`,
    hint: "Evaluate both on the same dataset version.",
  });
}

const keyOf = ({ imageId, layerRevisionId }: EvaluationImage): string => `${imageId} ${layerRevisionId}`;

/** Reference cells that both get right, only b, only a, neither. Cost: reads all objects of both. */
export async function countFlips(
  pairs: readonly ComparedImage[],
  read: ReadOutcomes,
): Promise<Readonly<Record<"both" | "won" | "lost" | "neither", number>>> {
  const counts = { both: 0, won: 0, lost: 0, neither: 0 };
  for (const { a, b } of pairs) {
    const other = await referenceClasses(read, a);
    for (const outcome of await read(b.outcomeDigest)) {
      if (outcome.side !== "reference") continue;
      const [before, after] = [other.get(outcome.label) === "correct", outcome.class === "correct"];
      counts[before ? (after ? "both" : "lost") : after ? "won" : "neither"]++;
    }
  }
  return counts;
}

async function referenceClasses(
  read: ReadOutcomes,
  image: EvaluationImage,
): Promise<ReadonlyMap<number, ErrorClass>> {
  const outcomes = await read(image.outcomeDigest);
  return new Map(
    outcomes.filter(({ side }) => side === "reference").map((outcome) => [outcome.label, outcome.class]),
  );
}

/** Cells that b gets right and a does not (`won`), or the other way round (`lost`), as they are in b. */
export async function comparedCells(
  pairs: readonly ComparedImage[],
  request: {
    readonly change: "won" | "lost";
    readonly cursor?: string | undefined;
    readonly limit: number;
  },
  read: ReadOutcomes,
): Promise<{ readonly items: readonly ComparedCell[]; readonly nextCursor: string | null }> {
  const byPosition = new Map(pairs.map(({ a, b }) => [b.position, a]));
  return takePage(
    pairs.map(({ b }) => b),
    () => null,
    request.cursor,
    request.limit,
    async (image) => {
      const otherImage = byPosition.get(image.position) as EvaluationImage;
      const other = await referenceClasses(read, otherImage);
      return (await read(image.outcomeDigest)).flatMap((outcome): ComparedCell[] => {
        const otherClass = other.get(outcome.label);
        if (outcome.side !== "reference" || otherClass === undefined) return [];
        const [before, after] = [otherClass === "correct", outcome.class === "correct"];
        const isWanted = request.change === "won" ? after && !before : before && !after;
        return isWanted
          ? [{ ...toCell(image, outcome), otherClass, otherPosition: otherImage.position }]
          : [];
      });
    },
  );
}
