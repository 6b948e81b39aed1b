/**
 * Tracks through edits of masks: what is cut in two, merged or newly drawn is linked in the same edit.
 *
 * A mask is mended because it was wrong in one frame; before and after that frame the cells are there. So the parts of a
 * split look for the tracks that end and begin beside them, a merge takes over what the swallowed cell was linked to, and
 * a new cell closes the gap it was drawn into. Only ends that are free, near and of like size are taken, and nothing that
 * a person linked by hand is torn.
 */

import { type ObjectChange, type OriginChange, OriginDraft, type OriginIndex } from "../edits/index.ts";
import { measureCentre, type ObjectShape } from "../labels/index.ts";

export interface KeepGround {
  readonly origins: OriginIndex;
  /** Before the edit. */
  readonly lives: (uid: string) => boolean;
  /** Living objects of a frame and focal plane, before the edit. */
  readonly shapesAt: (plane: { readonly t: number; readonly z: number }) => ReadonlyMap<string, ObjectShape>;
}

/** Farther than this share of the cell's diameter is another cell. */
const reachDiameters = 0.75;
/** Of other size than this many times is another cell. */
const areaTimes = 2.5;

/**
 * Changes of origins that belong to changes of shapes; empty where nothing is to be linked.
 *
 * @param changes  of one frame and plane; those of several planes say for themselves how they are linked.
 * Cost: O(objects of the frames before and after).
 */
export function keepTracks(changes: readonly ObjectChange[], ground: KeepGround): OriginChange[] {
  const born = changes.filter(({ before, after }) => before === null && after !== null);
  const gone = changes.filter(({ before, after }) => before !== null && after === null);
  const kept = changes.filter(({ before, after }) => before !== null && after !== null);
  const shapes = changes.flatMap(({ before, after }) => [before, after]).filter((shape) => shape !== null);
  const [some] = shapes;
  if (some === undefined || shapes.some(({ t, z }) => t !== some.t || z !== some.z)) return [];
  const draft = new OriginDraft(ground.origins, ground.lives);
  if (gone.length > 0 && born.length === 0 && kept.length === 1)
    takeOver(draft, kept[0] as ObjectChange, gone);
  else if (born.length > 0 && gone.length === 0) linkParts(draft, [...kept, ...born], born, ground);
  return draft.changes();
}

/** The cell that is left goes on from what the swallowed ones came from, and as what they went on as, where it has none. */
function takeOver(draft: OriginDraft, { uid }: ObjectChange, gone: readonly ObjectChange[]): void {
  for (const swallowed of gone) {
    const origin = draft.livingOriginOf(swallowed.uid);
    if (draft.livingOriginOf(uid) === null && origin !== null)
      draft.set(uid, { uid: origin.uid, kind: origin.kind });
    if (draft.livingChildrenOf(uid).length > 0) continue;
    for (const child of draft.livingChildrenOf(swallowed.uid)) {
      const kind = draft.livingOriginOf(child)?.kind ?? "link";
      draft.set(child, { uid, kind });
    }
  }
}

interface Place {
  readonly uid: string;
  readonly y: number;
  readonly x: number;
  readonly area: number;
}

function placeOf(uid: string, shape: ObjectShape): Place {
  const { areaPx, centroid } = measureCentre(shape);
  return { uid, ...centroid, area: areaPx };
}

/** All parts and all free ends around are matched anew, nearest first; an end that fits nobody stays free. */
function linkParts(
  draft: OriginDraft,
  all: readonly ObjectChange[],
  born: readonly ObjectChange[],
  ground: KeepGround,
): void {
  const parts = all.map(({ uid, after }) => placeOf(uid, after as ObjectShape));
  const { t, z } = (all[0] as ObjectChange).after as ObjectShape;
  const mayChange = new Set(all.map(({ uid }) => uid));
  // Before: cells that end there, or that one of the parts came from by a link.
  const earlier = [...ground.shapesAt({ t: t - 1, z })].filter(([uid]) => {
    const children = draft.livingChildrenOf(uid);
    return children.every((child) => mayChange.has(child) && draft.livingOriginOf(child)?.kind === "link");
  });
  for (const [from, to] of matched(
    earlier.map(([uid, shape]) => placeOf(uid, shape)),
    parts,
  )) {
    if (draft.livingOriginOf(to)?.uid === from) continue;
    for (const child of draft.livingChildrenOf(from)) draft.set(child, null);
    draft.set(to, { uid: from, kind: "link" });
  }
  // After: cells that begin there, or that one of the parts went on as.
  const later = [...ground.shapesAt({ t: t + 1, z })].filter(([uid]) => {
    const origin = draft.livingOriginOf(uid);
    return origin === null || (mayChange.has(origin.uid) && origin.kind === "link");
  });
  // A part that divides keeps its daughters.
  const open = parts.filter(({ uid }) =>
    draft.livingChildrenOf(uid).every((child) => draft.livingOriginOf(child)?.kind === "link"),
  );
  const next = matched(
    open,
    later.map(([uid, shape]) => placeOf(uid, shape)),
  );
  for (const [from, to] of next) {
    if (draft.livingOriginOf(to)?.uid === from) continue;
    for (const child of draft.livingChildrenOf(from)) draft.set(child, null);
    draft.set(to, { uid: from, kind: "link" });
  }
  // Nothing was found for the new ones: what was there stays as it was.
  const bornUids = new Set(born.map(({ uid }) => uid));
  const touchesBorn = draft
    .changes()
    .some(({ uid, after }) => bornUids.has(uid) || (after !== null && bornUids.has(after.uid)));
  if (!touchesBorn) draft.reset();
}

/** Pairs of a cell and a part, nearest first, each once. */
function matched(from: readonly Place[], to: readonly Place[]): [from: string, to: string][] {
  const pairs = from.flatMap((a) =>
    to.flatMap((b) => {
      const far = Math.hypot(a.y - b.y, a.x - b.x) / (2 * Math.sqrt(Math.max(a.area, b.area) / Math.PI));
      const times = Math.max(a.area / b.area, b.area / a.area);
      return far <= reachDiameters && times <= areaTimes ? [{ a: a.uid, b: b.uid, far }] : [];
    }),
  );
  const taken = new Set<string>();
  const found: [string, string][] = [];
  for (const { a, b } of pairs.sort((p, q) => p.far - q.far)) {
    if (taken.has(`from ${a}`) || taken.has(`to ${b}`)) continue;
    taken.add(`from ${a}`).add(`to ${b}`);
    found.push([a, b]);
  }
  return found;
}
