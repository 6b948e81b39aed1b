import { expect, test } from "vitest";
import { labelImage } from "#core/array/index.ts";
import { correctWithSweeps } from "./annotator-sweeps.ts";
import {
  cheaperWork,
  correctProposal,
  drawFromScratch,
  operationCount,
  secondsOfWork,
} from "./simulated-annotator.ts";

const [height, width] = [40, 60];

/** Boxes [label, y0, x0, y1, x1). */
function scene(...boxes: readonly (readonly [number, number, number, number, number])[]) {
  const labels = labelImage(height, width);
  for (const [label, y0, x0, y1, x1] of boxes)
    for (let y = y0; y < y1; y++) labels.data.fill(label, y * width + x0, y * width + x1);
  return labels;
}

const two = scene([1, 2, 2, 12, 12], [2, 2, 20, 12, 30]);
const edits = ({ accept: _a, looked: _l, ...counts }: ReturnType<typeof correctProposal>) =>
  Object.entries(counts).filter(([, count]) => count > 0);

test("a perfect proposal is accepted, whatever its numbers are called", () => {
  const same = scene([7, 2, 20, 12, 30], [9, 2, 2, 12, 12]);
  const work = correctProposal(two, same, 0.7);
  expect([edits(work), operationCount(work), work.looked]).toEqual([[], 1, 2]);
});

test("from scratch each cell is drawn", () => {
  const work = drawFromScratch(two);
  expect(operationCount(work)).toBe(3);
  // By hand: 2 x (1.35 + 1.1 + 0.2 + 10.8 + 0.96) + (1.35 + 0.28) + 2 x 0.3.
  expect(secondsOfWork(work)).toBeCloseTo(31.05, 6);
});

test.each([
  ["missed", scene([1, 2, 2, 12, 12]), [["draw", 1]]],
  ["invented", scene([1, 2, 2, 12, 12], [2, 2, 20, 12, 30], [3, 30, 40, 38, 50]), [["delete", 1]]],
  ["one too small by a third", scene([1, 2, 2, 12, 8], [2, 2, 20, 12, 30]), [["brush", 1]]],
  ["cut in two", scene([1, 2, 2, 12, 7], [3, 2, 7, 12, 12], [2, 2, 20, 12, 30]), [["merge", 1]]],
  // The halves are 14 columns where 10 are right: 0.71.
  ["two as one, with what lies between", scene([1, 2, 2, 12, 30]), [["split", 1]]],
  // Adding the missing 6 columns leaves 4 too many: 0.71.
  ["one beside its place", scene([1, 2, 2, 12, 12], [2, 2, 26, 12, 34]), [["brush", 1]]],
] as const)("%s", (_name, proposal, expected) => {
  const found = edits(correctProposal(two, proposal, 0.7));
  expect(found.sort()).toEqual([...expected].map((one) => [...one]).sort());
});

test("touching cells found as one need one line", () => {
  const touching = scene([1, 2, 2, 12, 12], [2, 2, 12, 12, 22]);
  expect(edits(correctProposal(touching, scene([5, 2, 2, 12, 22]), 0.7))).toEqual([["split", 1]]);
});

test("a proposal that is no help is removed at once and drawn anew", () => {
  const crumbs = labelImage(height, width);
  for (let i = 0; i < 100; i++) crumbs.data[(2 + Math.floor(i / 10)) * width + 2 + (i % 10)] = i + 1;
  const one = scene([1, 2, 2, 12, 12]);
  const mended = correctProposal(one, crumbs, 0.7);
  expect(edits(mended)).toEqual([["merge", 99]]);
  expect(operationCount(cheaperWork(mended, drawFromScratch(one)))).toBe(3);
  const good = correctProposal(one, one, 0.7);
  expect(cheaperWork(good, drawFromScratch(one))).toBe(good);
});

test("what is right enough depends on what is asked for", () => {
  // 80 of 100 pixels.
  const smaller = scene([1, 2, 2, 12, 10], [2, 2, 20, 12, 30]);
  expect(edits(correctProposal(two, smaller, 0.75))).toEqual([]);
  expect(edits(correctProposal(two, smaller, 0.85))).toEqual([["brush", 1]]);
});

test("outlines too tight everywhere are grown at once, crumbs go at once", () => {
  // 8 x 8 of 10 x 10 pixels: 0.64; grown by a pixel without the corners 96.
  const tight = scene([1, 3, 3, 11, 11], [2, 3, 21, 11, 29]);
  expect(edits(correctProposal(two, tight, 0.7))).toEqual([["brush", 2]]);
  expect(edits(correctWithSweeps(two, tight, 0.7))).toEqual([["sweep", 1]]);
  const crumbs = scene([1, 2, 2, 12, 12], [2, 2, 20, 12, 30], [3, 30, 2, 32, 4], [4, 30, 9, 32, 11]);
  expect(edits(correctProposal(two, crumbs, 0.7))).toEqual([["delete", 2]]);
  expect(edits(correctWithSweeps(two, crumbs, 0.7))).toEqual([["sweep", 1]]);
  const both = scene([1, 3, 3, 11, 11], [2, 3, 21, 11, 29], [3, 30, 2, 32, 4], [4, 30, 9, 32, 11]);
  expect(edits(correctWithSweeps(two, both, 0.7))).toEqual([["sweep", 2]]);
});

test("what a sweep would not help is mended cell by cell, and nothing is swept from an empty proposal", () => {
  const one = scene([1, 2, 2, 12, 8], [2, 2, 20, 12, 30]);
  expect(edits(correctWithSweeps(two, one, 0.7))).toEqual([["brush", 1]]);
  expect(edits(correctWithSweeps(two, scene(), 0.7))).toEqual([["draw", 2]]);
});
