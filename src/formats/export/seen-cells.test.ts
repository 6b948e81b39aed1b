import { expect, test } from "vitest";
import { type ObjectShape, objectShapesFromLabels } from "#core/labels/index.ts";
import { labelsOf } from "#testing/index.ts";
import type { ExportItem, ExportLayer, ExportLink } from "./export-item.ts";
import { seenItem } from "./seen-cells.ts";

const shapeAt = (t: number, ...rows: readonly string[]): ObjectShape =>
  objectShapesFromLabels(labelsOf(...rows), { t }).get(1) as ObjectShape;

const cell = (uid: string, label: number, shape: ObjectShape) => ({
  ...{ uid, label, shape, cellType: null, agentKind: "person" },
});

/** Cell "a" through four frames, wholly under "over" in frames 1 and 2; two daughters in frame 3. */
const objects = [
  cell("a0", 1, shapeAt(0, "1...")),
  cell("a1", 2, shapeAt(1, "1...")),
  cell("a2", 3, shapeAt(2, "1...")),
  cell("b3", 4, shapeAt(3, "1...")),
  cell("c3", 5, shapeAt(3, "..1.")),
  cell("over1", 6, shapeAt(1, "11..")),
  cell("over2", 7, shapeAt(2, "11..")),
];
const link = (fromUid: string, toUid: string, kind: ExportLink["kind"] = "link") => ({
  fromUid,
  toUid,
  kind,
});
const links = [
  link("a0", "a1"),
  link("a1", "a2"),
  link("a2", "b3", "division"),
  link("a2", "c3", "division"),
  link("over1", "over2"),
];

function itemWith(more: Partial<ExportLayer>): ExportItem {
  const layer = {
    ...{ compartment: "nuclear", name: "", truth: "gold", coverage: "exhaustive", root: "" },
    ...{ objects, links, spots: [], overlapAllowed: true, ...more },
  };
  return { name: "movie", layers: [layer] } as unknown as ExportItem;
}

test("covered cells are left out and their tracks go on where they are seen again", () => {
  const [layer] = seenItem(itemWith({}), {}).layers;
  expect(layer?.objects.map(({ uid }) => uid)).toEqual(["a0", "b3", "c3", "over1", "over2"]);
  expect(layer?.links).toEqual([
    link("a0", "b3", "division"),
    link("a0", "c3", "division"),
    link("over1", "over2"),
  ]);
});

test("a track that begins or ends covered begins later or ends earlier", () => {
  const cut = itemWith({ links: links.slice(1) });
  expect(seenItem(cut, {}).layers[0]?.links).toEqual([link("over1", "over2")]);
  const ends = itemWith({ links: links.slice(0, 2) });
  expect(seenItem(ends, {}).layers[0]?.links).toEqual([]);
});

test("the very item where nothing is covered, or the format keeps overlaps", () => {
  const covered = itemWith({});
  expect(seenItem(covered, { keepsOverlaps: true })).toBe(covered);
  const apart = itemWith({ overlapAllowed: false });
  expect(seenItem(apart, {})).toBe(apart);
});
