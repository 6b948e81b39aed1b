/**
 * CT, TF and CCA: how much of a cell's life is one track (Ulman et al. 2017).
 *
 * The challenge's program leaves the loop over a result's tracks when one is complete, so that its TF depends on the
 * order of labels; here every track counts, as the paper says.
 */
import { type MovieMatch, uniqueFinder } from "./movie-match.ts";
import type { Chain, Chains } from "./track-forest.ts";

export interface TrackFractions {
  readonly referenceTracks: number;
  readonly predictedTracks: number;
  /** Reference tracks that one predicted track follows in every frame, with the same first and last. */
  readonly completeTracks: number;
  /** 2 x complete / (reference + predicted); null without tracks. */
  readonly ct: number | null;
  /** Mean over tracks found at all of the longest part that one predicted track follows; null when none was found. */
  readonly tf: number | null;
}

/** Cost: linear. */
export function trackFractions(match: MovieMatch): TrackFractions {
  const { reference, predicted } = match;
  let [completeTracks, found, fractions] = [0, 0, 0];
  for (const chain of reference.chains.list) {
    const followers = chain.members.map((member) => {
      const p = uniqueFinder(match, member);
      return p < 0 ? -1 : (predicted.chains.chainOf[p] as number);
    });
    const only = followers[0] as number;
    const other = only < 0 ? undefined : predicted.chains.list[only];
    const whole = other !== undefined && followers.every((follower) => follower === only);
    if (whole && other.first === chain.first && other.last === chain.last) completeTracks++;
    const longest = longestRun(followers);
    if (longest === 0) continue;
    found++;
    fractions += longest / followers.length;
  }
  const counts = {
    referenceTracks: reference.chains.list.length,
    predictedTracks: predicted.chains.list.length,
  };
  const all = counts.referenceTracks + counts.predictedTracks;
  return {
    ...counts,
    completeTracks,
    ct: all === 0 ? null : (2 * completeTracks) / all,
    tf: found === 0 ? null : fractions / found,
  };
}

/** Length of the longest run of one value that is not -1. */
function longestRun(values: readonly number[]): number {
  let [longest, run] = [0, 0];
  for (const [i, value] of values.entries()) {
    run = value < 0 ? 0 : value === values[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

/**
 * CCA: 1 minus the greatest distance between the distributions of whole cell cycles, division to division, in frames.
 *
 * @returns null when the reference shows no whole cycle; 0 when only the result does not.
 */
export function cellCycleAccuracy({ reference, predicted }: MovieMatch): number | null {
  const [truth, result] = [cycleLengths(reference.chains), cycleLengths(predicted.chains)];
  if (truth.length === 0) return null;
  if (result.length === 0) return 0;
  let [i, j, worst] = [0, 0, 0];
  while (i < truth.length || j < result.length) {
    const at = Math.min(truth[i] ?? Infinity, result[j] ?? Infinity);
    while (truth[i] === at) i++;
    while (result[j] === at) j++;
    worst = Math.max(worst, Math.abs(i / truth.length - j / result.length));
  }
  return 1 - worst;
}

/** Last minus first frame of tracks that begin and end with a division, ascending. */
function cycleLengths({ list }: Chains): number[] {
  const divides = ({ children }: Chain): boolean => children.length > 1;
  return list
    .filter((chain) => divides(chain) && chain.parent >= 0 && divides(list[chain.parent]!))
    .map(({ first, last }) => last - first)
    .sort((a, b) => a - b);
}
