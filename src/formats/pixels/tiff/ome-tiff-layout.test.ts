import { expect, test } from "vitest";
import { fixture } from "../../fixtures/fixtures.ts";
import type { ImportFiles } from "../../import/layout.ts";
import { omeTiffLayout } from "./ome-tiff-layout.ts";
import { writeTiffStack } from "./write-tiff-stack.ts";

function filesOf(content: Readonly<Record<string, Uint8Array>>): ImportFiles {
  const entries = Object.entries(content).map(([path, bytes]) => ({ path, size: bytes.length }));
  return {
    title: "made",
    entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    read: async (path) => content[path]!,
    readRange: async (path, from, to) => content[path]!.slice(from, to),
  };
}

const plane = (value: number, description: string) =>
  writeTiffStack("uint8", 2, 3, [new Uint8Array(6).fill(value)], { description });
const set = (own: string) =>
  `<OME UUID="urn:${own}"><Image ID="Image:0" Name="stack"><Pixels SizeX="3" SizeY="2" SizeZ="2" SizeC="1" SizeT="1" Type="uint8" DimensionOrder="XYZCT">${[
    "a.ome.tif",
    "b.ome.tif",
  ]
    .map(
      (file, z) => `<TiffData FirstZ="${z}" IFD="0"><UUID FileName="${file}">urn:${file}</UUID></TiffData>`,
    )
    .join("")}</Pixels></Image></OME>`;

test("a set is one item, a file of two images two of one group, others plain; parts are told", async () => {
  const files = filesOf({
    "x/a.ome.tif": plane(1, set("a.ome.tif")),
    "x/b.ome.tif": plane(2, set("b.ome.tif")),
    "x/two.ome.tif": fixture("ome-two-images.ome.tif"),
    "x/plain.ome.tif": fixture("ome-zcyx.ome.tif"),
    "x/photo.png": fixture("rgba.png"),
    "x/broken.ome.tif": Uint8Array.of(1, 2, 3),
  });
  const plan = (await omeTiffLayout.plan(files))!;
  expect(
    plan.items.map(({ name, imagePath, locator, group }) => [name, imagePath, locator, group?.key ?? null]),
  ).toEqual([
    ["a", "x/a.ome.tif", 0, null],
    expect.arrayContaining(["x/two.ome.tif", 0]),
    expect.arrayContaining(["x/two.ome.tif", 1]),
    ["broken", "x/broken.ome.tif", null, null],
    ["photo", "x/photo.png", null, null],
    ["plain", "x/plain.ome.tif", null, null],
  ]);
  expect(plan.ignored).toEqual([{ path: "x/b.ome.tif", reason: "it is a part of a" }]);
  const reader = omeTiffLayout.open(files);
  const whole = await reader.read(plan.items[0]!);
  expect([whole.image.image.axes, [...whole.image.image.data]]).toEqual([
    "zyx",
    [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2],
  ]);
  const second = await reader.read(plan.items[2]!);
  expect(second.image.imageOfFile?.index).toBe(1);
  expect(second.image.notes).toEqual([]);
});

test("a companion gives the set; ordinary OME-TIFF is left to the plain layouts", async () => {
  const companion = new TextEncoder().encode(set("companion"));
  const part = (file: string, value: number) =>
    plane(
      value,
      `<OME UUID="urn:${file}"><BinaryOnly MetadataFile="s.companion.ome" UUID="urn:companion"/></OME>`,
    );
  const files = filesOf({
    "s.companion.ome": companion,
    "a.ome.tif": part("a.ome.tif", 1),
    "b.ome.tif": part("b.ome.tif", 2),
  });
  const plan = (await omeTiffLayout.plan(files))!;
  expect(plan.items.map(({ imagePath }) => imagePath)).toEqual(["s.companion.ome"]);
  expect(plan.ignored.map(({ path }) => path)).toEqual(["a.ome.tif", "b.ome.tif"]);
  expect((await omeTiffLayout.open(files).read(plan.items[0]!)).image.image.shape).toEqual([2, 2, 3]);
  expect(await omeTiffLayout.plan(filesOf({ "a.ome.tif": fixture("ome-zcyx.ome.tif") }))).toBeNull();
});
