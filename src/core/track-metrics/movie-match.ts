/**
 * Two trackings of one movie laid over each other: both forests, and for each detection its partner in the other.
 */
import type { Track } from "../lineage/index.ts";
import type { FrameMatch } from "./frame-match.ts";
import { type Chains, chainsOf, type OnlyChild, plantForest, type TrackForest } from "./track-forest.ts";

interface Side {
  readonly forest: TrackForest;
  readonly chains: Chains;
}

export interface MovieMatch {
  readonly reference: Side;
  readonly predicted: Side;
  /** Detection of the prediction that found each reference detection, -1 for none; may be shared. */
  readonly found: Int32Array;
  /** How many reference detections each predicted one found. */
  readonly foundCount: Int32Array;
  /** Reference detection of a predicted one that found exactly one, else -1. */
  readonly partner: Int32Array;
  /** Frames in order, each with its first detection on both sides: the positions of its pairs count from there. */
  readonly frames: readonly {
    readonly match: FrameMatch;
    readonly referenceStart: number;
    readonly predictedStart: number;
  }[];
}

/** @param frames  each frame at most once, in any order. Cost: O(n log n). */
export function matchMovie(
  frames: readonly FrameMatch[],
  tracks: { readonly reference: readonly Track[]; readonly predicted: readonly Track[] },
  onlyChild: OnlyChild,
): MovieMatch {
  const ordered = frames.toSorted((a, b) => a.t - b.t);
  const side = (which: "referenceLabels" | "predictedLabels", list: readonly Track[]): Side => {
    const byFrame = ordered.map((frame) => ({ t: frame.t, labels: frame[which] }));
    const forest = plantForest(byFrame, list);
    return { forest, chains: chainsOf(forest, onlyChild) };
  };
  const reference = side("referenceLabels", tracks.reference);
  const predicted = side("predictedLabels", tracks.predicted);
  const found = new Int32Array(reference.forest.frames.length).fill(-1);
  const foundCount = new Int32Array(predicted.forest.frames.length);
  const placed: { match: FrameMatch; referenceStart: number; predictedStart: number }[] = [];
  let [fromReference, fromPredicted] = [0, 0];
  for (const frame of ordered) {
    for (const [r, p] of frame.found.entries()) {
      if (p < 0) continue;
      found[fromReference + r] = fromPredicted + p;
      foundCount[fromPredicted + p] = (foundCount[fromPredicted + p] as number) + 1;
    }
    placed.push({ match: frame, referenceStart: fromReference, predictedStart: fromPredicted });
    fromReference += frame.referenceLabels.length;
    fromPredicted += frame.predictedLabels.length;
  }
  const partner = new Int32Array(foundCount.length).fill(-1);
  for (const [r, p] of found.entries()) if (p >= 0 && foundCount[p] === 1) partner[p] = r;
  return { reference, predicted, found, foundCount, partner, frames: placed };
}

/** The predicted detection that found this reference detection and no other; -1 for none. */
export function uniqueFinder({ found, foundCount }: MovieMatch, reference: number): number {
  const p = found[reference] as number;
  return p >= 0 && foundCount[p] === 1 ? p : -1;
}
