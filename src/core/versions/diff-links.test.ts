/** Links in time: edges that came and went, divisions that changed, and renumbering that changes nothing. */

import { expect, test } from "vitest";
import { diffLinks, type ObjectLink } from "./diff-links.ts";

const link = (from: string, to: string): ObjectLink => ({ from, to, kind: "link" });
const division = (from: string, to: string): ObjectLink => ({ from, to, kind: "division" });
const nothing = new Map<string, string>();

test("edges added and removed, sorted, and the same ones counted", () => {
  const before = [link("a0", "a1"), link("b0", "b1"), link("c0", "c1")];
  const after = [link("c0", "c1"), link("b0", "a1"), link("a0", "b1")];
  expect(diffLinks(before, after, nothing)).toEqual({
    identical: 1,
    added: [link("a0", "b1"), link("b0", "a1")],
    removed: [link("a0", "a1"), link("b0", "b1")],
    divisions: [],
  });
});

test("a division with another daughter, one that appeared, one that vanished", () => {
  const before = [division("p", "x"), division("p", "y"), division("q", "v"), division("q", "w")];
  const after = [division("p", "z"), division("p", "x"), division("r", "v"), division("r", "w")];
  expect(diffLinks(before, after, nothing).divisions).toEqual([
    { parent: "p", before: ["x", "y"], after: ["x", "z"] },
    { parent: "q", before: ["v", "w"], after: [] },
    { parent: "r", before: [], after: ["v", "w"] },
  ]);
});

test("renumbered objects have the same links", () => {
  const renamed = new Map([
    ["a0", "7"],
    ["a1", "8"],
    ["p", "9"],
  ]);
  const before = [link("a0", "a1"), division("p", "a0")];
  const after = [division("9", "7"), link("7", "8")];
  expect(diffLinks(before, after, renamed)).toEqual({ identical: 1, added: [], removed: [], divisions: [] });
});
