/** How sure the scorer was of links that were chosen: its calibrated probabilities, by the ends of a link. */
import type { CandidateWindow } from "./candidates.ts";
import type { CandidateScores } from "./link-scorer.ts";

/** The surest a linker may be; 1 is a person's word. */
const sureMax = 0.999;

/**
 * @returns chance, 0..0.999 in steps of a thousandth, that `to` goes on from `from` (or, divided, is its daughter: the sum
 *          over all sisters it may have); undefined for what was no candidate. Positions are those of the window.
 * Cost: O(candidates).
 */
export function linkConfidences(
  candidates: CandidateWindow,
  scores: CandidateScores,
): (from: number, to: number, divided: boolean) => number | undefined {
  const count = candidates.offsets.at(-1) ?? 0;
  const links = new Map<number, number>();
  for (let e = 0; e < candidates.from.length; e++)
    links.set(candidates.from[e]! * count + candidates.to[e]!, scores.link[e]!);
  const divisions = new Map<number, number>();
  for (let d = 0; d < candidates.divisions.length; d += 3) {
    for (const daughter of candidates.divisions.subarray(d + 1, d + 3)) {
      const key = candidates.divisions[d]! * count + daughter;
      divisions.set(key, (divisions.get(key) ?? 0) + scores.division[d / 3]!);
    }
  }
  return (from, to, divided) => {
    const chance = (divided ? divisions : links).get(from * count + to);
    if (chance === undefined || !Number.isFinite(chance)) return undefined;
    return Math.round(Math.min(sureMax, Math.max(0, chance)) * 1000) / 1000;
  };
}
