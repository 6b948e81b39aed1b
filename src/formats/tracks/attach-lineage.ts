/**
 * Detections of a file of tracks onto the objects of label images: whose link joins which outlines.
 *
 * A detection finds its cell by frame and pixel value where the file states it, else by the pixel under its centre. A
 * detection that finds none breaks a law ("no pixels in frame 7") and the file is refused: half a lineage would be a
 * wrong one. Cells that no detection names stay, without links.
 */
import { type ObjectShape, shapeContains } from "#core/labels/index.ts";
import type { LineageFinding, PlacedDetection, PlacedLineage } from "#core/lineage/index.ts";
import type { ReadLink, ReadObject } from "../import/layout.ts";
import { type LineageFaultPlace, lineageError, lineageFault } from "./lineage-fault.ts";

export interface AttachOptions extends LineageFaultPlace {
  /** Whether `label` of a detection is the pixel value of its cell in that frame. */
  readonly labelled: boolean;
}

export interface AttachedLinks {
  /** Positions in `objects`; of a cell in several focal planes the first object stands for it. */
  readonly links: readonly ReadLink[];
  readonly notes: readonly string[];
}

/** @throws FoundryError with the code given, rule, id and frame. Cost: linear in detections and objects of a frame each. */
export function attachLineage(
  objects: readonly ReadObject[],
  { detections, links }: PlacedLineage,
  options: AttachOptions,
): AttachedLinks {
  const [labelled, placed] = [byLabel(objects), byPlace(objects)];
  // A value of 0 is none: the file leaves it open for this cell.
  const find: Find = (detection) =>
    options.labelled && detection.label > 0 ? labelled(detection) : placed(detection);
  const findings: LineageFinding[] = [];
  const taken = new Map<number, number>();
  const places = detections.map((detection, i) => {
    const { t, label } = detection;
    const at = find(detection);
    const who = label > 0 ? label : null;
    if (at === null) findings.push(lineageError("frameMissing", { label: who, frame: t }, lost(detection)));
    else if (taken.has(at)) {
      const message = `two cells of frame ${t} lie on one outline (label ${objects[at]!.label})`;
      findings.push(lineageError("labelRepeated", { label: who, frame: t }, message));
    } else taken.set(at, i);
    return at;
  });
  if (findings.length > 0) throw lineageFault(options, findings);
  const cells = new Set(objects.map(({ label, shape }) => `${shape.t}/${label}`)).size;
  const left = cells - taken.size;
  return {
    links: links.map(({ from, to, kind }) => ({ from: places[from]!, to: places[to]!, kind })),
    notes: left > 0 ? [`${left} of ${cells} cells are in no track of ${options.file}.`] : [],
  };
}

function lost({ t, label, y, x }: PlacedDetection): string {
  const where = `y ${y.toFixed(1)}, x ${x.toFixed(1)}`;
  return label > 0
    ? `cell ${label} (${where}) has no pixels in frame ${t}`
    : `the cell at ${where} has no pixels in frame ${t}`;
}

type Find = (detection: PlacedDetection) => number | null;

function byLabel(objects: readonly ReadObject[]): Find {
  const places = new Map<string, number>();
  for (const [i, { label, shape }] of objects.entries()) {
    const key = `${shape.t}/${label}`;
    if (!places.has(key)) places.set(key, i);
  }
  return ({ t, label }) => places.get(`${t}/${label}`) ?? null;
}

/** The object under the centre; first of its cell. Cells with a hollow centre are found by their box when it is theirs alone. */
function byPlace(objects: readonly ReadObject[]): Find {
  const frames = new Map<number, { place: number; shape: ObjectShape }[]>();
  for (const [place, { shape }] of objects.entries()) {
    const list = frames.get(shape.t);
    if (list === undefined) frames.set(shape.t, [{ place, shape }]);
    else list.push({ place, shape });
  }
  const first = byLabel(objects);
  return (detection) => {
    const list = frames.get(detection.t) ?? [];
    const [y, x, z] = [Math.round(detection.y), Math.round(detection.x), Math.round(detection.z)];
    const near = list.filter(({ shape }) => within(shape, y, x));
    const hit =
      near.find(({ shape }) => shape.z === z && shapeContains(shape, y, x)) ??
      near.find(({ shape }) => shapeContains(shape, y, x)) ??
      (near.length === 1 ? near[0] : undefined);
    if (hit === undefined) return null;
    return first({ ...detection, label: objects[hit.place]!.label });
  };
}

function within({ bbox: [y0, x0, y1, x1] }: ObjectShape, y: number, x: number): boolean {
  return y >= y0 && y < y1 && x >= x0 && x < x1;
}
