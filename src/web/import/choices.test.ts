/** Answers, what they mean on the wire, and when an import may begin. */

import { expect, test } from "vitest";
import type { ImportPlan, ImportQuestion } from "#api/index.ts";
import {
  isAnswered,
  leftOpen,
  micrometres,
  needsNewPlan,
  noChoices,
  openQuestions,
  readyImages,
  whyNot,
  wireChoices,
} from "./choices.ts";

const question = (id: ImportQuestion["id"], required = false): ImportQuestion => ({
  id,
  text: "?",
  choices: [],
  free: null,
  required,
  fallback: required ? null : `${id} stays open`,
  images: [],
  count: 1,
});
const plan = (more: Partial<ImportPlan>): ImportPlan =>
  ({ images: 3, examined: 3, failureCount: 0, questions: [], pixelSizes: [], ...more }) as ImportPlan;

test.each([
  ["0.65", "µm", 0.65],
  ["0,65", "µm", 0.65],
  ["650", "nm", 0.65],
  [".5", "µm", 0.5],
  ["108.33", "nm", 0.10833],
  ["0", "µm", null],
  ["-1", "µm", null],
  ["1e3", "µm", null],
  ["1001", "µm", null],
  ["0.5", "nm", null],
  ["half", "µm", null],
] as const)("%s %s is %s micrometres", (text, unit, expected) => {
  expect(micrometres({ known: true, text, unit })).toBe(expected);
});

test("what nobody answered is left out, and “not known” is an answer", () => {
  expect(wireChoices(noChoices)).toEqual({});
  expect(
    wireChoices({
      ...noChoices,
      axes: "t",
      pixelSize: { known: false, text: "0.5", unit: "µm" },
      roles: ["nuclear", null],
      licence: " CC0-1.0 ",
      metadata: { organ: " spleen ", species: " " },
    }),
  ).toEqual({
    licence: "CC0-1.0",
    metadata: { organ: "spleen" },
    answers: { axes: "t", mpp: "unknown", channels: "nuclear,other" },
  });
});

test("only what changes the reading asks for a new plan", () => {
  expect(needsNewPlan(noChoices, { ...noChoices, licence: "CC0-1.0" })).toBe(false);
  expect(needsNewPlan(noChoices, { ...noChoices, axes: "z" })).toBe(true);
  expect(needsNewPlan(noChoices, { ...noChoices, format: "pairs" })).toBe(true);
});

test("an answered question stays, an unanswered one goes with the plan that asked it", () => {
  const before = [question("axes", true), question("mpp")];
  const choices = { ...noChoices, axes: "t" as const };
  const ids = (list: readonly ImportQuestion[]) => list.map(({ id }) => id);
  expect(ids(openQuestions(before, plan({}), choices))).toEqual(["axes"]);
  expect(ids(openQuestions(before, plan({ questions: [question("compartment")] }), choices))).toEqual([
    "axes",
    "compartment",
  ]);
});

test("a required question and a wrong length stop the import; safe answers are named", () => {
  const questions = [question("axes", true), question("mpp")];
  expect(whyNot(plan({}), questions, noChoices)).toMatch(/question/);
  const answered = { ...noChoices, axes: "c" as const };
  expect(whyNot(plan({}), questions, answered)).toBeNull();
  expect(leftOpen(questions, answered)).toEqual(["mpp stays open"]);
  const wrong = { ...answered, pixelSize: { known: true, text: "wide", unit: "µm" as const } };
  expect(whyNot(plan({}), questions, wrong)).toMatch(/pixel size/);
  expect(isAnswered(question("mpp"), wrong)).toBe(false);
  expect(whyNot(plan({ images: 2, examined: 0, failureCount: 2 }), [], noChoices)).toMatch(/None/);
});

test("images refused while all were looked at are not counted", () => {
  expect(readyImages(plan({ images: 3, examined: 2, failureCount: 1 }))).toBe(2);
  expect(readyImages(plan({ images: 5000, examined: 199, failureCount: 1 }))).toBe(5000);
});
