/**
 * Objects of a source that lets them overlap or leave the image, as one layer: shared pixels given to one object unless
 * they are to be kept, what is lost counted and said.
 */
import { type ObjectShape, resolveOverlaps } from "#core/labels/index.ts";
import type { LayerCompartment, ReadLayer, ReadObject } from "./import/layout.ts";

export interface RawObject {
  /** `null`: nothing of it lies in the image. */
  readonly shape: ObjectShape | null;
  readonly manual?: boolean;
  readonly cellType?: string;
}

export interface LayerFacts {
  readonly compartment: LayerCompartment;
  /** For the notes: the file of the image or of the objects. */
  readonly file: string;
  readonly name?: string;
  readonly truth?: ReadLayer["truth"];
  readonly coverage?: ReadLayer["coverage"];
  /** Objects keep pixels that they share. Default: no. */
  readonly keepOverlaps?: boolean | undefined;
}

/**
 * @param raw  in the source's order; labels are their positions from 1. Where two share a pixel the earlier keeps it, or both do.
 * @returns the layer ("gold", "exhaustive" unless told otherwise) and sentences on what was moved or lost.
 */
export function objectLayer(
  raw: readonly RawObject[],
  facts: LayerFacts,
): { readonly layer: ReadLayer; readonly notes: readonly string[] } {
  const inside = raw.flatMap((object, i) =>
    object.shape === null ? [] : [{ ...object, shape: object.shape, i }],
  );
  const whole = inside.map(({ shape }) => shape);
  const resolved =
    facts.keepOverlaps === true ? { shapes: whole, movedPixels: 0, pairs: 0 } : resolveOverlaps(whole);
  const objects: ReadObject[] = [];
  for (const [k, { manual, cellType, i }] of inside.entries()) {
    const shape = resolved.shapes[k];
    if (shape === null || shape === undefined) continue;
    objects.push({
      label: i + 1,
      shape,
      ...(manual === undefined ? {} : { manual }),
      ...(cellType === undefined || cellType === "" ? {} : { cellType }),
    });
  }
  const notes: string[] = [];
  const outside = raw.length - inside.length;
  const covered = inside.length - objects.length;
  if (outside > 0)
    notes.push(`${facts.file}: ${outside} objects hold no pixel of the image and were left out.`);
  if (resolved.movedPixels > 0)
    notes.push(
      `${facts.file}: ${resolved.movedPixels} pixels belong to two objects (${resolved.pairs} pairs); the earlier object keeps them.`,
    );
  if (covered > 0)
    notes.push(`${facts.file}: ${covered} objects are covered wholly by earlier ones and were left out.`);
  const layer: ReadLayer = {
    compartment: facts.compartment,
    name: facts.name ?? "",
    truth: facts.truth ?? "gold",
    coverage: facts.coverage ?? "exhaustive",
    objects,
    links: [],
  };
  return { layer, notes };
}
