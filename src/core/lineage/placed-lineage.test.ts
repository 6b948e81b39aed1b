import { expect, test } from "vitest";
import { groupsOfLineage } from "./placed-lineage.ts";

const at = (t: number) => ({ t, label: 1, z: 0, y: 0, x: 0, areaPx: null });
const link = (from: number, to: number) => ({ from, to, kind: "link" as const });

test("tracklets end at a branch and go on through an only daughter; lineages are connected parts", () => {
  // 0 - 1 - 2 and 3 (division after 1); 4 alone; 5 - 6 with one daughter.
  const detections = [at(0), at(1), at(2), at(2), at(0), at(1), at(2)];
  const { tracklets, lineages } = groupsOfLineage({
    detections,
    links: [link(0, 1), link(1, 2), link(1, 3), { ...link(5, 6), kind: "division" }],
  });
  expect([...tracklets]).toEqual([1, 1, 2, 3, 4, 5, 5]);
  expect([...lineages]).toEqual([1, 1, 1, 1, 2, 3, 3]);
});

test("two origins of one detection end both tracklets", () => {
  const { tracklets, lineages } = groupsOfLineage({
    detections: [at(0), at(0), at(1), at(2)],
    links: [link(0, 2), link(1, 2), link(2, 3)],
  });
  expect([...tracklets]).toEqual([1, 2, 3, 3]);
  expect([...lineages]).toEqual([1, 1, 1, 1]);
});
