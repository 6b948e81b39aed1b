/** Writes decisions into what is settled before a window is solved. */
import type { CandidateWindow } from "./candidates.ts";
import { type CompiledConstraints, detectionKey } from "./constraints.ts";
import { pairKey, type Settled } from "./pose-problem.ts";

/**
 * Marks decided ways as taken, forbidden pairs, and masks that are decided; changes `settled`.
 *
 * Of masks in conflict with a fixed one none is real. Cost: O(detections) when there are decisions, else nothing.
 */
export function applyConstraintsInPlace(
  compiled: CompiledConstraints,
  { frames, offsets, frameOf, from, to, divisions }: CandidateWindow,
  settled: Settled & { readonly forbidden: Set<number> },
): void {
  if (compiled.size === 0) return;
  const keys = new Float64Array(frameOf.length);
  for (const [f, { t, labels }] of frames.entries()) {
    for (let i = 0; i < labels.length; i++) {
      const at = offsets[f] + i;
      const key = detectionKey({ t, label: labels[i] });
      keys[at] = key;
      if (compiled.origins.has(key)) settled.inTaken[at] = 1;
      if (compiled.fated.has(key)) settled.outTaken[at] = 1;
      if (compiled.undivided.has(key)) settled.undividing[at] = 1;
      if (compiled.rejected.has(key)) settled.presence[at] = 0;
      if (compiled.fixed.has(key)) settled.presence[at] = 1;
    }
  }
  for (const [f, { conflicts }] of frames.entries())
    for (let p = 0; p < (conflicts?.length ?? 0); p++) {
      const [at, rival] = [offsets[f] + conflicts![p], offsets[f] + conflicts![p ^ 1]];
      if (compiled.fixed.has(keys[at]) && settled.presence[rival] === 2) settled.presence[rival] = 0;
    }
  keepAloneInPlace(frames, offsets, settled.presence);
  const count = frameOf.length;
  const forbid = (i: number, j: number): void => {
    if (compiled.forbidden.get(keys[j])?.has(keys[i]) === true) settled.forbidden.add(pairKey(i, j, count));
  };
  if (compiled.forbidden.size === 0) return;
  for (let e = 0; e < from.length; e++) forbid(from[e], to[e]);
  for (let d = 0; d < divisions.length; d += 3) {
    forbid(divisions[d], divisions[d + 1]);
    forbid(divisions[d], divisions[d + 2]);
  }
}

/** An optional detection whose rivals are all decided to be false has nothing left to choose. */
function keepAloneInPlace(
  frames: CandidateWindow["frames"],
  offsets: Int32Array,
  presence: Uint8Array,
): void {
  for (const [f, { conflicts, labels }] of frames.entries()) {
    if (conflicts === undefined) continue;
    const open = new Set<number>();
    for (let p = 0; p < conflicts.length; p++) {
      const [at, rival] = [offsets[f] + conflicts[p], offsets[f] + conflicts[p ^ 1]];
      if (presence[at] === 2 && presence[rival] === 2) open.add(at);
    }
    for (let at = offsets[f]; at < offsets[f] + labels.length; at++)
      if (presence[at] === 2 && !open.has(at)) presence[at] = 1;
  }
}
