/**
 * Which cells an edit may make look another way: those it names, and the tracks these belong to before it and after it.
 *
 * A cell has one colour along its track, so a link cut in one frame is seen in others. Whoever edits asks before and after, and
 * has exactly these drawn anew, be it one's own edit or another person's.
 */

import type { EditOperation } from "#core/edits/index.ts";
import type { LayerModel } from "./layer-model.ts";

/** Every id that an edit names. */
export function named(operation: EditOperation): string[] {
  const { changes, origins = [], events = [], accepts = [], types = [], spots = [] } = operation;
  return [...changes, ...origins, ...events, ...accepts, ...types, ...spots].map(({ uid }) => uid);
}

/**
 * Cells that may look another way through the edit, as their tracks are now: before it, or after it.
 *
 * @param found  to which they are added. Cost: O(named cells + cells of their tracks); nothing but names where no track can change.
 */
export function addReach(
  operation: EditOperation,
  model: Pick<LayerModel, "previousOf" | "nextOf">,
  found: Set<string>,
): void {
  for (const uid of named(operation)) found.add(uid);
  const { changes, origins = [] } = operation;
  // A cell that only changes its shape stays in its track.
  const moved = changes.filter(({ before, after }) => before === null || after === null);
  const ends = origins.flatMap(({ uid, before, after }) => [uid, before?.uid, after?.uid]);
  const walked = new Set<string>();
  for (const start of [...moved.map(({ uid }) => uid), ...ends]) {
    if (start !== undefined) addTrack(start, model, walked);
  }
  for (const uid of walked) found.add(uid);
}

function addTrack(
  start: string,
  model: Pick<LayerModel, "previousOf" | "nextOf">,
  walked: Set<string>,
): void {
  if (walked.has(start)) return;
  for (let uid: string | undefined = start; uid !== undefined; uid = model.previousOf(uid)) {
    if (uid !== start && walked.has(uid)) break;
    walked.add(uid);
  }
  for (let uid = model.nextOf(start); uid !== undefined && !walked.has(uid); uid = model.nextOf(uid))
    walked.add(uid);
}
