/** Faults put into masks that are known, repaired by their neighbours in time, and taken back again. */
import { describe, expect, test } from "vitest";
import { forSeeds, labelsOf, pictureOf } from "#testing/index.ts";
import { type LabelImage, labelImage, type Plane, plane } from "../../array/index.ts";
import { objectShapesFromLabels } from "../../labels/index.ts";
import { evenShares, injectSegmentationErrors, simulateMovie } from "../../movie/index.ts";
import { rng } from "../../rng.ts";
import type { FrameDetections } from "../detections.ts";
import { measureFrame } from "../measure-frame.ts";
import { plainScorer } from "../plain-scorer.ts";
import { assignmentSolver } from "../solve-assignment.ts";
import { buildTrackGraph, type TrackGraph } from "../track-graph.ts";
import { createTracker } from "../tracker.ts";
import {
  applyMaskRepairInPlace,
  canRevert,
  isSameRepair,
  type MaskRepair,
  revertMaskRepairInPlace,
} from "./mask-repair.ts";
import {
  createMaskRepairer,
  type FrameToRepair,
  type MaskRepairerOptions,
  type RepairedFrame,
} from "./mask-repairer.ts";
import type { Linking } from "./repair-window.ts";
import { splitMask } from "./split-mask.ts";

const scorer = plainScorer();

function link(frames: readonly FrameDetections[]): TrackGraph {
  const options = { solver: assignmentSolver, commitFrames: frames.length + 1, aheadFrames: 0 };
  const tracker = createTracker(options);
  for (const frame of frames) tracker.push(frame);
  const window = tracker.finish();
  return buildTrackGraph(window === null ? [] : tracker.commit(scorer.score(window)));
}

function linked<Result>(work: Linking<Result>): Result {
  let asked = work.next();
  while (asked.done !== true) asked = work.next(link(asked.value));
  return asked.value;
}

function repair(
  frames: Iterable<FrameToRepair>,
  options: Partial<MaskRepairerOptions> = {},
): RepairedFrame[] {
  // The assignment does not choose among masks, so unions are not offered.
  const repairer = createMaskRepairer({ measure: measureFrame, ...options });
  const out: RepairedFrame[] = [];
  for (const frame of frames) out.push(...linked(repairer.push(frame)));
  out.push(...linked(repairer.finish()));
  return out;
}

const size = { height: 60, width: 120 };

/** Squares of 9 pixels that go one pixel to the right each frame; 1 and 2 side by side. */
function squares(t: number): LabelImage {
  const labels = labelImage(size.height, size.width);
  const places: readonly (readonly [number, number])[] = [
    [25, 25],
    [25, 34],
    [25, 70],
    [40, 45],
  ];
  for (const [k, [y, x]] of places.entries())
    for (let dy = 0; dy < 9; dy++)
      labels.data.fill(k + 1, (y + dy) * size.width + x + t, (y + dy) * size.width + x + t + 9);
  return labels;
}

/** The same squares bright on dark. */
const shining = (labels: LabelImage): Plane =>
  plane(
    "uint8",
    size.height,
    size.width,
    Uint8Array.from(labels.data, (label, i) => (label > 0 ? 200 : 20 + (i % 7))),
  );

function relabelled(labels: LabelImage, names: Readonly<Record<number, number>>): LabelImage {
  return { ...labels, data: labels.data.map((label) => names[label] ?? label) };
}

const movie = (
  faults: Readonly<Record<number, Readonly<Record<number, number>>>>,
  frameCount = 14,
  hasPlane = true,
): FrameToRepair[] =>
  Array.from({ length: frameCount }, (_, t) => {
    const exact = squares(t);
    return {
      ...{ t, labels: relabelled(exact, faults[t] ?? {}) },
      plane: hasPlane ? shining(exact) : null,
    };
  });

/** Masks without their numbers. */
const masksOf = (labels: LabelImage): string[] =>
  [...objectShapesFromLabels(labels).values()].map(({ bbox, bits }) => `${bbox} ${bits}`).sort();

const kinds = (frames: readonly RepairedFrame[]): string[] =>
  frames.flatMap(({ repairs }) => repairs.map(({ kind, t }) => `${kind} ${t}`));

describe("repairs by neighbours in time", () => {
  test("nothing to repair: the same labels, frame after frame", () => {
    const out = repair(movie({}));
    expect(kinds(out)).toEqual([]);
    expect(out.map(({ t }) => t)).toEqual(Array.from({ length: 14 }, (_, t) => t));
    for (const { t, labels } of out) expect(labels.data).toEqual(squares(t).data);
  });

  test.each([true, false])(
    "a cell missed for one frame and for two: its mask where it moved to (image: %s)",
    async (hasPlane) => {
      const out = repair(movie({ 4: { 3: 0 }, 8: { 4: 0 }, 9: { 4: 0 } }, 14, hasPlane));
      expect(kinds(out)).toEqual(["missed 4", "missed 8", "missed 9"]);
      for (const { t, labels } of out) expect(masksOf(labels)).toEqual(masksOf(squares(t)));
      expect(out[4]!.repairs[0]).toMatchObject({
        reason: "A cell is seen in frames 3 and 5 in mid-field and was not in frame 4.",
        before: [],
        after: [{ label: 5 }],
      });
    },
  );

  test("missed in the first and in the last frame: only where the image shows it", () => {
    const faults = { 0: { 3: 0 }, 13: { 4: 0 } };
    const out = repair(movie(faults));
    expect(kinds(out)).toEqual(["missed 0", "missed 13"]);
    // Where it went is not known from one neighbour in time; it is put where it was, and lies mostly on itself.
    for (const [f, x] of [
      [0, 70],
      [13, 58],
    ] as const)
      expect([...objectShapesFromLabels(out[f]!.labels).values()].map(({ bbox }) => bbox[1])).toContain(
        f === 0 ? x + 1 : x - 1,
      );
    expect(kinds(repair(movie(faults, 14, false)))).toEqual([]);
  });

  test("a cell that is gone for good is not put back", () => {
    const gone = Array.from({ length: 14 }, (_, t) => {
      const labels = relabelled(squares(t), t >= 7 ? { 3: 0 } : {});
      return { t, labels, plane: shining(labels) };
    });
    expect(kinds(repair(gone))).toEqual([]);
  });

  test("two cells in one mask: each gets its own pixels again", () => {
    const out = repair(movie({ 6: { 2: 1 } }));
    expect(kinds(out)).toEqual(["merged 6"]);
    for (const { t, labels } of out) expect(masksOf(labels)).toEqual(masksOf(squares(t)));
    const [made] = out[6]!.repairs;
    expect(made!.reason).toBe("2 cells enter one mask of frame 6 and 2 leave it.");
    expect(made!.before.map(({ label }) => label)).toEqual([1]);
    expect(made!.after.map(({ label }) => label)).toEqual([1, 5]);
  });

  test("a mask of one frame where nothing is goes away; one of two frames and one at the side stay", () => {
    const put = (labels: LabelImage, y: number, x: number): LabelImage => {
      for (let dy = 0; dy < 6; dy++)
        labels.data.fill(9, (y + dy) * size.width + x, (y + dy) * size.width + x + 6);
      return labels;
    };
    const places: Readonly<Record<number, readonly [number, number]>> = {
      // Alone in mid-field; twice in mid-field; at the upper side.
      ...{ 4: [14, 55], 7: [46, 92], 8: [46, 93], 10: [0, 60] },
    };
    const frames = movie({}).map((frame) => {
      const place = places[frame.t];
      return place === undefined ? frame : { ...frame, labels: put(squares(frame.t), place[0], place[1]) };
    });
    const out = repair(frames);
    expect(kinds(out)).toEqual(["invented 4"]);
    expect(out[4]!.labels.data).toEqual(squares(4).data);
    for (const t of [7, 8, 10]) expect(out[t]!.labels.data).toEqual(frames[t]!.labels.data);
  });

  test("a cell cut in two for a frame, taken for a division whose one daughter is lost: one mask again", () => {
    // Without unions offered, as for a cell that is larger than they may be. One half has 6 columns, the other 3.
    const frames = movie({}).map((frame) => {
      if (frame.t !== 6) return frame;
      const labels = squares(6);
      for (let y = 25; y < 34; y++) labels.data.fill(9, y * size.width + 82, y * size.width + 85);
      return { ...frame, labels };
    });
    const out = repair(frames);
    expect(kinds(out)).toEqual(["cut 6"]);
    expect(out[6]!.labels.data).toEqual(squares(6).data);
    expect(out[6]!.repairs[0]!.reason).toBe("One mask in frames 5 and 7; in frame 6 it lay in two masks.");
  });

  test("what a person took back is not made again, what a person decided on is not touched", () => {
    const faults = { 4: { 3: 0 }, 6: { 2: 1 } };
    const made = repair(movie(faults)).flatMap(({ repairs }) => repairs);
    expect(made.map(({ kind }) => kind)).toEqual(["missed", "merged"]);
    expect(kinds(repair(movie(faults), { rejected: [made[0]!] }))).toEqual(["merged 6"]);
    const isProtected = (t: number, label: number): boolean => t === 6 && label === 1;
    expect(kinds(repair(movie(faults), { isProtected }))).toEqual(["missed 4"]);
  });
});

describe("a repair as an operation", () => {
  const [before, after] = [labelsOf("11..22", "11..22"), labelsOf("11..11", "11..11")];
  const shapesOf = (labels: LabelImage) =>
    [...objectShapesFromLabels(labels, { t: 3 })].map(([label, shape]) => ({ label, shape }));
  const made: MaskRepair = {
    ...{ kind: "cut", t: 3, reason: "By hand." },
    ...{ before: shapesOf(before), after: shapesOf(after) },
  };

  test("applied and taken back", () => {
    const labels = { ...before, data: before.data.slice() };
    applyMaskRepairInPlace(labels, made);
    expect(pictureOf(labels)).toEqual(["11..11", "11..11"]);
    revertMaskRepairInPlace(labels, made);
    expect(pictureOf(labels)).toEqual(["11..22", "11..22"]);
  });

  test("refused where masks are others by now; nothing is changed", () => {
    const changed = labelsOf("11..12", "11..11");
    expect(canRevert(changed, made)).toBe(false);
    expect(() => revertMaskRepairInPlace(changed, made)).toThrowError(
      expect.objectContaining({ code: "edit.invalid", message: expect.stringContaining("frame 3") }),
    );
    expect(pictureOf(changed)).toEqual(["11..12", "11..11"]);
    const [first, second] = made.before;
    const grown = { ...made, before: [first!], after: [second!] };
    expect(() => applyMaskRepairInPlace(labelsOf("11..3.", "11...."), grown)).toThrowError(
      expect.objectContaining({ code: "edit.invalid" }),
    );
  });

  test("the same idea: kind, frame, and more than half of the pixels", () => {
    expect(isSameRepair(made, made)).toBe(true);
    expect(isSameRepair(made, { ...made, t: 4 })).toBe(false);
    expect(isSameRepair(made, { ...made, kind: "merged" })).toBe(false);
    expect(isSameRepair(made, { ...made, after: made.before.slice(1) })).toBe(false);
  });
});

describe("splitMask", () => {
  test("by hand: each pixel to the shape it lies in, or nearest to", () => {
    const whole = objectShapesFromLabels(labelsOf("111111111", "111111111")).get(1)!;
    const shapes = objectShapesFromLabels(labelsOf("2222..333", "2222..333"));
    const parts = splitMask(whole, [shapes.get(2)!, shapes.get(3)!])!;
    expect(parts.map(({ bbox }) => bbox)).toEqual([
      [0, 0, 2, 5],
      [0, 5, 2, 9],
    ]);
  });

  test("null where a shape would get nothing", () => {
    const whole = objectShapesFromLabels(labelsOf("1........", "1........")).get(1)!;
    const shapes = objectShapesFromLabels(labelsOf("2222..333", "2222..333"));
    expect(splitMask(whole, [shapes.get(2)!, shapes.get(3)!])).toBeNull();
  });
});

test("law: taken back from the last to the first, the labels are those that came in", () => {
  const seeds: number[] = [];
  forSeeds(3, (_, seed) => seeds.push(seed));
  let count = 0;
  for (const seed of seeds) {
    const random = rng(seed, "faults");
    const asked = { look: "nuclear", density: "dense", height: 160, width: 160, frameCount: 14 } as const;
    const frames = [...simulateMovie(asked, `repairs ${seed}`).frames].map(({ t, labels, image }) => ({
      ...{ t, labels: injectSegmentationErrors(labels, evenShares(0.12), random).labels, plane: image },
    }));
    for (const { t, labels, repairs } of repair(frames)) {
      const back = { ...labels, data: labels.data.slice() };
      for (const one of repairs.toReversed()) {
        expect([one.t, one.reason.length > 0]).toEqual([t, true]);
        revertMaskRepairInPlace(back, one);
      }
      expect(back.data).toEqual(frames[t]!.labels.data);
      for (const one of repairs) applyMaskRepairInPlace(back, one);
      expect(back.data).toEqual(labels.data);
      count += repairs.length;
    }
  }
  expect(count).toBeGreaterThan(20);
});
