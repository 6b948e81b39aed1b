/**
 * Going through the doubt queue with three keys: accept, fix, skip.
 *
 * A reducer: state and action give the next state, time comes in with the action. What was skipped comes once more after
 * all the rest; a step back opens the last decision again. Fixing is done by the editor's tools; the reducer only
 * knows that it is under way, so that accepting then counts as fixed, and that a cell that vanishes was fixed by that.
 */

import { checkRules } from "../checks/index.ts";
import type { DoubtItem, RuleChances, RuleOutcome } from "./doubt-of.ts";
import { type DoubtEntry, orderByDoubt, refreshOrder } from "./doubt-order.ts";

export type Verdict = "accepted" | "fixed" | "skipped";

export interface Decision {
  /** As it was when decided. */
  readonly entry: DoubtEntry;
  readonly verdict: Verdict;
}

/** What was spent on an entry so far, whatever became of it. */
export interface Looks {
  /** All looks together, in milliseconds; pauses are cut. */
  readonly ms: number;
  readonly skips: number;
}

export interface Review {
  readonly order: readonly DoubtEntry[];
  /** By key; keeps what is gone from the order, as it was work. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** By key; absent for what was never in view. */
  readonly looks: ReadonlyMap<string, Looks>;
  /** Keys in the order they were decided, for the step back. */
  readonly trail: readonly string[];
  /** Key of the one in view; `null` when nothing is left. */
  readonly current: string | null;
  readonly phase: "looking" | "fixing";
  /** When the present look began. */
  readonly sinceMs: number;
}

export type ReviewAction =
  /** Right as it is, or right now after fixing. */
  | { readonly type: "accept"; readonly atMs: number }
  /** Not right: a tool takes over until `accept`. */
  | { readonly type: "fix"; readonly atMs: number }
  | { readonly type: "skip"; readonly atMs: number }
  /** Opens the last decision again. */
  | { readonly type: "back"; readonly atMs: number }
  | { readonly type: "goTo"; readonly key: string; readonly atMs: number }
  /** Accepts all that is left and doubted less than this. */
  | { readonly type: "acceptBelow"; readonly doubt: number; readonly atMs: number }
  /** The cells, links or findings changed; `parts` are keys that the edit of the one in view gave birth to. */
  | {
      readonly type: "refresh";
      readonly items: Iterable<DoubtItem>;
      readonly chances?: RuleChances;
      readonly parts?: readonly string[];
      readonly atMs: number;
    };

/** A look longer than this was a break, not work. */
export const lookMsMax = 30_000;

/** What is skipped twice is not shown again: a third look would not help. */
const skipsMax = 2;

export function startReview(items: Iterable<DoubtItem>, atMs: number, chances: RuleChances = {}): Review {
  const order = orderByDoubt(items, chances);
  return {
    order,
    decisions: new Map(),
    looks: new Map(),
    trail: [],
    current: order[0]?.key ?? null,
    phase: "looking",
    sinceMs: atMs,
  };
}

/** The next state; the given one stays as it is. Cost: O(entries). */
export function reduceReview(review: Review, action: ReviewAction): Review {
  switch (action.type) {
    case "accept":
      return decide(review, review.phase === "fixing" ? "fixed" : "accepted", action.atMs);
    case "fix":
      return review.current === null ? review : { ...review, phase: "fixing" };
    case "skip":
      return decide(review, "skipped", action.atMs);
    case "back":
      return stepBack(review, action.atMs);
    case "goTo":
      return goTo(review, action.key, action.atMs);
    case "acceptBelow":
      return acceptBelow(review, action.doubt, action.atMs);
    case "refresh":
      return refresh(review, action);
  }
}

function decide(review: Review, verdict: Verdict, atMs: number): Review {
  const entry = review.order.find(({ key }) => key === review.current);
  return entry === undefined ? review : decideEntry(review, entry, verdict, atMs);
}

function decideEntry(review: Review, entry: DoubtEntry, verdict: Verdict, atMs: number): Review {
  const looked = endLook(review, atMs, verdict === "skipped" ? 1 : 0);
  const decisions = new Map(looked.decisions).set(entry.key, { entry, verdict });
  const trail = [...looked.trail.filter((key) => key !== entry.key), entry.key];
  const decided: Review = { ...looked, decisions, trail };
  return show(decided, nextKey(decided, entry.key), atMs);
}

/** Counts the present look to the one in view. A clock that ran backwards counts 0. */
function endLook(review: Review, atMs: number, skips = 0): Review {
  if (review.current === null) return review;
  const before = review.looks.get(review.current) ?? { ms: 0, skips: 0 };
  const ms = before.ms + Math.min(lookMsMax, Math.max(0, atMs - review.sinceMs));
  const looks = new Map(review.looks).set(review.current, { ms, skips: before.skips + skips });
  return { ...review, looks, sinceMs: atMs };
}

function show(review: Review, current: string | null, atMs: number): Review {
  return { ...review, current, phase: "looking", sinceMs: atMs };
}

/** First one to come after a key: undecided ones in turn, then those skipped once; never `except`. */
function nextKey(review: Review, after: string | null, except = after): string | null {
  const { order, decisions, looks } = review;
  const start = order.findIndex(({ key }) => key === after) + 1;
  for (let skips = 0; skips < skipsMax; skips++) {
    for (let k = 0; k < order.length; k++) {
      const { key } = order[(start + k) % order.length] as DoubtEntry;
      const verdict = decisions.get(key)?.verdict;
      const isOpen =
        skips === 0 ? verdict === undefined : verdict === "skipped" && looks.get(key)?.skips === skips;
      if (isOpen && key !== except) return key;
    }
  }
  return null;
}

function stepBack(review: Review, atMs: number): Review {
  const present = new Set(review.order.map(({ key }) => key));
  const key = review.trail.findLast((one) => present.has(one));
  if (key === undefined) return review;
  const looked = endLook(review, atMs);
  const decisions = new Map(looked.decisions);
  const looks = new Map(looked.looks);
  const look = looks.get(key);
  if (decisions.get(key)?.verdict === "skipped" && look !== undefined) {
    looks.set(key, { ...look, skips: look.skips - 1 });
  }
  decisions.delete(key);
  const trail = review.trail.filter((one) => one !== key);
  return show({ ...looked, decisions, looks, trail }, key, atMs);
}

function goTo(review: Review, key: string, atMs: number): Review {
  const isThere = key !== review.current && review.order.some((entry) => entry.key === key);
  return isThere ? show(endLook(review, atMs), key, atMs) : review;
}

function acceptBelow(review: Review, doubt: number, atMs: number): Review {
  const decisions = new Map(review.decisions);
  const trail = [...review.trail];
  for (const entry of review.order) {
    if (entry.doubt >= doubt || decisions.has(entry.key)) continue;
    decisions.set(entry.key, { entry, verdict: "accepted" });
    trail.push(entry.key);
  }
  const accepted: Review = { ...review, decisions, trail };
  const isOpen = review.current !== null && !decisions.has(review.current);
  return isOpen ? accepted : show(endLook(accepted, atMs), nextKey(accepted, review.current), atMs);
}

function refresh(review: Review, action: Extract<ReviewAction, { type: "refresh" }>): Review {
  const { items, chances = {}, parts = [], atMs } = action;
  const entries = orderByDoubt(items, chances);
  const order = refreshOrder(review.order, entries, review.current, parts);
  const reopened = reopenFaulty({ ...review, order });
  const isGone = review.current !== null && !order.some(({ key }) => key === review.current);
  if (isGone) {
    const entry = review.order.find(({ key }) => key === review.current) as DoubtEntry;
    // The place of the one that is gone is where the next is looked for.
    const decided = decideEntry({ ...reopened, order: review.order }, entry, "fixed", atMs);
    const left: Review = { ...decided, order };
    return show(left, firstOpenAfter(review.order, left, entry.key), atMs);
  }
  return reopened.current === null ? show(reopened, nextKey(reopened, null), atMs) : reopened;
}

/** Next open one of a new order, counted from the place a key had in the old one. */
function firstOpenAfter(before: readonly DoubtEntry[], review: Review, key: string): string | null {
  const present = new Set(review.order.map((entry) => entry.key));
  const place = before.findIndex((entry) => entry.key === key);
  // What stood before it is where the search begins; parts of it come next.
  const anchor = before.slice(0, place).findLast((entry) => present.has(entry.key));
  return nextKey(review, anchor?.key ?? null, null);
}

/** Opens decisions again on which the checks now find an error that they did not find when it was decided. */
function reopenFaulty(review: Review): Review {
  const decisions = new Map(review.decisions);
  for (const entry of review.order) {
    const decision = decisions.get(entry.key);
    if (decision === undefined) continue;
    const known = new Set(decision.entry.reasons.map(({ by }) => by));
    const isNew = entry.reasons.some(
      ({ by }) => by !== "model" && checkRules[by].severity === "error" && !known.has(by),
    );
    if (isNew) decisions.delete(entry.key);
  }
  const trail = review.trail.filter((key) => decisions.has(key));
  return { ...review, decisions, trail };
}

export interface ReviewProgress {
  /** Accepted and fixed. */
  readonly done: number;
  readonly fixed: number;
  readonly skipped: number;
  /** Undecided, without the skipped ones. */
  readonly left: number;
  /** Median time of the last decisions, in milliseconds; `null` before the first. */
  readonly msPerCell: number | null;
  /** Time the rest will take at that pace; `null` before the first. */
  readonly leftMs: number | null;
  /** Of those left and skipped, how many are likely wrong: the sum of their doubts. */
  readonly wrongLeft: number;
}

/** Pace is that of the last so many decisions: people get faster, and tired. */
const paceWindow = 20;

/** Cost: O(entries). */
export function reviewProgress(review: Review): ReviewProgress {
  const verdicts = [...review.decisions.values()].map(({ verdict }) => verdict);
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const open = review.order.filter(({ key }) => !review.decisions.has(key));
  const skipped = review.order.filter(({ key }) => review.decisions.get(key)?.verdict === "skipped");
  const times = review.trail
    .flatMap((key) => {
      // What was accepted with many others was never in view.
      const look = review.looks.get(key);
      return look === undefined ? [] : [look.ms];
    })
    .slice(-paceWindow)
    .sort((a, b) => a - b);
  const middle = times.length >> 1;
  const msPerCell =
    times.length === 0
      ? null
      : times.length % 2 === 1
        ? (times[middle] as number)
        : ((times[middle - 1] as number) + (times[middle] as number)) / 2;
  return {
    done: count("accepted") + count("fixed"),
    fixed: count("fixed"),
    skipped: skipped.length,
    left: open.length,
    msPerCell,
    leftMs: msPerCell === null ? null : msPerCell * open.length,
    wrongLeft: [...open, ...skipped].reduce((sum, { doubt }) => sum + doubt, 0),
  };
}

/** What the decisions say about the rules, for `learnChances`. Skipped ones say nothing. */
export function ruleOutcomes(review: Review): RuleOutcome[] {
  return [...review.decisions.values()].flatMap(({ entry, verdict }) =>
    verdict === "skipped"
      ? []
      : entry.reasons.flatMap(({ by }): RuleOutcome[] =>
          by === "model" ? [] : [{ rule: by, wasWrong: verdict === "fixed" }],
        ),
  );
}
