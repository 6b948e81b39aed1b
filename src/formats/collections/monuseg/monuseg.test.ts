import { expect, test } from "vitest";
import { checkMadeDataset } from "#testing/datasets/check-made.ts";
import { makeMoNuSeg } from "#testing/datasets/monuseg.ts";
import { memoryFiles } from "#testing/import-files.ts";
import { readAperioXml } from "./aperio-xml.ts";
import { monusegLayout } from "./monuseg-layout.ts";

test("every region counts, overlaps stay with the earlier, participants are groups", async () => {
  const { plan, items } = await checkMadeDataset(monusegLayout, makeMoNuSeg({ seed: 1 }));
  expect(plan.items.map(({ group }) => group)).toEqual([
    { key: "TCGA-18-5592", level: "donor" },
    { key: "TCGA-A7-A13E", level: "donor" },
    null,
  ]);
  expect(items.map(({ image }) => image.mpp)).toEqual(Array(3).fill({ y: 0.252, x: 0.252 }));
  expect(items[0]!.notes[0]).toMatch(
    /pixels belong to two objects \(3 pairs\); the earlier object keeps them/,
  );
  expect(items[0]!.layers[0]!.objects[0]!.label).toBe(1);
  expect(plan.notes.join()).toContain("calls tiles of lung cohorts");
});

const wrap = (regions: string) =>
  `<Annotations><Annotation><Regions>${regions}</Regions></Annotation></Annotations>`;

test.each([
  ["cut short", "<Annotations><Annotation>", /it is not XML/],
  ["no annotations", "<svg/>", /no annotations of Aperio/],
  [
    "a vertex without numbers",
    wrap('<Region Id="7"><Vertices><Vertex X="a" Y="1"/></Vertices></Region>'),
    /region 7: a vertex/,
  ],
  [
    "an endless coordinate",
    wrap('<Region Id="7"><Vertices><Vertex X="1e300" Y="1"/></Vertices></Region>'),
    /region 7: a vertex/,
  ],
  ["an entity", '<!DOCTYPE a [<!ENTITY x "y">]><Annotations>&x;</Annotations>', /it is not XML/],
])("%s is refused", (_, text, reason) => {
  expect(() => readAperioXml(text, "a.xml")).toThrow(reason);
});

test("a line of two points is no region; other XML is not this layout", async () => {
  const line = wrap(
    '<Region Id="1"><Vertices><Vertex X="1" Y="1"/><Vertex X="2" Y="2"/></Vertices></Region>',
  );
  expect(readAperioXml(line, "a.xml").regions).toEqual([]);
  const files = memoryFiles("m", { "a.xml": "<svg/>", "a.tif": new Uint8Array(8) });
  expect(await monusegLayout.plan(files)).toBeNull();
});
