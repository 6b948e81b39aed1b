/**
 * What people have decided about the tracks of a layer, read from its log: links and divisions that they made hold, those
 * that they took away are not made again.
 *
 * The last word about an object counts. An edit that was taken back decides nothing, and taking something back decides
 * nothing either: undoing the work of a program is not a hundred decisions.
 */

import type { EditOperation, OriginChange } from "#core/edits/index.ts";
import { isFoundryError } from "#core/errors.ts";
import {
  compileConstraints,
  type DetectionPair,
  joinConstraints,
  type TrackingConstraints,
} from "#core/tracking/index.ts";
import { type Agent, editLog, type LayerCell, type Store } from "#store/index.ts";

/** An edit as far as it decides about tracks. */
export interface DecidingEdit extends Pick<EditOperation, "operationId" | "kind" | "undoes" | "origins"> {
  readonly agent: Pick<Agent, "kind">;
}

interface Place {
  readonly t: number;
  readonly label: number;
}

/** @param cells  living objects. @throws FoundryError `layer.notFound`. Cost: O(log). */
export async function readTrackDecisions(
  store: Store,
  layerId: string,
  cells: readonly LayerCell[],
): Promise<TrackingConstraints> {
  const places = new Map(cells.map(({ uid, t, label }) => [uid, { t, label }]));
  const edits: DecidingEdit[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof editLog>> = await editLog(store, layerId, after);
    // Undo and redo are kept whole: what they name may be a deciding edit.
    edits.push(...page.edits.filter(({ origins, undoes }) => origins !== undefined || undoes !== undefined));
    after = page.nextAfter;
  }
  return withEvents(trackDecisions(edits, places), cells);
}

/** A cell that entered begins its track; one that died, left or fused ends it. A decision about links goes before. */
export function withEvents(
  decided: TrackingConstraints,
  cells: readonly Pick<LayerCell, "t" | "label" | "events">[],
): TrackingConstraints {
  const starts = cells.filter(({ events }) => events.start !== undefined).map(placeOf);
  const ends = cells.filter(({ events }) => events.end !== undefined).map(placeOf);
  if (starts.length + ends.length === 0) return decided;
  const all = joinConstraints(decided, { starts, ends });
  if (isSound(all)) return all;
  let sound = decided;
  for (const one of [
    ...starts.map((place) => ({ starts: [place] })),
    ...ends.map((place) => ({ ends: [place] })),
  ]) {
    const wider = joinConstraints(sound, one);
    if (isSound(wider)) sound = wider;
  }
  return sound;
}

const placeOf = ({ t, label }: Place): Place => ({ t, label });

/** @param edits  oldest first. Pairs that contradict an earlier decision are left out: objects may have changed since. */
export function trackDecisions(
  edits: readonly DecidingEdit[],
  places: ReadonlyMap<string, Place>,
): TrackingConstraints {
  const undone = new Set<string>();
  /** An undo of an undo brings back. */
  const target = new Map<string, string>();
  for (const { operationId, kind, undoes } of edits) {
    if (undoes === undefined) continue;
    const first = target.get(undoes) ?? undoes;
    target.set(operationId, first);
    if (kind === "undo") undone.add(first);
    else undone.delete(first);
  }
  const last = new Map<string, OriginChange>();
  for (const { operationId, kind, agent, origins = [] } of edits) {
    if (agent.kind !== "person" || kind === "undo" || kind === "redo" || undone.has(operationId)) continue;
    for (const change of origins) last.set(change.uid, change);
  }
  return constraintsOf(last.values(), places);
}

function constraintsOf(
  changes: Iterable<OriginChange>,
  places: ReadonlyMap<string, Place>,
): TrackingConstraints {
  const acceptedLinks: DetectionPair[] = [];
  const forbiddenLinks: DetectionPair[] = [];
  const daughters = new Map<string, Place[]>();
  for (const { uid, before, after } of changes) {
    const to = places.get(uid);
    if (to === undefined) continue;
    const from = after === null ? undefined : places.get(after.uid);
    if (after !== null && from !== undefined) {
      if (after.kind === "division") daughters.set(after.uid, [...(daughters.get(after.uid) ?? []), to]);
      else acceptedLinks.push({ from, to });
    }
    const old = before === null ? undefined : places.get(before.uid);
    if (old !== undefined && before?.uid !== after?.uid) forbiddenLinks.push({ from: old, to });
  }
  const acceptedDivisions = [...daughters].map(([uid, list]) => ({
    parent: places.get(uid)!,
    daughters: list,
  }));
  let sound: TrackingConstraints = { acceptedLinks: [], acceptedDivisions: [], forbiddenLinks: [] };
  const add = (more: TrackingConstraints): void => {
    const wider: TrackingConstraints = {
      acceptedLinks: [...(sound.acceptedLinks ?? []), ...(more.acceptedLinks ?? [])],
      acceptedDivisions: [...(sound.acceptedDivisions ?? []), ...(more.acceptedDivisions ?? [])],
      forbiddenLinks: [...(sound.forbiddenLinks ?? []), ...(more.forbiddenLinks ?? [])],
    };
    if (isSound(wider)) sound = wider;
  };
  // All at once where they agree; else one by one.
  add({ acceptedLinks, acceptedDivisions, forbiddenLinks });
  const taken = (sound.acceptedLinks?.length ?? 0) + (sound.acceptedDivisions?.length ?? 0);
  if (taken + (sound.forbiddenLinks?.length ?? 0) > 0) return sound;
  for (const division of acceptedDivisions) add({ acceptedDivisions: [division] });
  for (const pair of acceptedLinks) add({ acceptedLinks: [pair] });
  for (const pair of forbiddenLinks) add({ forbiddenLinks: [pair] });
  return sound;
}

function isSound(constraints: TrackingConstraints): boolean {
  try {
    compileConstraints(constraints);
    return true;
  } catch (error) {
    if (isFoundryError(error, "tracking.constraint")) return false;
    throw error;
  }
}
