/**
 * The doubt queue of one image: keys in, the cell to look at out.
 *
 * Made when the first key is pressed and brought up to date at every further one, not at every edit, so that editing stays
 * as quick with 100,000 cells. A cell whose shape changed while it was in view counts as fixed, whatever tool did it.
 */

import type { CheckFinding } from "#core/checks/index.ts";
import {
  doubtKey,
  type Review,
  type ReviewProgress,
  reduceReview,
  reviewProgress,
  startReview,
} from "#core/doubt/index.ts";
import type { ObjectShape } from "#core/labels/index.ts";
import { type CellFacts, doubtItems } from "../model/doubt.ts";

export type ReviewKey = "accept" | "fix" | "skip" | "back";

export interface ReviewDeskParts {
  readonly cells: () => readonly CellFacts[];
  /** What the checks find, by uid. */
  readonly findings: () => ReadonlyMap<string, readonly CheckFinding[]>;
  readonly shapeOf: (uid: string) => ObjectShape | undefined;
  /** Milliseconds. */
  readonly now: () => number;
}

export interface ReviewStep {
  /** Cell to look at now; null when none is left. */
  readonly uid: string | null;
  readonly fixing: boolean;
  readonly progress: ReviewProgress;
  /** Uids that were accepted or fixed at this desk. */
  readonly reviewed: readonly string[];
}

export class ReviewDesk {
  readonly #parts: ReviewDeskParts;
  #review: Review | null = null;
  #version = -1;
  #shape: ObjectShape | undefined;

  constructor(parts: ReviewDeskParts) {
    this.#parts = parts;
  }

  /**
   * @param version  counts changes of the cells. @param selection  what is selected on the image.
   * @param marked  cells reviewed before this desk was opened; they are not asked again.
   */
  step(
    key: ReviewKey,
    version: number,
    selection: readonly string[],
    marked: ReadonlySet<string>,
  ): ReviewStep {
    const atMs = this.#parts.now();
    if (this.#review === null) {
      const items = doubtItems(
        this.#parts.cells().filter(({ uid }) => !marked.has(uid)),
        this.#parts.findings(),
      );
      this.#review = startReview(items, atMs);
      this.#version = version;
      return this.#show();
    }
    let review = this.#upToDate(this.#review, version, selection, marked, atMs);
    const moved = review.current !== this.#review.current;
    const shown = uidOf(review.current);
    const picked = selection.length === 1 ? (selection[0] as string) : null;
    if (key === "back") review = reduceReview(review, { type: "back", atMs });
    else if (picked !== null && picked !== shown && key !== "skip") {
      // A cell picked by hand is the one that is meant.
      review = reduceReview(review, { type: "goTo", key: doubtKey({ kind: "cell", uid: picked }), atMs });
      if (uidOf(review.current) === picked) review = this.#decide(review, key, atMs);
    } else if (!moved && shown !== null && selection.includes(shown)) {
      review = this.#decide(review, key, atMs);
    }
    this.#review = review;
    return this.#show();
  }

  #decide(review: Review, key: Exclude<ReviewKey, "back">, atMs: number): Review {
    const uid = uidOf(review.current);
    const changed = this.#shape !== undefined && uid !== null && this.#parts.shapeOf(uid) !== this.#shape;
    const seen = key === "accept" && changed ? reduceReview(review, { type: "fix", atMs }) : review;
    return reduceReview(seen, { type: key, atMs });
  }

  /** The queue with the cells of now. What an edit made of the cell in view, and left selected, comes right after it. */
  #upToDate(
    review: Review,
    version: number,
    selection: readonly string[],
    marked: ReadonlySet<string>,
    atMs: number,
  ): Review {
    if (version === this.#version) return review;
    this.#version = version;
    const known = new Set(review.order.map(({ key }) => key));
    const cells = this.#parts
      .cells()
      .filter(({ uid }) => known.has(doubtKey({ kind: "cell", uid })) || !marked.has(uid));
    const parts = selection.map((uid) => doubtKey({ kind: "cell", uid }));
    return reduceReview(review, {
      type: "refresh",
      items: doubtItems(cells, this.#parts.findings()),
      parts,
      atMs,
    });
  }

  #show(): ReviewStep {
    const review = this.#review as Review;
    const uid = uidOf(review.current);
    if (review.phase === "looking") this.#shape = uid === null ? undefined : this.#parts.shapeOf(uid);
    const reviewed = [...review.decisions.values()].flatMap(({ entry, verdict }) =>
      verdict === "skipped" || entry.subject.kind !== "cell" ? [] : [entry.subject.uid],
    );
    return { uid, fixing: review.phase === "fixing", progress: reviewProgress(review), reviewed };
  }
}

const uidOf = (key: string | null): string | null => (key === null ? null : key.slice("cell ".length));

/** Marks after a step: what is in view now is open, whatever it was before. */
export function marksAfter(reviewed: ReadonlySet<string>, step: ReviewStep): ReadonlySet<string> {
  return new Set([...reviewed, ...step.reviewed].filter((uid) => uid !== step.uid));
}
