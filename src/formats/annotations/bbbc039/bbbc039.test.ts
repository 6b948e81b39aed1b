import { expect, test } from "vitest";
import { renderObjects } from "#core/labels/index.ts";
import { memoryFiles, readAll } from "#testing/import-files.ts";
import { labelsOf, pictureOf } from "#testing/index.ts";
import { refusal } from "../../fixtures/fixtures.ts";
import { writePng } from "../../pixels/png/write-png.ts";
import { readColouredLabels } from "./coloured-labels.ts";
import { bbbc039Layout } from "./layout.ts";

const codes = labelsOf("1122", "1.2.", "...1");
const grey = writePng({ height: 3, width: 4, channels: 1, data: new Uint8Array(12) });
/** RGBA with the code in the first channel, as BBBC039 has it. */
const coloured = writePng({
  height: 3,
  width: 4,
  channels: 4,
  data: Uint8Array.from({ length: 48 }, (_, i) => (i % 4 === 0 ? codes.data[i / 4]! : i % 4 === 3 ? 255 : 0)),
});

test("connected pieces of one colour are objects; a colour may occur again", () => {
  expect(pictureOf(readColouredLabels(coloured, { name: "m.png" }))).toEqual(["1122", "1.2.", "...3"]);
});

test("images, coloured masks and the publisher's lists", async () => {
  const result = await readAll(
    bbbc039Layout,
    memoryFiles("memory", {
      "images/a.tif": grey,
      "masks/a.png": coloured,
      "images/b.tif": grey,
      "masks/b.png": coloured,
      "metadata/training.txt": new TextEncoder().encode("a.png\r\n"),
      "metadata/test.txt": new TextEncoder().encode("b.png\n"),
    }),
  );
  expect(
    result!.items.map(({ item, read }) => [
      item.name,
      item.metadata,
      pictureOf(renderObjects(3, 4, read.layers[0]!.objects)),
    ]),
  ).toEqual([
    ["a", { sourceSplit: "train" }, ["1122", "1.2.", "...3"]],
    ["b", { sourceSplit: "test" }, ["1122", "1.2.", "...3"]],
  ]);
});

test("grey masks are left to the plain layout, and refused here", async () => {
  expect(
    await bbbc039Layout.plan(memoryFiles("memory", { "images/a.png": grey, "masks/a.png": grey })),
  ).toBeNull();
  expect((await refusal(() => readColouredLabels(grey, { name: "m.png" }))).message).toMatch(
    /not an RGB or RGBA/,
  );
});
