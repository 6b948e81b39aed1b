/**
 * What judges candidates: the interface between features and solvers.
 *
 * Every detection has one origin: a link from an earlier detection, a division, or none (it appears). The
 * probabilities of a detection's origins add up to 1 or less, which makes the product over all detections a likelihood
 * of the whole solution: solvers maximise it. A scorer that measures distances and one that has learned are
 * interchangeable; one that answers asynchronously is called between `Tracker.push` and `Tracker.commit`.
 */
import type { CandidateWindow } from "./candidates.ts";

/** Probabilities, 0..1. */
export interface CandidateScores {
  /** Of each candidate link: `to` is the same cell as `from`. */
  readonly link: Float32Array;
  /**
   * Of each candidate division: both daughters came from the parent. A scorer that judges daughters one by one gives
   * the product.
   */
  readonly division: Float32Array;
  /** Of each detection: it has no origin in the movie (it enters, or was not detected before). */
  readonly appearance: Float32Array;
  /** Of each detection: nothing comes from it (it leaves, dies, or is not detected again). */
  readonly disappearance: Float32Array;
  /**
   * Of each detection: its mask is a true one. Only used where masks exclude each other, in place of the frame's
   * `priors`; a scorer that does not judge masks leaves it out.
   */
  readonly real?: Float32Array;
}

export interface LinkScorer {
  /** Recorded with results. */
  readonly name: string;
  score(candidates: CandidateWindow): CandidateScores;
}
