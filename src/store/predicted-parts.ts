/** What a model found in a part of an image, kept with the job that asked: shapes for a page to draft with, no labels. */

import { FoundryError } from "#core/errors.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import * as text from "./sql/improvements.ts";
import type { Store } from "./store.ts";

/** A cell that a model found. */
export interface PartCell {
  /** Names it within the answer. */
  readonly key: string;
  readonly shape: ObjectShape;
  readonly confidence: number | null;
  /** Where cells were followed: the object or, by its key, the found cell that it goes on from. */
  readonly from: { readonly cell: string; readonly kind: "link" | "division" } | null;
}

export interface PredictedPart {
  readonly modelVersion: string;
  /** What the model saw beyond what was asked for, [y0, x0, y1, x1). */
  readonly window: readonly [number, number, number, number];
  readonly cells: readonly PartCell[];
  readonly warnings: readonly string[];
}

/** With the end of the job, in its transaction. */
export async function keepPredictedPart(tx: Store, jobId: string, part: PredictedPart): Promise<void> {
  const cells = part.cells.map(({ shape, ...cell }) => ({
    ...cell,
    shape: { ...shape, bits: Buffer.from(shape.bits).toString("base64") },
  }));
  await tx.sql.query(text.insertPredictedPart, [jobId, JSON.stringify({ ...part, cells })]);
}

/** @throws FoundryError `request.notFound` for a job that found no part, or has not yet. */
export async function getPredictedPart(store: Store, jobId: string): Promise<PredictedPart> {
  const [row] = await store.sql.query<{ answer: Kept }>(text.selectPredictedPart, [jobId]);
  if (row === undefined) {
    throw new FoundryError("request.notFound", { message: "This job has found no cells to draft with." });
  }
  const { answer } = row;
  const cells = answer.cells.map(({ shape, ...cell }) => ({
    ...cell,
    shape: { ...shape, bits: new Uint8Array(Buffer.from(shape.bits, "base64")) },
  }));
  return { ...answer, cells };
}

interface Kept extends Omit<PredictedPart, "cells"> {
  readonly cells: readonly (Omit<PartCell, "shape"> & {
    readonly shape: Omit<ObjectShape, "bits"> & { readonly bits: string };
  })[];
}
