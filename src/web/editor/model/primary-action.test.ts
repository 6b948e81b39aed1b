import { expect, test } from "vitest";
import { primaryAction } from "./primary-action.ts";

const facts = { status: "unlabelled", cellCount: 0, dirty: false, proposing: false, canEdit: true } as const;

test("propose, accept, next, in the order of the work", () => {
  expect(primaryAction(facts)).toBe("propose");
  expect(primaryAction({ ...facts, proposing: true })).toBe("proposing");
  expect(primaryAction({ ...facts, status: "proposed", cellCount: 9 })).toBe("accept");
  expect(primaryAction({ ...facts, cellCount: 1, dirty: true })).toBe("accept");
  expect(primaryAction({ ...facts, status: "accepted", cellCount: 9 })).toBe("next");
  expect(primaryAction({ ...facts, status: "accepted", cellCount: 9, dirty: true })).toBe("accept");
});

test("who may only look goes on to the next image", () => {
  expect(primaryAction({ ...facts, canEdit: false })).toBe("next");
});

test("an image whose proposals were all deleted is accepted as empty, not proposed again", () => {
  expect(primaryAction({ ...facts, status: "corrected", dirty: true })).toBe("accept");
});
