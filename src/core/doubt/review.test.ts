import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CheckRuleName } from "../checks/index.ts";
import {
  type DoubtItem,
  lookMsMax,
  type Review,
  type ReviewAction,
  reduceReview,
  reviewProgress,
  ruleOutcomes,
  startReview,
} from "./index.ts";

const cell = (uid: string, confidence: number, ...findings: CheckRuleName[]): DoubtItem => ({
  subject: { kind: "cell", uid },
  confidence,
  byPerson: false,
  findings,
});
const items = [cell("a", 0.1), cell("b", 0.2), cell("c", 0.3), cell("d", 0.4)];

type Step = ReviewAction extends infer A ? (A extends { atMs: number } ? Omit<A, "atMs"> : never) : never;

/** Runs actions a second apart. */
function run(start: Review, ...steps: readonly Step[]): Review {
  return steps.reduce<Review>(
    (review, step, k) => reduceReview(review, { ...step, atMs: 1_000 * (k + 1) } as ReviewAction),
    start,
  );
}
const start = startReview(items, 0);
const current = (review: Review): string | undefined => review.current?.replace("cell ", "");

describe("reduceReview", () => {
  test("accepting goes from the most doubtful to the least", () => {
    expect(current(start)).toBe("a");
    const two = run(start, { type: "accept" }, { type: "accept" });
    expect(current(two)).toBe("c");
    expect(reviewProgress(two)).toMatchObject({
      done: 2,
      fixed: 0,
      left: 2,
      msPerCell: 1_000,
      leftMs: 2_000,
    });
    expect(reviewProgress(two).wrongLeft).toBeCloseTo(0.7 + 0.6, 10);
    const all = run(two, { type: "accept" }, { type: "accept" });
    expect(all.current).toBeNull();
    expect(run(all, { type: "accept" }, { type: "fix" }, { type: "skip" })).toEqual(all);
  });

  test("fixing stays on the cell until it is accepted, and counts the whole time", () => {
    const fixing = run(start, { type: "fix" });
    expect([current(fixing), fixing.phase]).toEqual(["a", "fixing"]);
    const done = reduceReview(fixing, { type: "accept", atMs: 5_000 });
    expect([current(done), done.phase]).toEqual(["b", "looking"]);
    expect(reviewProgress(done)).toMatchObject({ done: 1, fixed: 1, msPerCell: 5_000 });
  });

  test("skipped cells come once more after the rest, not a third time", () => {
    let review = run(start, { type: "skip" }, { type: "accept" }, { type: "skip" }, { type: "accept" });
    expect(current(review)).toBe("a");
    expect(reviewProgress(review)).toMatchObject({ done: 2, skipped: 2, left: 0 });
    review = run(review, { type: "skip" });
    expect(current(review)).toBe("c");
    review = run(review, { type: "accept" });
    expect(review.current).toBeNull();
    expect(reviewProgress(review)).toMatchObject({ done: 3, skipped: 1 });
  });

  test("a step back opens the last decision again, its time stays", () => {
    const back = run(start, { type: "accept" }, { type: "skip" }, { type: "back" });
    expect(current(back)).toBe("b");
    expect(back.looks.get("cell b")).toEqual({ ms: 1_000, skips: 0 });
    const again = run(back, { type: "back" });
    expect(current(again)).toBe("a");
    expect(reviewProgress(again)).toMatchObject({ done: 0, left: 4 });
    expect(run(again, { type: "back" })).toEqual(again);
  });

  test("breaks and clocks that run backwards are no work", () => {
    const slow = reduceReview(start, { type: "accept", atMs: 10 * lookMsMax });
    expect(slow.looks.get("cell a")?.ms).toBe(lookMsMax);
    const back = reduceReview(startReview(items, 9_000), { type: "accept", atMs: 1_000 });
    expect(back.looks.get("cell a")?.ms).toBe(0);
  });

  test("going to a cell by hand, then on from there and round again", () => {
    const review = run(start, { type: "goTo", key: "cell c" }, { type: "accept" }, { type: "accept" });
    expect(current(review)).toBe("a");
    expect(run(start, { type: "goTo", key: "cell nobody" })).toEqual(start);
  });

  test("all that is hardly doubted is accepted at once and says nothing about the pace", () => {
    const review = run(start, { type: "accept" }, { type: "acceptBelow", doubt: 0.75 });
    expect(reviewProgress(review)).toMatchObject({ done: 3, left: 1, msPerCell: 1_000 });
    expect(current(review)).toBe("b");
    const all = run(start, { type: "acceptBelow", doubt: 1 });
    expect(all.current).toBeNull();
  });
});

describe("refresh", () => {
  test("a cell that vanished while it was fixed counts as fixed, and the next comes", () => {
    const fixing = run(start, { type: "fix" });
    const review = run(fixing, { type: "refresh", items: items.slice(1) });
    expect(current(review)).toBe("b");
    expect(reviewProgress(review)).toMatchObject({ done: 1, fixed: 1, left: 3 });
  });
  test("parts of a split are looked at next; the cell in view stays in view", () => {
    const now = [...items, cell("part", 1)];
    const review = run(
      start,
      { type: "accept" },
      { type: "fix" },
      { type: "refresh", items: now, parts: ["cell part"] },
    );
    expect([current(review), review.phase]).toEqual(["b", "fixing"]);
    expect(current(run(review, { type: "accept" }))).toBe("part");
    // The parent gone: the part takes its place.
    const gone = run(
      start,
      { type: "accept" },
      { type: "fix" },
      {
        type: "refresh",
        items: [items[0]!, items[2]!, items[3]!, cell("part", 1)],
        parts: ["cell part"],
      },
    );
    expect(current(gone)).toBe("part");
  });
  test("an accepted cell comes again when the checks find an error in it, not for a change of confidence", () => {
    const one = run(start, { type: "accept" });
    const same = run(one, { type: "refresh", items: [cell("a", 0.01), ...items.slice(1)] });
    expect(reviewProgress(same)).toMatchObject({ done: 1 });
    const faulty = run(one, { type: "refresh", items: [cell("a", 0.1, "objectHole"), ...items.slice(1)] });
    expect(reviewProgress(faulty)).toMatchObject({ done: 0, left: 4 });
    expect(current(faulty)).toBe("b");
    // A hole that was there when it was accepted was accepted with it.
    const known = startReview([cell("a", 0.1, "objectHole")], 0);
    const accepted = run(
      known,
      { type: "accept" },
      { type: "refresh", items: [cell("a", 0.1, "objectHole")] },
    );
    expect(reviewProgress(accepted)).toMatchObject({ done: 1 });
  });
  test("an empty queue wakes up when something comes", () => {
    const empty = startReview([], 0);
    expect(empty.current).toBeNull();
    expect(current(run(empty, { type: "refresh", items }))).toBe("a");
  });
});

test("what decisions say about rules", () => {
  const review = run(
    startReview(
      [cell("a", 0.1, "objectHole"), cell("b", 0.2, "objectTiny"), cell("c", 0.9, "objectHuge")],
      0,
    ),
    { type: "fix" },
    { type: "accept" },
    { type: "accept" },
    { type: "skip" },
  );
  expect(ruleOutcomes(review)).toEqual([
    { rule: "objectHole", wasWrong: true },
    { rule: "objectTiny", wasWrong: false },
  ]);
});

test("law: through any actions, counts add up, the one in view is open and there, and the state given stays", () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constantFrom<Step>({ type: "accept" }, { type: "fix" }, { type: "skip" }, { type: "back" }),
    fc.record({ type: fc.constant("goTo" as const), key: fc.nat(9).map((uid) => `cell ${uid}`) }),
    fc.record({
      type: fc.constant("acceptBelow" as const),
      doubt: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      type: fc.constant("refresh" as const),
      items: fc.uniqueArray(fc.nat(9)).map((uids) => uids.map((uid) => cell(String(uid), uid / 10))),
      parts: fc.uniqueArray(fc.nat(9).map((uid) => `cell ${uid}`)),
    }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(9)), fc.array(step, { maxLength: 25 }), (uids, steps) => {
      let review = startReview(
        uids.map((uid) => cell(String(uid), uid / 10)),
        0,
      );
      steps.forEach((one, k) => {
        const before = JSON.stringify([review, [...review.decisions], [...review.looks]]);
        const next = reduceReview(review, { ...one, atMs: 100 * (k + 1) } as ReviewAction);
        expect(JSON.stringify([review, [...review.decisions], [...review.looks]])).toBe(before);
        review = next;
        const present = new Set(review.order.map(({ key }) => key));
        expect(present.size).toBe(review.order.length);
        if (review.current !== null) expect(present.has(review.current)).toBe(true);
        const { left, skipped, done } = reviewProgress(review);
        const decidedHere = [...review.decisions].filter(
          ([key, { verdict }]) => present.has(key) && verdict !== "skipped",
        );
        expect(left + skipped + decidedHere.length).toBe(review.order.length);
        expect(done).toBeGreaterThanOrEqual(decidedHere.length);
        expect([...review.decisions.keys()].toSorted()).toEqual([...review.trail].toSorted());
        // Nothing open is forgotten: with something left there is one in view.
        if (left > 0) expect(review.current).not.toBeNull();
      });
    }),
    { seed: 6, numRuns: 300 },
  );
});
