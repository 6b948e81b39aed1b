/**
 * Going through what is doubted about tracks, with the reducer of the doubt queue: accept, fix, skip.
 *
 * The suspicions say how doubtful each place is; they are handed to the queue as its confidence, so that order, skipping and
 * pace are those of cells. Accepting a link confirms it in the log, so it holds when the movie is linked again.
 */

import type { Suspicion } from "#core/cell-tracks/index.ts";
import {
  type DoubtItem,
  type Review,
  type ReviewProgress,
  reduceReview,
  reviewProgress,
  startReview,
} from "#core/doubt/index.ts";

export interface TrackReviewState {
  /** What is doubted now, the most doubtful first. */
  readonly suspicions: readonly Suspicion[];
  /** The one in view. */
  readonly current: Suspicion | null;
  readonly progress: ReviewProgress | null;
  /** Keys that were accepted or fixed. */
  readonly done: ReadonlySet<string>;
}

export const firstReview: TrackReviewState = {
  suspicions: [],
  current: null,
  progress: null,
  done: new Set(),
};

export class TrackReview {
  #review: Review | null = null;
  /** Whether one was brought into view: until then nobody has seen an order that must be kept. */
  #begun = false;

  /** The queue with the suspicions of now. @param atMs  milliseconds. */
  refresh(suspicions: readonly Suspicion[], atMs: number): TrackReviewState {
    const items = suspicions.map(itemOf);
    // The first look begins with the first key, at what is the most doubtful then.
    this.#review =
      this.#review === null || !this.#begun
        ? { ...startReview(items, atMs), current: null }
        : reduceReview(this.#review, { type: "refresh", items, atMs });
    return this.#state(suspicions);
  }

  /** @param key  of a suspicion. */
  goTo(key: string, suspicions: readonly Suspicion[], atMs: number): TrackReviewState {
    this.#begun = true;
    if (this.#review !== null) this.#review = reduceReview(this.#review, { type: "goTo", key, atMs });
    return this.#state(suspicions);
  }

  /** A decision about the one in view; without one in view the first comes into view. */
  step(verdict: "accept" | "fix" | "skip", suspicions: readonly Suspicion[], atMs: number): TrackReviewState {
    const review = this.#review;
    if (review === null) return this.refresh(suspicions, atMs);
    this.#begun = true;
    if (review.current === null) {
      const first = review.order.find(({ key }) => !review.decisions.has(key));
      this.#review =
        first === undefined ? review : reduceReview(review, { type: "goTo", key: first.key, atMs });
    } else {
      const seen = verdict === "fix" ? reduceReview(review, { type: "fix", atMs }) : review;
      this.#review = reduceReview(seen, { type: verdict === "skip" ? "skip" : "accept", atMs });
    }
    return this.#state(suspicions);
  }

  #state(suspicions: readonly Suspicion[]): TrackReviewState {
    const review = this.#review as Review;
    const done = [...review.decisions].filter(([, { verdict }]) => verdict !== "skipped").map(([key]) => key);
    return {
      suspicions,
      current: suspicions.find(({ key }) => key === review.current) ?? null,
      progress: review.decisions.size === 0 && review.current === null ? null : reviewProgress(review),
      done: new Set(done),
    };
  }
}

const itemOf = ({ subject, doubt }: Suspicion): DoubtItem => ({
  subject,
  confidence: 1 - doubt,
  byPerson: false,
  findings: [],
});
